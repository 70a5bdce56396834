/**
 * All that is kept about one pair of clocks, and the estimate of their difference. A link joins two parties: `host x`,
 * `issuer y` or `collector`; evidence comes one-way (tokens, receipts, ends of requests) in either direction or two-way.
 * Leaves how links combine to `clock-paths.ts`. Invariant: `low_ms` ≤ first − second ≤ `high_ms`; a value has both sides.
 */

import { findStretches } from './find-steps.ts'
import { fitIntervals, type IntervalFit } from './fit-intervals.ts'
import { DRIFT_LIMIT_PPM, fitLine, type LineFit } from './fit-line.ts'
import { addDifference, CELL_SIZE, createOneWay, latestRun, type OneWayState, type Stratum } from './one-way-channel.ts'
import { addRecent, createRecentLowest, type RecentLowest, recentLowest, withoutBad } from './recent-lowest.ts'
import { rivalEdge } from './rival-edge.ts'
import { addLowest, createRollingLowest, lowestOf, type RollingLowest } from './rolling-lowest.ts'
import { resolutionClass } from './rounding-model.ts'
import { levelled, middleOf, shiftOf, steepTrend } from './steep-trend.ts'
import { addInterval, createTwoWay, type TwoWayState } from './two-way-channel.ts'

/** How a one-way difference came about; each is kept apart since they fail in different ways. */
export type Way =
  /** first ≥ second: a log stamp minus `iat`. */
  | 'logged'
  /** The same with a "now" that the message stated. */
  | 'stated'
  /** The same for tokens refused as expired: chosen for their age, hence no edge unless nothing was ever accepted. */
  | 'expired'
  /** The second's stamp minus the first's: an exchange seen in the other direction. */
  | 'reverse'

export interface LinkState {
  first: string
  second: string
  ways: Partial<Record<Way, OneWayState[]>>
  pairs: TwoWayState | null
  /** Only on links from the collector. */
  receipts: RollingLowest | null
  /** Lowest differences + resolution: upper bounds of first − second, sound for any age; ms. */
  lowest: RecentLowest
  /** The same for the reverse direction. */
  lowest_reverse: RecentLowest
  samples: number
  from_ms: number
  to_ms: number
  /** Tokens refused as not yet valid with no instants shown: the first party is behind, by how much is not known. */
  refused_early: number
  /** `samples` when the last of them came. */
  refused_early_last: number
  /** Longest exp − iat among tokens refused as expired, ms; null before the first. */
  expired_lifetime_ms: number | null
  /** Tokens refused as not yet valid, and whose iat lay in the future. */
  proven_behind: number
}

/** Stamps of more than this many pairs of resolutions on one link are counted with the coarsest. */
const STRATA_LIMIT = 3
/** From this many fresh tokens on, an edge is an offset; below, only a bound. */
const FRESH_FOR_VALUE = 3
/** A handful of tokens may have been minted together and used together: their common age would pass for an offset. */
const SAMPLES_FOR_VALUE = 10
/** How much better (nats) an edge must explain the differences than aged tokens alone. */
const EDGE_FOR_VALUE = 1.8
/** Share of the evidence since the last step that a bound rests on. */
const LATELY = 1 / 3
/** A value that could be anything within this is none, ms. */
export const WIDEST_VALUE_MS = 20_000
/** An edge among expired tokens alone needs this many, and to lie this far past the end of a token minted just now (ms). */
const EXPIRED_SUPPORT = 5
const EXPIRED_CLEARANCE_MS = 2_000
/**
 * Jobs that come back every ten minutes with the token of the time before are refused at one age, too. Tokens in use are met
 * at every age up to their lifetime: of its quarters so many, and this share of the tokens.
 */
const QUARTERS_IN_USE = 3
const SHARE_IN_USE = 0.15
/** … or the host has accepted tokens before: then so many refusals in a row suffice. */
const EXPIRED_IN_A_ROW = 12
/** Ages below this are those of fresh tokens, ms. */
const FRESH_AGE_MS = 3_000
/** Below this much drift per ppm of doubt, extrapolation uses no drift. */
const UNKNOWN_DRIFT_PPM = 20
/** A drift this many times its doubt is extrapolated whatever the doubt. */
const EVIDENT_DRIFT = 3
/** Refusals as not yet valid that hide the edge: so many, and this share of the fresh tokens; over after that many times their distance. */
const EARLY_SUPPORT = 3
const EARLY_SHARE = 0.1
const EARLY_OVER = 5
/** A validator accepts nothing that lies further below zero than its leeway: an edge this near to zero may be its doing; ms. */
const EARLY_EDGE_MS = 2_000
/** Estimates of two kinds of evidence that differ by more than this beyond their intervals contradict each other; ms. */
const AGREE_MS = 1_000

