/**
 * Finds clocks that can be measured in several ways which contradict each other: a step that one link has noticed and the other
 * has not, a wrongly joined pair of hosts. The ways that agree outvote the others; without a majority all are allowed for.
 * Invariant: only ways that measured the same stretch of time contradict; one that ends before another saw the clock being set
 * is outdated.
 */
import { COLLECTOR } from './clock-book.ts'
import type { LinkEstimate } from './clock-link.ts'
import { type ClockPaths, type Interval, lastReading, type Neighbours, otherEnd } from './clock-paths.ts'
import { largestGroup } from './vote.ts'

/** Delays that one way cannot see are up to about this, ms: less is no contradiction. */
const AGREE_MS = 300

/**
 * Whether it was this clock or the one at the other end that was set, the other links tell as soon as they have news: those
 * that had some until this shortly before still speak; ms.
 */
const NEWS_MS = 30_000

interface Way {
  estimate: LinkEstimate
  place: Interval
}

/** By party: the ways to believe instead of the narrowest one, best first; more than one where none outnumbers the others. */
export function contradictions(paths: ClockPaths, neighbours: Neighbours): Map<string, LinkEstimate[]> {
  const found = new Map<string, LinkEstimate[]>()
  for (const party of paths.parties()) {
    if (party === paths.reference || party === COLLECTOR) continue
    const best = paths.step(party)?.estimate
    const around = neighbours.get(party) ?? []
    if (best === undefined || around.length < 2) continue
    const ways = waysTo(party, best, around, paths)
    const known = ways.find((w) => w.estimate === best)
    if (known === undefined || ways.every((w) => agree(w, known))) continue
    found.set(party, believed(upToDate(party, ways)))
  }
  return found
}

function waysTo(party: string, best: LinkEstimate, around: readonly LinkEstimate[], paths: ClockPaths): Way[] {
  const ways: Way[] = []
  const oldest_ms = beginOf(best, party) - (sawItSet(best) ? NEWS_MS : 0)
  const reading_ms = Math.max(...around.map((e) => lastReading(e, party)).filter(Number.isFinite))
  for (const estimate of around) {
    const other = otherEnd(estimate, party)
    if (estimate.stretches.length === 0 || other === COLLECTOR || !paths.has(other)) continue
    if (estimate !== best && (paths.leadsThrough(other, party) || lastReading(estimate, party) < oldest_ms)) continue
    const place = paths.offsetAt(party, reading_ms, estimate)
    if (place !== null) ways.push({ estimate, place })
  }
  return ways
}

/** When the last stretch of a link begins, the party's clock, ms. */
function beginOf(estimate: LinkEstimate, party: string): number {
  const last = estimate.stretches.at(-1)!
  return lastReading(estimate, party) - (last.at_ms - last.from_ms)
}

/**
 * Without those that saw nothing since a link of the party noticed that its clock was set; but while more links have no news
 * than have some, it may as well be the clock at the other end that was set, and all speak.
 */
function upToDate(party: string, ways: readonly Way[]): Way[] {
  const set = ways.filter(({ estimate }) => sawItSet(estimate))
  const since_ms = Math.max(...set.map(({ estimate }) => beginOf(estimate, party)), -Infinity)
  const fresh = ways.filter(({ estimate }) => lastReading(estimate, party) >= since_ms)
  const waiting = ways.filter(({ estimate }) => {
    const last_ms = lastReading(estimate, party)
    return last_ms < since_ms && last_ms >= since_ms - NEWS_MS
  })
  return waiting.length > fresh.length ? [...fresh, ...waiting] : fresh
}

function sawItSet(estimate: LinkEstimate): boolean {
  return estimate.stretches.at(-1)!.cut_ms !== null
}

function agree(a: Way, b: Way): boolean {
  return a.place.low_ms <= b.place.high_ms + AGREE_MS && b.place.low_ms <= a.place.high_ms + AGREE_MS
}

function believed(ways: readonly Way[]): LinkEstimate[] {
  const byWidth = ways.toSorted((a, b) => a.place.high_ms - a.place.low_ms - (b.place.high_ms - b.place.low_ms))
  const group = largestGroup(ways.map((w) => w.place))
  if (group !== null && group.count * 2 > ways.length) {
    const inside = byWidth.filter(
      ({ place }) => place.low_ms - AGREE_MS <= group.at_ms && group.at_ms <= place.high_ms + AGREE_MS,
    )
    return inside.slice(0, 1).map((w) => w.estimate)
  }
  return byWidth.map((w) => w.estimate)
}
