/** Which alert speaks for which other: what lies in the shadow of a larger cause is held back while that one fires. */

export interface Inhibition {
  by: string
  of: string
  /** Labels that must be equal where both have them; none: always. */
  equal: readonly string[]
}

export const INHIBITIONS: readonly Inhibition[] = [
  // Refusals by a host whose clock is off look like a rise of some cause.
  { by: 'skew_spike', of: 'cause_spike', equal: ['host', 'service'] },
  { by: 'skew_spike', of: 'failure_burn', equal: ['service'] },
  { by: 'skew_spike', of: 'clock_offset', equal: ['host'] },
  // While the issuer does not answer, tokens cannot be renewed or checked: everything else follows.
  { by: 'issuer_outage', of: 'cause_spike', equal: [] },
  { by: 'issuer_outage', of: 'failure_burn', equal: [] },
  // A source that is silent is not one of which nothing is recognised.
  { by: 'silent_source', of: 'recognition_lost', equal: ['source'] },
  { by: 'cause_spike', of: 'failure_burn', equal: ['service'] },
]

export function inhibits(
  rule: Inhibition,
  source: { rule: string; labels: Readonly<Record<string, string>> },
  target: { rule: string; labels: Readonly<Record<string, string>> },
): boolean {
  if (rule.by !== source.rule || rule.of !== target.rule) return false
  return rule.equal.every((name) => {
    const a = source.labels[name]
    const b = target.labels[name]
    return a === undefined || b === undefined || a === b
  })
}