export function createLink(first: string, second: string): LinkState {
  return {
    first,
    second,
    ways: {},
    pairs: null,
    receipts: null,
    lowest: createRecentLowest(),
    lowest_reverse: createRecentLowest(),
    samples: 0,
    from_ms: Infinity,
    to_ms: -Infinity,
    refused_early: 0,
    refused_early_last: 0,
    expired_lifetime_ms: null,
    proven_behind: 0,
  }
}

/** Adds later − earlier stamp (ms), met at `time_ms`; the earlier stamp cannot have been taken after the later. */
export function addOneWay(
  link: LinkState,
  way: Way,
  time_ms: number,
  difference_ms: number,
  early_ms: number,
  late_ms: number,
): void {
  const resolution = { early_ms: resolutionClass(early_ms), late_ms: resolutionClass(late_ms) }
  const channels = link.ways[way] ?? []
  link.ways[way] = channels
  let channel = channels.find(
    (c) => c.resolution.early_ms === resolution.early_ms && c.resolution.late_ms === resolution.late_ms,
  )
  if (channel === undefined) {
    channel = channels.length < STRATA_LIMIT ? createOneWay(resolution) : channels[STRATA_LIMIT - 1]!
    if (channels.length < STRATA_LIMIT) channels.push(channel)
  }
  touch(link, time_ms)
  addRecent(way === 'reverse' ? link.lowest_reverse : link.lowest, time_ms, difference_ms + resolution.late_ms)
  addDifference(channel, time_ms, difference_ms)
}

/** Adds a sound upper bound of first − second that says nothing else. */
export function addBound(link: LinkState, time_ms: number, high_ms: number): void {
  touch(link, time_ms)
  addRecent(link.lowest, time_ms, high_ms)
}

/** Adds a token that was refused as not yet valid and does not show when it was issued. */
export function addRefusedEarly(link: LinkState, time_ms: number): void {
  touch(link, time_ms)
  link.refused_early++
  link.refused_early_last = link.samples
}

/** Adds the collector's receive time minus a stamp. */
export function addReceived(
  link: LinkState,
  time_ms: number,
  difference_ms: number,
  early: number,
  late: number,
): void {
  link.receipts ??= createRollingLowest()
  touch(link, time_ms)
  addRecent(link.lowest, time_ms, difference_ms + late)
  addLowest(link.receipts, time_ms, difference_ms, early, late)
}

/** Adds low ≤ first − second ≤ high. */
export function addTwoWay(link: LinkState, time_ms: number, low_ms: number, high_ms: number): void {
  link.pairs ??= createTwoWay()
  touch(link, time_ms)
  addInterval(link.pairs, time_ms, low_ms, high_ms)
}

function touch(link: LinkState, time_ms: number): void {
  link.samples++
  link.from_ms = Math.min(link.from_ms, time_ms)
  link.to_ms = Math.max(link.to_ms, time_ms)
}

/** first − second over one stretch of time. */
export interface OffsetStretch {
  from_ms: number
  at_ms: number
  offset_ms: number
  low_ms: number
  high_ms: number
  drift_ppm: number
  drift_half_ppm: number
  /** When the clock was set to begin it; null for the first. */
  cut_ms: number | null
}

type Basis = 'tokens' | 'expired tokens' | 'shared requests' | 'receipts' | 'nothing'

export interface LinkEstimate {
  link: LinkState
  /** Oldest first; the last one holds now. Empty where there is no value. */
  stretches: OffsetStretch[]
  basis: Basis
  fresh: number
  /** Sound bounds of first − second where there is no value; ±Infinity where unknown. */
  low_ms: number
  high_ms: number
  /** The log stamps of the first party are off from its own stated "now" by this zone, ms; 0 where not. */
  stamp_shift_ms: number
}

/** What holds without any fitting: cheap, and sound for any age of the tokens. */
export function boundsOf(link: LinkState): LinkEstimate {
  return {
    link,
    stretches: [],
    basis: 'nothing',
    fresh: 0,
    low_ms: -recentLowest(link.lowest_reverse, link.samples),
    high_ms: Math.min(recentLowest(link.lowest, link.samples), link.refused_early >= EARLY_SUPPORT ? 0 : Infinity),
    stamp_shift_ms: 0,
  }
}

