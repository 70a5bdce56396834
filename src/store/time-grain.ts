/**
 * The three grains of the rollups, and how a time range is covered by as few buckets as possible.
 * A range is honoured to the minute: it is widened to whole minutes, and to whole hours where only those are left.
 */
import type { TimeRange } from '../core/filter.ts'

export const MINUTE_MS = 60_000
/** All zones in use are whole quarters of an hour from UTC (IANA tzdata). */
export const QUARTER_MS = 900_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

export const GRAIN = { minute: 0, hour: 1, day: 2 } as const
export type Grain = (typeof GRAIN)[keyof typeof GRAIN]

/** Length of a bucket of each grain, ms; indexed by grain. */
export const GRAIN_MS: readonly [number, number, number] = [MINUTE_MS, HOUR_MS, DAY_MS]

/** Buckets `from` (included) to `to` (not included) of one grain. */
export interface Segment {
  grain: Grain
  from: number
  to: number
}

/**
 * Covers `range` in order of time. `step_ms`: no bucket may straddle a multiple of it. `detail_from_ms`: there are no
 * minutes before this start of an hour.
 */
export function coverRange(range: TimeRange, detail_from_ms: number, step_ms = DAY_MS): Segment[] {
  const from = floorTo(range.from_ms, range.from_ms < detail_from_ms ? HOUR_MS : MINUTE_MS)
  const to = ceilTo(range.to_ms, range.to_ms < detail_from_ms ? HOUR_MS : MINUTE_MS)
  const coarsest = step_ms % DAY_MS === 0 ? GRAIN.day : step_ms % HOUR_MS === 0 ? GRAIN.hour : GRAIN.minute
  const border = Math.min(Math.max(from, detail_from_ms), to)
  return [
    ...cover(from, border, GRAIN.hour, coarsest === GRAIN.minute ? GRAIN.hour : coarsest),
    ...cover(border, to, GRAIN.minute, coarsest),
  ]
}

/** Both ends are multiples of the finest grain. */
function cover(from: number, to: number, finest: Grain, coarsest: Grain): Segment[] {
  if (from >= to) return []
  const size = GRAIN_MS[coarsest]
  const first = ceilTo(from, size)
  const last = floorTo(to, size)
  if (coarsest === finest) return [{ grain: coarsest, from: from / size, to: to / size }]
  const finer = (coarsest - 1) as Grain
  if (first >= last) return cover(from, to, finest, finer)
  return [
    ...cover(from, first, finest, finer),
    { grain: coarsest, from: first / size, to: last / size },
    ...cover(last, to, finest, finer),
  ]
}

export function floorTo(time_ms: number, step_ms: number): number {
  return Math.floor(time_ms / step_ms) * step_ms
}

export function ceilTo(time_ms: number, step_ms: number): number {
  return Math.ceil(time_ms / step_ms) * step_ms
}

/** Furthest instant from the epoch that a Date can hold, ms (ECMA-262 §21.4.1.1). */
export const FURTHEST_MS = 8.64e15

/** `time_ms` in whole milliseconds; `otherwise` where it is absent or no instant. */
export function instant(time_ms: number | undefined, otherwise: number): number {
  return time_ms !== undefined && Math.abs(time_ms) <= FURTHEST_MS ? Math.round(time_ms) : otherwise
}
