/** Facts for the engine's tests. */
import type { FailureFact } from '../../../src/alerts/fact.ts'

export const START_MS = Date.UTC(2026, 10, 16, 9)
export const MINUTE_MS = 60_000

export function skewed(at_ms: number, differences: Partial<FailureFact> = {}): FailureFact {
  return {
    fact: 'failure',
    at_ms,
    revised: false,
    cause: 'skew',
    subcause: 'not_yet_valid',
    confidence: 'likely',
    host: 'api-1',
    issuer: 'https://id.example',
    token: `jwt:${at_ms}`,
    proof: { kind: 'issued_ahead', offset_ms: -5_000, mover: 'unknown' },
    ...differences,
  }
}
