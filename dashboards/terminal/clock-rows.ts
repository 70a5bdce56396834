/**
 * Turns what is known of the clocks into the rows of their table: hosts, issuers and the collector in one order, each
 * with its trend over the range. Pure.
 */
import type { ClockReading } from '../../src/core/clock-lookup.ts'
import type { TimeRange } from '../../src/core/filter.ts'
import type { ClockTable, PartyClock } from '../../src/core/host-clock.ts'
import type { ClockRow, Clocks } from './model.ts'

/** Figures per trend line; wider ones tell no more. */
const TREND_POINTS = 60

export interface ClockAnswers {
  table: ClockTable
  /** Of the range, in order of time. */
  readings: readonly ClockReading[]
  /** Requests refused for a clock, by host. */
  refused: ReadonlyMap<string, number>
}

export function clockRows({ table, readings, refused }: ClockAnswers, range: TimeRange): Clocks {
  const trends = trendsOf(readings, range)
  const hosts = table.hosts.map(
    (clock): ClockRow => ({
      ...clock,
      key: `host ${clock.host}`,
      title: clock.host,
      refused: refused.get(clock.host) ?? 0,
      trend: trends.get(clock.host) ?? [],
    }),
  )
  const issuers = table.issuers.map((clock) => partyRow(`issuer ${clock.name}`, `issuer ${clock.name}`, clock, table))
  const collector =
    table.collector === null ? [] : [partyRow('collector', 'this machine (collector)', table.collector, table)]
  const rows = [...hosts, ...issuers, ...collector].sort((a, b) => rank(b) - rank(a))
  return { reference: table.reference, rows }
}

function partyRow(key: string, title: string, clock: PartyClock, { reference }: ClockTable): ClockRow {
  const { offset_s, low_s, high_s, steps, at_fault, why } = clock
  return {
    key,
    title,
    reference: reference === key ? null : reference,
    offset_s,
    low_s,
    high_s,
    steps,
    at_fault,
    why,
    drift_ppm: null,
    samples: null,
    leeway_s: null,
    breach_ms: null,
    zone_s: null,
    refused: null,
    trend: [],
  }
}

/** At fault first, then what refuses most, then by how far it is off at least. */
function rank({ at_fault, refused, offset_s, low_s, high_s }: ClockRow): number {
  const off = offset_s ?? (low_s !== null && low_s > 0 ? low_s : high_s !== null && high_s < 0 ? high_s : 0)
  return (at_fault ? 1e12 : 0) + Math.min(refused ?? 0, 1e5) * 1e6 + Math.min(Math.abs(off), 1e5)
}

/** The last reading of each step; a step without one keeps the value before, because a clock does not vanish. */
function trendsOf(readings: readonly ClockReading[], { from_ms, to_ms }: TimeRange): Map<string, (number | null)[]> {
  const step_ms = (to_ms - from_ms) / TREND_POINTS
  const trends = new Map<string, (number | null)[]>()
  const last = new Map<string, number>()
  for (const { host, at_ms, offset_s } of readings) {
    const at = Math.min(TREND_POINTS - 1, Math.floor((at_ms - from_ms) / step_ms))
    if (offset_s === null || at < 0) continue
    let trend = trends.get(host)
    if (trend === undefined) {
      trend = new Array<number | null>(TREND_POINTS).fill(null)
      trends.set(host, trend)
    }
    for (let i = (last.get(host) ?? at) + 1; i < at; i++) trend[i] = trend[last.get(host) ?? 0] ?? null
    trend[at] = offset_s
    last.set(host, at)
  }
  return trends
}
