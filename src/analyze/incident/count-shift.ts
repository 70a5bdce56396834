/**
 * Finds how far two clocks are apart where things happen so often that each second holds several, on both: no single meeting says
 * anything there, but how many a second does. Each line of the one is told by the other with one probability, a little earlier
 * or later; what no line explains is chance. The shift under which the counts are likeliest is the clocks', if no other comes near.
 * Leaves sparse lists, drift and steps to `track-shift.ts`. Invariant: what comes back is surer than twenty to one, or null.
 */
import type { Meeting } from './track-shift.ts'

/** Stamps of gateways are whole seconds; ms. */
const BIN_MS = 1_000
/** Things compared at once, and in so long a time: a clock that drifts by 1000 ppm stays within a bin. Count; ms. */
const PIECE = 256
const PIECE_MS = 20 * 60_000
/** Fewer prove nothing; count. */
const LEAST = 8
/** Shifts weighed, those with the most meetings, and the best of them at every part of a second; count. */
const CANDIDATES = 160
const CLOSER = 12
/** Of the things that were seen by both, so many are found: lines are lost, logs are cut. */
const FOUND = 0.92
const MOST_TOLD = 0.97
const LEAST_TOLD = 0.03
/** By which part of a second the two stamps' cutting differs; the middle one first, to choose by. */
const PARTS = [0.5, 0.05, 0.3, 0.7, 0.95]
/** More in a second are counted as their mean says; count. */
const MANY = 12
/** So much likelier than all others together, and that no line tells of any of them; log of odds. */
const SURE = 3
/** Differences searched to either side: a wrong zone and a day; ms. */
const FURTHEST_MS = 26 * 3_600_000

/** Both in order of time; pieces of `mine` that stand out, each with what it met. Steps of a few ms. */
export function* countShifts(mine: readonly number[], others: readonly number[]): Generator<void, Meeting[][]> {
  const found: Meeting[][] = []
  for (let from = 0; from < mine.length; ) {
    let to = from
    while (to < mine.length && to - from < PIECE && mine[to]! - mine[from]! < PIECE_MS) to++
    const piece = mine.slice(from, to)
    const shift = piece.length < LEAST ? null : yield* shiftOf(piece, others)
    if (shift !== null) found.push(meetingsAt(piece, others, shift))
    from = to
  }
  return found
}

/** In bins; a thing of bin `t` was told in bin `t − shift` or in the one before. */
function* shiftOf(mine: readonly number[], others: readonly number[]): Generator<void, number | null> {
  const here = countsOf(mine)
  const there = countsOf(others)
  const first = binOf(mine[0]!)
  const last = binOf(mine.at(-1)!)
  const candidates = mostMeetings(mine, others)
  yield
  if (candidates.length === 0) return null
  const weighed: { shift: number; odds: number }[] = []
  const bins = last - first + 1
  const never = neverTold(here, bins)
  const counts: Counts = { here, there, first, bins, n: mine.length }
  for (const [i, shift] of candidates.entries()) {
    weighed.push({ shift, odds: told(counts, shift, PARTS[0]!) - never })
    if (i % 32 === 31) yield
  }
  weighed.sort((a, b) => b.odds - a.odds)
  for (const one of weighed.slice(0, CLOSER)) {
    for (const part of PARTS.slice(1)) one.odds = Math.max(one.odds, told(counts, one.shift, part) - never)
    yield
  }
  weighed.sort((a, b) => b.odds - a.odds)
  const { shift, odds } = weighed[0]!
  // The clocks' shift lies between two bins: those beside it are no rivals.
  const rivals = weighed
    .filter((one) => Math.abs(one.shift - shift) > 1)
    .reduce((sum, one) => sum + Math.exp(one.odds - odds), 0)
  const none = candidates.length * Math.exp(-odds)
  return Math.log(rivals + none) < -SURE ? shift : null
}

interface Counts {
  /** Bin → how many, on each clock. */
  here: ReadonlyMap<number, number>
  there: ReadonlyMap<number, number>
  first: number
  bins: number
  n: number
}