/**
 * Pure; costs some ms, so callers keep it until the link changes. `accepted_ms`: when the first party last accepted any
 * token, its own clock; null where it never did.
 */
export function estimateLink(link: LinkState, accepted_ms: number | null): LinkEstimate {
  const none = boundsOf(link)
  if (link.receipts !== null) return { ...none, stretches: receiptStretch(link, link.receipts), basis: 'receipts' }
  const pairs = link.pairs === null ? [] : fitIntervals(link.pairs.blocks)
  const forward = forwardStretches(link, accepted_ms)
  const reverse = fitStretches(link.ways.reverse ?? []).map(negated)
  const oneWay = forward.stretches.length > 0 && reverse.length > 0 ? narrower(forward.stretches, reverse) : null
  const single = oneWay ?? (forward.stretches.length > 0 ? forward.stretches : reverse)
  const basis: Basis = link.second.startsWith('issuer ') ? forward.basis : 'shared requests'
  if (pairs.length > 0) {
    const best = pairs[pairs.length - 1]!
    const last = single[single.length - 1]
    const width = best.high_ms - best.low_ms
    if (width < WIDEST_VALUE_MS && (last === undefined || width <= last.high_ms - last.low_ms))
      return { ...none, stretches: pairs.map(fromIntervals), basis: 'shared requests', fresh: best.samples }
  }
  if (single.length === 0) return { ...none, high_ms: forward.high_ms ?? none.high_ms }
  return { ...none, stretches: single, basis, fresh: forward.fresh, stamp_shift_ms: forward.shift_ms }
}

function receiptStretch(link: LinkState, receipts: RollingLowest): OffsetStretch[] {
  const lowest = lowestOf(receipts)
  if (lowest === null) return []
  return [{ ...lowest, at_ms: link.to_ms, drift_ppm: 0, drift_half_ppm: DRIFT_LIMIT_PPM, cut_ms: null }]
}

interface Forward {
  stretches: OffsetStretch[]
  basis: 'tokens' | 'expired tokens'
  fresh: number
  shift_ms: number
  /** Where there is no value: a bound that holds after the last step, ms; null where there was none. */
  high_ms: number | null
}

function forwardStretches(link: LinkState, accepted_ms: number | null): Forward {
  const logged = link.ways.logged ?? []
  const stated = link.ways.stated ?? []
  const basis = 'tokens' as const
  if (stated.length > 0 && logged.length > 0) {
    const own = fitAll(stated)
    const log = fitAll(logged)
    const a = own.at(-1)
    const b = log.at(-1)
    if (a !== undefined && b !== undefined && isValue(a.fit) && isValue(b.fit)) {
      const gap = b.fit.offset_ms - a.fit.offset_ms
      const together = b.fit.low_ms - AGREE_MS <= a.fit.high_ms && a.fit.low_ms - AGREE_MS <= b.fit.high_ms
      if (!together) return { stretches: values(own), basis, fresh: a.fit.fresh, shift_ms: gap, high_ms: null }
    }
  }
  const all = fitAll([...stated, ...logged])
  const stretches = values(all)
  const expired = expiredOnly(link, accepted_ms ?? -Infinity)
  if (expired !== null) {
    const [first, ...later] = expired.stretches
    const before = stretches.filter((s) => s.at_ms < first!.from_ms)
    const cut_ms = before.length === 0 ? null : (before.at(-1)!.at_ms + first!.from_ms) / 2
    return {
      stretches: [...before, { ...first!, cut_ms }, ...later],
      basis: 'expired tokens',
      fresh: expired.fresh,
      shift_ms: 0,
      high_ms: null,
    }
  }
  const fresh = stretches.length > 0 ? all.at(-1)!.fit.fresh : 0
  const high_ms = all.at(-1)?.high_ms ?? null
  if (hidesEdge(link, fresh, stretches.at(-1))) return { stretches: [], basis, fresh: 0, shift_ms: 0, high_ms }
  return { stretches, basis, fresh, shift_ms: 0, high_ms }
}

/**
 * A host that is behind refuses the fresh tokens. Where its log shows the instants only of those that it accepts, their edge
 * is the refusal's, at zero, and not that of the clock.
 */
