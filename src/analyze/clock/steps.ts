/**
 * Whose clock was set: a step shows on every link of the clock that made it, and on one link only of each of the others.
 * Invariant: every step found on a link is given to exactly one of its two parties; where both are as likely, both are
 * suspects, and neither is trusted to lead from one clock to another across it (`clock-paths.ts`).
 */
import type { ClockStep } from '../../core/host-clock.ts'
import { extrapolate, type LinkEstimate } from './clock-link.ts'
import { zoneShift } from './time-zone-shift.ts'

export interface PartySteps {
  steps: ClockStep[]
  /** Whole-hour jumps of the stamps: daylight saving without a zone, not the clock; ms. */
  zone_jumps: { at_ms: number; by_ms: number }[]
  /** All of them, and those that may as well be another's, in order of time. */
  jumps: Jump[]
}

/** What one party's clock read just before and just after it was set, ms. */
export interface Jump {
  before_ms: number
  after_ms: number
  by_ms: number
  /** It happened within this of `before_ms`, on either side; ms. */
  within_ms: number
  /** The party's own, not only perhaps. */
  own: boolean
  /** Links that show it, each with the number of its first stretch after it. */
  shown: Map<LinkEstimate, number>
}

/** Smaller steps are not worth a line: NTP slews them away; ms. */
const SMALLEST_REPORTED_MS = 100
/** Steps on two links are one if they happened within this and are this much alike; ms, share. */
const SAME_TIME_MS = 1_200_000
const SAME_SIZE_MS = 1_500
const SAME_SIZE = 0.05
/** Cuts are placed to within some requests; ms. */
const PART_SLACK_MS = 10_000
/** A party is to blame if this share of its links, and at least so many, show the step. */
const MOST = 0.6
const LINKS_FOR_BLAME = 2

interface LinkStep {
  estimate: LinkEstimate
  /** Number of the stretch that it begins. */
  begins: number
  at_ms: number
  /** first − second grew by this, ms. */
  by_ms: number
  /** first − second before it, ms. */
  before_ms: number
  /** Between the last evidence before it and the first after it, first's clock, ms. */
  gap_ms: number
}

interface Blame {
  /** Links of the party that show the step; 0 where too few of them do. */
  links: number
  share: number
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
      const before_ms = extrapolate(before, next.cut_ms).offset_ms
      const by_ms = extrapolate(next, next.cut_ms).offset_ms - before_ms
      if (Math.abs(by_ms) >= SMALLEST_REPORTED_MS)
        found.push({
          ...{ estimate, begins: i, at_ms: next.cut_ms, by_ms, before_ms },
          gap_ms: next.from_ms - before.at_ms,
        })
    }
  }
  const stepsOf = new Map<string, LinkStep[]>()
  for (const s of found)
    for (const party of [s.estimate.link.first, s.estimate.link.second]) {
      const list = stepsOf.get(party)
      if (list === undefined) stepsOf.set(party, [s])
      else list.push(s)
    }

  const blame = (party: string, step: LinkStep): Blame => {
    const by = signed(step, party)
    const others = (stepsOf.get(party) ?? []).filter(
      (o) => Math.abs(o.at_ms - step.at_ms) <= SAME_TIME_MS + Math.abs(by) && alike(signed(o, party), by),
    )
    const covering = (linksOf.get(party) ?? []).filter(
      ({ link, stretches }) => stretches.length > 0 && link.from_ms < step.at_ms && link.to_ms > step.at_ms,
    )
    const links = new Set(others.map((o) => o.estimate)).size
    const share = links / Math.max(covering.length, 1)
    return { links: links < LINKS_FOR_BLAME || share < MOST ? 0 : links, share }
  }
  const byParty = new Map<string, PartySteps>()
  for (const step of found) {
    const { first, second } = step.estimate.link
    const a = blame(first, step)
    const b = blame(second, step)
    // A lone link says nothing about whose it was: hosts are set more often than issuers and collectors.
    const fromHost = second.startsWith('issuer ') || !first.startsWith('host ')
    const order = a.links - b.links || (fromHost ? 0 : a.share - b.share)
    const guilty = order > 0 || (order === 0 && second.startsWith('issuer ')) ? first : second
    suspect(byParty, guilty, step, true)
    if (order === 0 && !fromHost) suspect(byParty, guilty === first ? second : first, step, false)
  }
  for (const of of byParty.values()) tell(of)
  return byParty
}

/** The same step seen on several links counts once, and one that another link saw happen in parts counts as those. */
function tell(of: PartySteps): void {
  of.jumps = of.jumps.filter((jump) => {
    const parts = of.jumps.filter(
      (part) => part !== jump && Math.abs(part.before_ms - jump.before_ms) <= jump.within_ms + PART_SLACK_MS,
    )
    const sum = parts.reduce((total, part) => total + part.by_ms, 0)
    return parts.length < 2 || !alike(sum, jump.by_ms) || parts.some((part) => part.within_ms > jump.within_ms)
  })
  for (const { own, by_ms, before_ms } of of.jumps) {
    if (!own) continue
    if (zoneShift(by_ms) !== null) of.zone_jumps.push({ at_ms: before_ms, by_ms })
    else of.steps.push({ at_ms: Math.round(before_ms), by_s: Math.round(by_ms) / 1000 })
  }
}

function signed(step: LinkStep, party: string): number {
  return step.estimate.link.first === party ? step.by_ms : -step.by_ms
}

function alike(a_ms: number, b_ms: number): boolean {
  return Math.abs(a_ms - b_ms) <= SAME_SIZE_MS + SAME_SIZE * Math.abs(b_ms)
}

function noted(byParty: Map<string, PartySteps>, party: string): PartySteps {
  const of = byParty.get(party) ?? { steps: [], zone_jumps: [], jumps: [] }
  byParty.set(party, of)
  return of
}

function suspect(byParty: Map<string, PartySteps>, party: string, step: LinkStep, own: boolean): void {
  const { jumps } = noted(byParty, party)
  const by_ms = signed(step, party)
  const before_ms = readingBefore(step, party)
  // Where the party's own clock jumped, the jump is part of the gap.
  const within_ms = Math.max(0, step.gap_ms - (step.estimate.link.first === party ? by_ms : 0)) / 2
  const apart = (j: Jump) => Math.abs(j.before_ms - before_ms)
  const [known] = jumps
    .filter((j) => apart(j) <= SAME_TIME_MS && alike(j.by_ms, by_ms) && !j.shown.has(step.estimate))
    .sort((a, b) => apart(a) - apart(b))
  if (known === undefined)
    jumps.push({
      ...{ before_ms, after_ms: before_ms + by_ms, by_ms, within_ms, own },
      shown: new Map([[step.estimate, step.begins]]),
    })
  else {
    known.shown.set(step.estimate, step.begins)
    known.own ||= own
    // Who saw it closer knows better when it was.
    if (within_ms < known.within_ms) Object.assign(known, { before_ms, after_ms: before_ms + by_ms, within_ms })
  }
  jumps.sort((a, b) => a.before_ms - b.before_ms)
}

/**
 * What the party's clock read when it was set. The cut lies on the first party's clock, midway between the last stamp before
 * it and the first one after: where that clock itself jumped, half of the jump is in between.
 */
function readingBefore({ estimate, at_ms, by_ms, before_ms }: LinkStep, party: string): number {
  return estimate.link.first === party ? at_ms - by_ms / 2 : at_ms - before_ms
}
