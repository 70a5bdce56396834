/**
 * All findings of a period, most urgent first. Pure; each kind has its file.
 * Invariant: the same facts give the same findings in the same order.
 */
import { type Finding, SEVERITIES } from '../../core/finding.ts'
import { clientFindings } from './client-findings.ts'
import { clockFindings } from './clock-findings.ts'
import { credentialFindings } from './credential-findings.ts'
import type { FindingFacts } from './facts.ts'
import { keyFindings } from './key-findings.ts'
import { outageFindings } from './outage-findings.ts'
import { riseFindings } from './rise-findings.ts'
import { setupFindings } from './setup-findings.ts'
import { tamperingFindings } from './tampering-findings.ts'
import { unrecognisedFindings } from './unrecognised-findings.ts'

/** Nobody reads more; the rest is in `failures` and the report. */
const FINDING_LIMIT = 200

const FINDERS = [
  clockFindings,
  keyFindings,
  setupFindings,
  credentialFindings,
  clientFindings,
  outageFindings,
  tamperingFindings,
  unrecognisedFindings,
]

export function findings(facts: FindingFacts): Finding[] {
  const found = FINDERS.flatMap((find) => find(facts))
  return [...found, ...riseFindings(facts, found)]
    .sort(
      (a, b) =>
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        b.incidents - a.incidents ||
        b.to_ms - a.to_ms ||
        (a.title < b.title ? -1 : 1),
    )
    .slice(0, FINDING_LIMIT)
}