function hidesEdge(link: LinkState, fresh: number, last: OffsetStretch | undefined): boolean {
  const { refused_early: early, samples } = link
  if (last === undefined || early < EARLY_SUPPORT || early < EARLY_SHARE * (fresh + early)) return false
  const over = samples - link.refused_early_last > EARLY_OVER * Math.max(EARLY_SUPPORT, samples / early)
  return !over && last.high_ms > -EARLY_EDGE_MS
}

/**
 * Where a host has refused every token since some time, the youngest of them show its offset: nobody mints tokens only to
 * let them grow old. Their edge must lie clear of where natural expiry begins, and they must look like tokens in use: a host
 * that logs nothing but refusals sees the old ones alone.
 */
function expiredOnly(link: LinkState, since: number): { stretches: OffsetStretch[]; fresh: number } | null {
  const strata: Stratum[] = (link.ways.expired ?? []).map(({ resolution, blocks }) => ({
    resolution,
    blocks: blocks.filter((b) => b.start > since),
  }))
  const count = strata.reduce((sum, s) => sum + s.blocks.reduce((n, b) => n + b.n, 0), 0)
  if (count < EXPIRED_SUPPORT || link.expired_lifetime_ms === null) return null
  const fits = fitAll(strata)
  const last = fits.at(-1)
  if (last === undefined || !isValue(last.fit) || last.fit.fresh < EXPIRED_SUPPORT) return null
  if (last.fit.low_ms < link.expired_lifetime_ms + EXPIRED_CLEARANCE_MS) return null
  const turned = since > -Infinity && last.fit.fresh >= EXPIRED_IN_A_ROW
  if (!turned && !areInUse(strata, last.fit, link.expired_lifetime_ms)) return null
  return { stretches: values(fits), fresh: last.fit.fresh }
}

/** Are the refused tokens of all ages that tokens in use have, if the clock is ahead as the fit says? */
function areInUse(strata: readonly Stratum[], { offset_ms, drift_ppm, at_ms }: LineFit, lifetime_ms: number): boolean {
  const quarters = [0, 0, 0, 0]
  let all = 0
  for (const { blocks } of strata)
    for (const { cells, start, n } of blocks) {
      all += n
      for (let c = 0; c < cells.length; c += CELL_SIZE) {
        const age_ms = cells[c]! - offset_ms - shiftOf(drift_ppm, start + cells[c + 2]! - at_ms)
        const quarter = Math.floor((4 * age_ms) / lifetime_ms)
        if (age_ms >= FRESH_AGE_MS && quarter < 4) quarters[quarter]! += cells[c + 1]!
      }
    }
  const used = quarters.reduce((sum, n) => sum + n, 0)
  return quarters.filter((n) => n > 0).length >= QUARTERS_IN_USE && used >= all * SHARE_IN_USE
}

interface StretchFit {
  fit: LineFit
  cut_ms: number | null
  /** More differences crowd above the edge than at it: no value. */
  contested: boolean
  /** Upper bound that holds within this stretch, where the link's own may be older; ms. */
  high_ms: number | null
}

function fitAll(strata: readonly Stratum[]): StretchFit[] {
  const latest = strata.map((s) => ({ ...s, blocks: latestRun(s.blocks) }))
  const { ppm: trend_ppm, reach_ppm } = steepTrend(latest)
  const middle_ms = middleOf(latest)
  const fits: StretchFit[] = []
  for (const s of findStretches(trend_ppm === 0 ? latest : levelled(latest, trend_ppm, middle_ms))) {
    const fit = fitLine(s.strata, s.near_ms, reach_ppm)
    if (fit === null) continue
    const rival = trend_ppm === 0 ? rivalEdge(s.strata, fit.offset_ms, fit.at_ms, fit.drift_ppm) : null
    const late_ms = Math.max(...s.strata.map(({ resolution }) => resolution.late_ms))
    const bound = rival ?? (s.cut_ms === null || trend_ppm !== 0 ? null : lowestLately(s.strata))
    const high_ms = bound === null ? null : bound + late_ms
    fits.push({ fit: tilted(fit, trend_ppm, middle_ms), cut_ms: s.cut_ms, contested: rival !== null, high_ms })
  }
  return fits
}

