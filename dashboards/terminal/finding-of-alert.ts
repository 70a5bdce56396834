/**
 * Which finding an alert fires for: a rule and analysis often see the same trouble, and a person wants to read of it once.
 * Pure. Invariant: an alert and a finding that speak of different hosts, clients or issuers are never taken for one.
 */
import type { Finding, FindingKind } from '../../src/core/finding.ts'
import type { FindingRow } from './model.ts'

const PLACES = ['host', 'client_id', 'service', 'issuer'] as const

/** What the built-in rules that know more than a cause fire for. */
const KINDS_OF_RULE: Readonly<Record<string, readonly FindingKind[]>> = {
  skew_spike: ['clock_off', 'clock_drifting', 'time_zone', 'time_unit'],
  clock_offset: ['clock_off', 'clock_drifting', 'time_zone'],
  stale_keys: ['stale_jwks', 'key_rotated'],
  refresh_reuse: ['refresh_reuse'],
  issuer_outage: ['outage'],
}

/** The one that explains most; undefined where none is about the same. */
export function findingOfAlert(alert: FindingRow, findings: readonly Finding[]): Finding | undefined {
  const kinds = KINDS_OF_RULE[alert.kind]
  return findings
    .filter((finding) => samePlace(alert, finding))
    .filter(({ kind, cause }) => (kinds === undefined ? cause !== null && cause === alert.cause : kinds.includes(kind)))
    .reduce<Finding | undefined>(
      (most, each) => (most !== undefined && most.incidents >= each.incidents ? most : each),
      undefined,
    )
}

/** A rule that names an issuer and no host accuses the issuer; a host that is compared with that issuer is another matter. */
function samePlace(alert: FindingRow, finding: Finding): boolean {
  const told = PLACES.filter((place) => alert[place] !== undefined)
  const alike = told.filter((place) => alert[place] === finding[place])
  // An issuer that no record names: whatever does not answer and is not said to be another one's.
  if (told.length === 0) return alert.kind === 'issuer_outage' && finding.issuer === undefined
  const apart = told.some((place) => finding[place] !== undefined && alert[place] !== finding[place])
  return alike.length > 0 && !apart && (alert.host === undefined) === (finding.host === undefined)
}
