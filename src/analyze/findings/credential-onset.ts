/**
 * Since when a client's credentials are refused, and whether they were right before: told from when the issuer gave it tokens and
 * when it turned it away, to the millisecond, because a secret that is rotated is wrong from one request to the next.
 * Invariant: what is called rotated worked until shortly before, and was not seen to work since.
 */
import type { HistoryFact } from '../../core/history.ts'

/**
 * `never`: no token was seen to be given; `rotated`: they were right until the first refusal; `mended`: wrong for a while;
 * `partly`: right and wrong ones are in use at the same time.
 */
export type CredentialState = 'never' | 'rotated' | 'mended' | 'partly'

export interface CredentialOnset {
  state: CredentialState
  /** Tokens it got in the time looked at, and the last of them; -Infinity: none. Writer's clock, ms. */
  issued: number
  issued_last_ms: number
  /** The first refusal that belongs to it; writer's clock, ms. */
  refused_ms: number
}

/** A client that got a token this often may get the next one within so many times the usual pause; times. */
const PAUSES = 3

/** `facts`: what is remembered of one client; `refused_ms`: the first and last refusal of the period. */
export function credentialOnset(facts: readonly HistoryFact[], refused_ms: readonly [number, number]): CredentialOnset {
  const minted = facts.filter(({ deed }) => deed === 'issued' || deed === 'refreshed')
  const turnedAway = facts.filter(({ deed }) => deed === 'client_credentials' || deed === 'credential_expired')
  const refusals = turnedAway.length === 0 ? [...refused_ms] : instantsOf(turnedAway)
  const issued = minted.reduce((sum, { count }) => sum + count, 0)
  const mints = instantsOf(minted)
  const issued_last_ms = mints.at(-1) ?? -Infinity
  const [first_ms, last_ms] = [refusals[0]!, refusals.at(-1)!]
  const told = (state: CredentialState, since_ms: number): CredentialOnset => ({
    ...{ state, issued, issued_last_ms, refused_ms: since_ms },
  })
  if (issued === 0) return told('never', first_ms)
  const between = mints.some((ms) => ms > first_ms && ms < last_ms)
  if (!between) return issued_last_ms > last_ms ? told('mended', first_ms) : told('rotated', first_ms)
  const since_ms = refusals.find((ms) => ms > issued_last_ms)
  const pause_ms = (issued_last_ms - mints[0]!) / Math.max(1, issued - 1)
  // Stray refusals before it hide no rotation: the silence of the issuer since then does not end.
  if (since_ms !== undefined && last_ms - issued_last_ms > PAUSES * pause_ms) return told('rotated', since_ms)
  return told('partly', first_ms)
}

/** Of several of one slot the first and the last are known; in order of time. */
function instantsOf(facts: readonly HistoryFact[]): number[] {
  return facts.flatMap(({ first_ms, last_ms }) => [first_ms, last_ms]).sort((a, b) => a - b)
}