/** Lowest difference of the last part: a clock that was set once may have been set again, unnoticed. */
function lowestLately(strata: readonly Stratum[]): number {
  const blocks = strata.flatMap((s) => s.blocks).sort((a, b) => b.start - a.start)
  const all = blocks.reduce((sum, b) => sum + b.n, 0)
  const lows: number[] = []
  let taken = 0
  for (const { cells, n } of blocks) {
    if (taken >= Math.max(SAMPLES_FOR_VALUE, all * LATELY)) break
    taken += n
    for (let c = 0; c < cells.length; c += CELL_SIZE) lows.push(cells[c]!)
  }
  return withoutBad(
    lows.sort((a, b) => a - b),
    taken,
  )
}

function tilted(fit: LineFit, ppm: number, middle_ms: number): LineFit {
  if (ppm === 0) return fit
  const shift = shiftOf(ppm, fit.at_ms - middle_ms)
  return {
    ...fit,
    offset_ms: fit.offset_ms + shift,
    low_ms: fit.low_ms + shift,
    high_ms: fit.high_ms + shift,
    drift_ppm: fit.drift_ppm + ppm,
  }
}

function isValue(fit: LineFit): boolean {
  if (fit.samples < SAMPLES_FOR_VALUE) return false
  return fit.fresh >= FRESH_FOR_VALUE && fit.edge >= EDGE_FOR_VALUE && fit.high_ms - fit.low_ms <= WIDEST_VALUE_MS
}

/** The last stretch decides: an offset of the past is none. */
function values(fits: readonly StretchFit[]): OffsetStretch[] {
  const last = fits.at(-1)
  if (last === undefined || !isValue(last.fit) || last.contested) return []
  return fits.filter((f) => isValue(f.fit)).map(({ fit, cut_ms }) => ({ ...stretchOf(fit), cut_ms }))
}

function stretchOf(fit: LineFit): OffsetStretch {
  const { from_ms, at_ms, offset_ms, low_ms, high_ms, drift_ppm, drift_half_ppm } = fit
  return { from_ms, at_ms, offset_ms, low_ms, high_ms, drift_ppm, drift_half_ppm, cut_ms: null }
}

function fitStretches(channels: readonly OneWayState[]): OffsetStretch[] {
  return channels.length === 0 ? [] : values(fitAll(channels))
}

function fromIntervals(f: IntervalFit): OffsetStretch {
  const { from_ms, at_ms, offset_ms, low_ms, high_ms, drift_ppm, drift_half_ppm, cut_ms } = f
  return { from_ms, at_ms, offset_ms, low_ms, high_ms, drift_ppm, drift_half_ppm, cut_ms }
}

function negated(s: OffsetStretch): OffsetStretch {
  return { ...s, offset_ms: -s.offset_ms, low_ms: -s.high_ms, high_ms: -s.low_ms, drift_ppm: -s.drift_ppm }
}

function narrower(a: OffsetStretch[], b: OffsetStretch[]): OffsetStretch[] {
  const width = (s: OffsetStretch[]) => s.at(-1)!.high_ms - s.at(-1)!.low_ms
  return width(a) <= width(b) ? a : b
}

/** The stretch that holds at `time_ms`. */
export function stretchAt(estimate: LinkEstimate, time_ms: number): OffsetStretch | null {
  let found = estimate.stretches[0] ?? null
  for (const s of estimate.stretches) if ((s.cut_ms ?? s.from_ms) <= time_ms) found = s
  return found
}

/** Offset and interval of a stretch at any time, ms: beyond its data the interval widens with the doubt about the drift. */
export function extrapolate(s: OffsetStretch, time_ms: number): { offset_ms: number; low_ms: number; high_ms: number } {
  const known = s.drift_half_ppm <= UNKNOWN_DRIFT_PPM
  // A drift far beyond its doubt is one, however wide the doubt.
  const evident = Math.abs(s.drift_ppm) > EVIDENT_DRIFT * s.drift_half_ppm
  const ahead = (time_ms - s.at_ms) / 1e6
  const shift = known || evident ? s.drift_ppm * ahead : 0
  const inside = time_ms >= s.from_ms && time_ms <= s.at_ms
  const least = inside ? 0 : Math.min(s.drift_half_ppm, UNKNOWN_DRIFT_PPM)
  const doubt = (known || !evident ? least : s.drift_half_ppm) * Math.abs(ahead)
  return {
    offset_ms: s.offset_ms + shift,
    low_ms: s.low_ms + shift - doubt,
    high_ms: s.high_ms + shift + doubt,
  }
}
