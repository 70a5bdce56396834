/**
 * How far one host's stamps are from another's through time, from the reasons that the one wrote, the bare lines of the other and the
 * requests that are known to be both's. Leaves choosing the pairs, and what follows for a host's clock, to `align-hosts.ts`.
 */
import { countShifts } from './count-shift.ts'
import { withoutExcursions } from './excursions.ts'
import { answeredWith401, isNamed, mayBeAnsweredBy } from './same-request.ts'
import { type Alignment, firstAfter, nodesOf } from './shift-nodes.ts'
import type { Told } from './tell.ts'
import { BIN_MS, type Meeting, type Seen, type TrackedShift, trackShift } from './track-shift.ts'

/** Lines of a gateway that may belong to one reason, looked at; the nearest in time. Count. */
const PER_REASON = 500

/** A request that both are known to speak of. */
export interface Met extends Meeting {
  /** By its path, and not by time alone. */
  marked: boolean
}

export interface Refusal {
  time_ms: number
  incident: Told
}

/** Both in order of time; `met`: what is known to be one already. */
export function* align(
  reasons: readonly Refusal[],
  bare: readonly Refusal[],
  met: readonly Met[],
): Generator<void, Alignment | null> {
  const things = thingsOf(reasons, bare, met, BIN_MS)
  if (things.length === 0) return null
  let stretches = yield* trackShift(things)
  // Where many a second are refused only the milliseconds tell them apart.
  if (stretches.length === 0 && !isCoarse(bare) && !isCoarse(reasons))
    stretches = yield* trackShift(thingsOf(reasons, bare, met, FINE_BIN_MS), FINE_BIN_MS)
  if (stretches.length === 0) stretches = yield* countedStretches(reasons, bare)
  stretches = withoutExcursions(stretches)
  if (stretches.length === 0) return null
  // What cutting stamps down to the second adds to their difference, on average.
  const bias_ms =
    cutDown([...bare.map(({ time_ms }) => time_ms), ...met.map(({ other_ms }) => other_ms)]) -
    cutDown(things.map(({ mine_ms }) => mine_ms))
  const nodes = stretches.flatMap(({ meetings }, stretch) => nodesOf(meetings, stretch, bias_ms))
  const inOrder = (clock: 'mine_ms' | 'other_ms') => [...nodes].sort((a, b) => a[clock] - b[clock])
  return { byMine: inOrder('mine_ms'), byOther: inOrder('other_ms') }
}

/** Where every second holds several, only their numbers tell. */
function* countedStretches(reasons: readonly Refusal[], bare: readonly Refusal[]): Generator<void, TrackedShift[]> {
  const weighed = reasons.filter(({ incident }) => answeredWith401(incident))
  if (weighed.length === 0 || bare.length === 0) return []
  const lines = linesByService(bare)(weighed[0]!.incident).filter(({ incident }) => incident.http_status === 401)
  const stamps = (list: readonly Refusal[]): number[] => list.map(({ time_ms }) => time_ms)
  const pieces = yield* countShifts(stamps(weighed), stamps(lines))
  return pieces.map((meetings) => ({ meetings, marked: 0 }))
}

/** Differences told apart where both write milliseconds: a request takes about so long from reason to answer; ms. */
const FINE_BIN_MS = 100

function isCoarse(refusals: readonly Refusal[]): boolean {
  return refusals.length === 0 || cutDown(refusals.map(({ time_ms }) => time_ms)) > 0
}

/** What one host saw and the other may have seen, in order of the one's clock. */
function thingsOf(reasons: readonly Refusal[], bare: readonly Refusal[], met: readonly Met[], bin_ms: number): Seen[] {
  const things: Seen[] = met.map(({ mine_ms, other_ms, marked }) => ({
    ...{ mine_ms, others_ms: [other_ms], chance: 0, marked },
  }))
  if (bare.length === 0) return things.sort((a, b) => a.mine_ms - b.mine_ms)
  const linesOf = linesByService(bare)
  const chance = covered(linesOf(reasons[0]?.incident), bin_ms)
  const marked = markedPairs(reasons, bare)
  for (const reason of reasons) {
    const { time_ms, incident } = reason
    const line = marked.get(reason)
    if (line !== undefined) {
      things.push({ mine_ms: time_ms, others_ms: [line.time_ms], chance: 0, marked: true })
      continue
    }
    const lines = linesOf(incident)
    const first = Math.max(0, firstAfter(lines, time_ms, 'time_ms') - PER_REASON / 2)
    const others_ms = lines
      .slice(first, first + PER_REASON)
      .filter((other) => mayBeAnsweredBy(other.incident, incident))
      .map((other) => other.time_ms)
    things.push({ mine_ms: time_ms, others_ms, chance })
  }
  return things.sort((a, b) => a.mine_ms - b.mine_ms)
}

/** A path that each of the two wrote only once marks one request, whatever their clocks say. */
function markedPairs(reasons: readonly Refusal[], bare: readonly Refusal[]): Map<Refusal, Refusal> {
  const here = onlyOnes(reasons)
  const there = onlyOnes(bare)
  const pairs = new Map<Refusal, Refusal>()
  for (const [path, reason] of here) {
    const line = there.get(path)
    if (reason !== null && line != null && mayBeAnsweredBy(line.incident, reason.incident)) pairs.set(reason, line)
  }
  return pairs
}

/** Path → who wrote it; null where more than one did. */
function onlyOnes(refusals: readonly Refusal[]): Map<string, Refusal | null> {
  const byPath = new Map<string, Refusal | null>()
  for (const refusal of refusals) {
    const { http_path } = refusal.incident
    if (http_path !== undefined) byPath.set(http_path, byPath.has(http_path) ? null : refusal)
  }
  return byPath
}

/** A gateway's lines whose path names the service or the host. */
function linesByService(bare: readonly Refusal[]): (who: Told | undefined) => readonly Refusal[] {
  const known = new Map<string, readonly Refusal[]>()
  return (who) => {
    if (who === undefined) return bare
    const key = `${who.service}\u001f${who.host}`
    let lines = known.get(key)
    if (lines === undefined) {
      const named = bare.filter(({ incident }) => isNamed(incident.http_path!, who))
      // A gateway that routes by something else than names says nothing about whose a line is.
      lines = named.length === 0 ? bare : named
      known.set(key, lines)
    }
    return lines
  }
}

/** Share of the time in which a line is within two bins, from the first to the last. */
function covered(lines: readonly Refusal[], bin_ms: number): number {
  const span_ms = lines.at(-1)!.time_ms - lines[0]!.time_ms
  let sum_ms = 0
  for (let i = 1; i < lines.length; i++) sum_ms += Math.min(2 * bin_ms, lines[i]!.time_ms - lines[i - 1]!.time_ms)
  return sum_ms / Math.max(span_ms, SHORTEST_MS)
}

/** A list that spans less says nothing about rates; ms. */
const SHORTEST_MS = 60_000

export const isWhole = (ms: number): boolean => ms % 1_000 === 0

/** By how much stamps are cut down on average: half a second where all are whole ones; ms. */
function cutDown(stamps_ms: readonly number[]): number {
  const whole = stamps_ms.filter(isWhole).length
  return whole > stamps_ms.length / 2 ? 500 : 0
}
