/**
 * The facts behind a verdict as label and sentence: instants with their clock, differences, what was expected and got.
 * Leaves layout to the caller. Invariant: says only what the evidence states or follows from it by subtraction on one
 * clock; a difference between two clocks is called one.
 */
import type { Evidence } from '../src/core/evidence.ts'
import { formatDuration, formatInstant } from './format-time.ts'

export interface EvidenceLine {
  label: string
  text: string
}

export function evidenceLines(evidence: Evidence, zone: string): EvidenceLine[] {
  const lines: EvidenceLine[] = []
  const { iat_ms, nbf_ms, exp_ms, validator_ms, delta_ms, leeway_ms } = evidence
  const say = (label: string, text: string) => lines.push({ label, text })

  if (iat_ms !== undefined) say('issued', `${formatInstant(iat_ms, zone)}, issuer's clock`)
  if (nbf_ms !== undefined) say('not before', `${formatInstant(nbf_ms, zone)}, issuer's clock`)
  if (exp_ms !== undefined) {
    const lifetime = iat_ms !== undefined && exp_ms > iat_ms ? `, lifetime ${formatDuration(exp_ms - iat_ms)}` : ''
    say('expires', `${formatInstant(exp_ms, zone)}, issuer's clock${lifetime}`)
  }
  if (validator_ms !== undefined) {
    say('checked', `${formatInstant(validator_ms, zone)}, validator's clock`)
    if (exp_ms !== undefined) say('against expiry', acrossClocks(validator_ms - exp_ms, 'expiry'))
    if (nbf_ms !== undefined) say('against not-before', acrossClocks(validator_ms - nbf_ms, 'not-before'))
    else if (iat_ms !== undefined) say('against issue', acrossClocks(validator_ms - iat_ms, 'issue'))
  }
  if (delta_ms !== undefined) {
    say(
      'stated',
      delta_ms >= 0 ? `${formatDuration(delta_ms)} past the limit` : `${formatDuration(delta_ms)} within the limit`,
    )
  }
  if (leeway_ms !== undefined) say('leeway', leeway_ms === 0 ? 'none' : formatDuration(leeway_ms))
  if (evidence.expected !== undefined) say('expected', evidence.expected)
  if (evidence.got !== undefined) say('got', evidence.got)
  if (evidence.kid !== undefined) say('key id', evidence.kid)
  if (evidence.alg !== undefined) say('algorithm', evidence.alg)
  return lines
}

function acrossClocks(difference_ms: number, instant: string): string {
  if (difference_ms === 0) return `at the very instant of ${instant}, across two clocks`
  return `${formatDuration(difference_ms)} ${difference_ms > 0 ? 'after' : 'before'} ${instant}, across two clocks`
}
