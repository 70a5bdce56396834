/**
 * Whose clock was set: a step shows on every link of the clock that made it, and on one link only of each of the others.
 * Invariant: every step found on a link is given to exactly one of its two parties.
 */
import type { ClockStep } from '../../core/host-clock.ts'
import { extrapolate, type LinkEstimate } from './clock-link.ts'
import { zoneShift } from './time-zone-shift.ts'

export interface PartySteps {
  steps: ClockStep[]
  /** Whole-hour jumps of the stamps: daylight saving without a zone, not the clock; ms. */
  zone_jumps: { at_ms: number; by_ms: number }[]
}

/** Smaller steps are not worth a line: NTP slews them away; ms. */
const SMALLEST_REPORTED_MS = 100
/** Steps on two links are one if they happened within this and are this much alike; ms, share. */
const SAME_TIME_MS = 1_200_000
const SAME_SIZE_MS = 1_500
const SAME_SIZE = 0.05
/** A party is to blame if this share of its links, and at least so many, show the step. */
const MOST = 0.6
const LINKS_FOR_BLAME = 2

interface LinkStep {
  estimate: LinkEstimate
  at_ms: number
  /** first − second grew by this, ms. */
  by_ms: number
}

export function stepsByParty(estimates: Iterable<LinkEstimate>): Map<string, PartySteps> {
  const found: LinkStep[] = []
  const linksOf = new Map<string, LinkEstimate[]>()
  for (const estimate of estimates) {
    for (const party of [estimate.link.first, estimate.link.second]) {
      const list = linksOf.get(party)
      if (list === undefined) linksOf.set(party, [estimate])
      else list.push(estimate)
    }
    for (const [i, next] of estimate.stretches.entries()) {
      const before = estimate.stretches[i - 1]
      if (before === undefined || next.cut_ms === null) continue
      const by_ms = extrapolate(next, next.cut_ms).offset_ms - extrapolate(before, next.cut_ms).offset_ms
      if (Math.abs(by_ms) >= SMALLEST_REPORTED_MS) found.push({ estimate, at_ms: next.cut_ms, by_ms })
    }
  }
  const stepsOf = new Map<string, LinkStep[]>()
  for (const s of found)
    for (const party of [s.estimate.link.first, s.estimate.link.second]) {
      const list = stepsOf.get(party)
      if (list === undefined) stepsOf.set(party, [s])
      else list.push(s)
    }

  const blame = (party: string, step: LinkStep): number => {
    const by = signed(step, party)
    const others = (stepsOf.get(party) ?? []).filter(
      (o) =>
        Math.abs(o.at_ms - step.at_ms) <= SAME_TIME_MS &&
        Math.abs(signed(o, party) - by) <= SAME_SIZE_MS + SAME_SIZE * Math.abs(by),
    )
    const covering = (linksOf.get(party) ?? []).filter(
      ({ link, stretches }) => stretches.length > 0 && link.from_ms < step.at_ms && link.to_ms > step.at_ms,
    )
    const links = new Set(others.map((o) => o.estimate)).size
    if (links < LINKS_FOR_BLAME || links < MOST * covering.length) return 0
    return links
  }
  const byParty = new Map<string, PartySteps>()
  for (const step of found) {
    const { first, second } = step.estimate.link
    const a = blame(first, step)
    const b = blame(second, step)
    // A lone link says nothing about whose it was: hosts are set more often than issuers and collectors.
    const guilty = a > b || (a === b && second.startsWith('issuer ')) ? first : second
    note(byParty, guilty, step.at_ms, signed(step, guilty))
  }
  return byParty
}

function signed(step: LinkStep, party: string): number {
  return step.estimate.link.first === party ? step.by_ms : -step.by_ms
}

/** The same step seen on several links counts once. */
function note(byParty: Map<string, PartySteps>, party: string, at_ms: number, by_ms: number): void {
  const of = byParty.get(party) ?? { steps: [], zone_jumps: [] }
  byParty.set(party, of)
  if (zoneShift(by_ms) !== null) {
    if (!of.zone_jumps.some((j) => Math.abs(j.at_ms - at_ms) <= SAME_TIME_MS)) of.zone_jumps.push({ at_ms, by_ms })
    return
  }
  const known = of.steps.some(
    (s) => Math.abs(s.at_ms - at_ms) <= SAME_TIME_MS && Math.abs(s.by_s * 1000 - by_ms) <= SAME_SIZE_MS,
  )
  if (!known) of.steps.push({ at_ms: Math.round(at_ms), by_s: Math.round(by_ms) / 1000 })
  of.steps.sort((a, b) => a.at_ms - b.at_ms)
}
