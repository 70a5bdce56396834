/**
 * Why a clock is said to be off, or not said to be: plain sentences with the numbers, for people. Decides nothing.
 */
import type { HostClock } from '../../core/host-clock.ts'
import { exactSeconds, timeApart } from '../../core/time-apart.ts'
import type { IssuerState } from './clock-book.ts'
import type { LinkEstimate } from './clock-link.ts'
import type { Interval } from './clock-paths.ts'
import type { Verdict, Voter } from './vote.ts'

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `312 s ahead of issuer x`, `40 ms behind issuer x`. */
function against(ms: number, reference: string): string {
  return `${timeApart(ms)} ${ms < 0 ? 'behind' : 'ahead of'} ${reference}`
}

/** `311.8 s to 312.4 s ahead`, `0.080 s behind to 0.120 s ahead`. */
function range(low_ms: number, high_ms: number): string {
  const side = (ms: number) => (ms < 0 ? 'behind' : 'ahead')
  const size = (ms: number) => exactSeconds(ms / 1000)
  if (side(low_ms) !== side(high_ms)) return `${size(low_ms)} behind to ${size(high_ms)} ahead`
  const [near, far] = low_ms < 0 ? [high_ms, low_ms] : [low_ms, high_ms]
  return `${size(near)} to ${size(far)} ${side(near)}`
}

export function isReference(): string {
  return 'all other clocks are measured against this one'
}

export function offset(at: Interval, reference: string, via: string, { basis, link, fresh }: LinkEstimate): string {
  const measured = range(at.low_ms, at.high_ms)
  const level = at.low_ms <= 0 && at.high_ms >= 0
  const where = level ? `in step with ${reference} (${measured})` : `${against(at.offset_ms, reference)} (${measured})`
  const through = via === reference ? '' : `, by way of ${via}`
  switch (basis) {
    case 'tokens':
      return `${where}${through}, from ${COUNT.format(link.samples)} sightings of tokens, about ${COUNT.format(fresh)} of them fresh`
    case 'expired tokens':
      return `${where}${through}: every token is refused as expired, also the ${COUNT.format(fresh)} or so youngest, all of about this age`
    case 'shared requests':
      return `${where}${through}, from ${COUNT.format(link.samples)} requests that both hosts logged`
    default:
      return `${where}${through}, from the times at which ${COUNT.format(link.samples)} records were received`
  }
}

export function contested(ways: number, open: boolean): string[] {
  if (ways > 1)
    return ['two kinds of evidence contradict each other, and nothing says which is right: both are allowed for']
  if (ways === 1) return ['one of its links contradicts the others and is left out']
  return open ? ['a clock on the way was set lately, by as much as the interval is wide'] : []
}

export function bound(low_ms: number, high_ms: number, reference: string, refusedEarly: number): string {
  if (refusedEarly > 1 && high_ms <= 0)
    return `behind ${reference}: ${COUNT.format(refusedEarly)} tokens were not yet valid here; by how much cannot be told without iat or nbf in the log`
  if (high_ms < Infinity && low_ms === -Infinity)
    return high_ms < 0
      ? `at least ${against(high_ms, reference)}; how far beyond cannot be told: no fresh tokens here`
      : `no fresh tokens here: at most ${against(high_ms, reference)}; how far behind cannot be told`
  if (low_ms > -Infinity && high_ms === Infinity)
    return low_ms > 0
      ? `at least ${against(low_ms, reference)}, from the times at which records were received`
      : `at most ${against(low_ms, reference)}, from the times at which records were received; how far ahead cannot be told`
  return `${range(low_ms, high_ms)}, against ${reference}`
}

export function nothing(samples: number): string {
  return samples === 0
    ? 'cannot tell: no token, shared request or receipt time was seen here'
    : 'cannot tell: no record here shows two clocks (a token with iat, a request that another host logged too)'
}

export function thenUnknown(): string {
  return 'cannot tell: no reading of this clock was kept from that time'
}

export function zone(shift_ms: number | null): string[] {
  if (shift_ms === null) return []
  return [
    `the log stamps are ${timeApart(shift_ms)} ${shift_ms < 0 ? 'behind' : 'ahead'}: a time-zone mistake in writing or reading them, not the clock`,
  ]
}

export function zoneJumps(jumps: readonly { at_ms: number; by_ms: number }[]): string[] {
  return jumps.map(
    (j) =>
      `the log stamps jumped by ${timeApart(j.by_ms)} at ${new Date(j.at_ms).toISOString().slice(0, 16)}Z: daylight saving or another zone, not the clock`,
  )
}

export function units(mistakes: number): string[] {
  if (mistakes === 0) return []
  return [
    `${COUNT.format(mistakes)} instants came in the wrong unit (seconds for milliseconds or the reverse): read rightly here, but software may refuse such tokens`,
  ]
}

export function issuerUnits({
  unit_mistakes: mistakes,
  unit_mistake: mistake,
  in_seconds,
}: Pick<IssuerState, 'unit_mistakes' | 'unit_mistake' | 'in_seconds'>): string[] {
  if (mistakes === 0 || mistake === null) return []
  const what =
    mistake === 'milliseconds_as_seconds' ? 'milliseconds where seconds belong' : 'a thousandth of the epoch seconds'
  const found = `${COUNT.format(mistakes)} tokens hold ${what} (RFC 7519 §2 wants seconds): not skew`
  if (in_seconds <= mistakes) return [found]
  return [
    `${COUNT.format(mistakes)} records show instants in milliseconds, ${COUNT.format(in_seconds)} others of the same issuer in seconds: whoever writes those records multiplies them; not skew`,
  ]
}

export function fault(clock: HostClock, at_fault: boolean, verdict: Verdict | null, reference: string): string[] {
  if (at_fault && verdict !== null)
    return [`at fault: ${verdict.agreeing} of ${verdict.voters} clocks agree with each other, this one does not`]
  const off = clock.low_s !== null && clock.high_s !== null && (clock.low_s > 1 || clock.high_s < -1)
  if (!off) return []
  if (verdict === null)
    return [`cannot tell whether this clock or that of ${reference} is wrong: no third clock agrees with either`]
  if (verdict.accused.has(reference)) return [`not at fault: it agrees with most clocks; ${reference} does not`]
  return []
}

export function issuerFault(at_fault: boolean, at: Interval | null, verdict: Verdict | null): string[] {
  if (!at_fault || verdict === null) return []
  const off = (at?.offset_ms ?? 0) - verdict.agreed_ms
  return [`at fault: ${against(off, `the ${verdict.agreeing} clocks that agree with each other`)}`]
}

export function collectorFault(at_fault: boolean, place: Voter, reference: string): string[] {
  if (!at_fault)
    return [`its offset includes the time that records take to arrive; at most ${against(place.high_ms, reference)}`]
  return [
    `at fault: records of most hosts were received before they were written; ${against(place.high_ms, reference)}`,
  ]
}