const binOf = (ms: number): number => Math.floor(ms / BIN_MS)

function countsOf(stamps_ms: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const ms of stamps_ms) counts.set(binOf(ms), (counts.get(binOf(ms)) ?? 0) + 1)
  return counts
}

/** The shifts at which most meet, most first. */
function mostMeetings(mine: readonly number[], others: readonly number[]): number[] {
  const hits = new Map<number, number>()
  for (const one of mine)
    for (const other of others) {
      if (Math.abs(one - other) > FURTHEST_MS) continue
      const shift = binOf(one) - binOf(other)
      hits.set(shift, (hits.get(shift) ?? 0) + 1)
    }
  const both = (shift: number): number => hits.get(shift)! + (hits.get(shift + 1) ?? 0)
  return [...hits.keys()].sort((a, b) => both(b) - both(a) || a - b).slice(0, CANDIDATES)
}

/** Log of the likelihood of these counts if no line tells of them: as often as each occurs, since bursts come by themselves, too. */
function neverTold(here: ReadonlyMap<number, number>, bins: number): number {
  const times = new Map<number, number>([[0, bins - here.size]])
  for (const count of here.values()) times.set(count, (times.get(count) ?? 0) + 1)
  let sum = 0
  for (const n of times.values()) if (n > 0) sum += n * Math.log(n / bins)
  // Each of these shares was fitted to the counts (Schwarz's criterion).
  return sum - ((times.size - 1) / 2) * Math.log(bins)
}

/** … if most come of what the other tells, `shift` bins and a part earlier. */
function told({ here, there, first, bins, n }: Counts, shift: number, part: number): number {
  let lines = 0
  for (let t = first; t < first + bins; t++) lines += there.get(t - shift) ?? 0
  if (lines === 0) return -Infinity
  const share = Math.max(LEAST_TOLD, Math.min(MOST_TOLD, (FOUND * n) / lines))
  const chance = ((1 - FOUND) * n) / bins
  const now = binomials(share * (1 - part))
  const later = binomials(share * part)
  let sum = -Math.log(PARTS.length)
  for (let t = first; t < first + bins; t++) {
    const count = here.get(t) ?? 0
    const [a, b] = [there.get(t - shift) ?? 0, there.get(t - shift - 1) ?? 0]
    if (count > MANY || a > MANY || b > MANY) sum += logPoisson(count, share * ((1 - part) * a + part * b) + chance)
    else sum += Math.log(chanceOf(count, now[a]!, later[b]!, chance))
  }
  return sum
}

/** Of two binomial counts and a Poisson one together. */
function chanceOf(count: number, now: readonly number[], later: readonly number[], chance: number): number {
  let sum = 0
  for (let i = 0; i < now.length && i <= count; i++)
    for (let j = 0; j < later.length && i + j <= count; j++)
      sum += now[i]! * later[j]! * Math.exp(logPoisson(count - i - j, chance))
  return Math.max(sum, Number.MIN_VALUE)
}

/** For each number of trials up to {@link MANY} the chances of 0 … that many. */
function binomials(p: number): number[][] {
  const rows: number[][] = [[1]]
  for (let n = 1; n <= MANY; n++) {
    const before = rows[n - 1]!
    rows.push(Array.from({ length: n + 1 }, (_, k) => (before[k] ?? 0) * (1 - p) + (before[k - 1] ?? 0) * p))
  }
  return rows
}

function logPoisson(count: number, mean: number): number {
  let log = count * Math.log(mean) - mean
  for (let k = 2; k <= count; k++) log -= Math.log(k)
  return log
}

/** Each with the first line that is free and near enough; both are in order. */
function meetingsAt(mine: readonly number[], others: readonly number[], shift: number): Meeting[] {
  const meetings: Meeting[] = []
  let next = 0
  for (const mine_ms of mine) {
    const bin = binOf(mine_ms) - shift
    while (next < others.length && binOf(others[next]!) < bin - 1) next++
    const other_ms = others[next]
    if (other_ms === undefined || binOf(other_ms) > bin) continue
    meetings.push({ mine_ms, other_ms })
    next++
  }
  return meetings
}
