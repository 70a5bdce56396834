/**
 * Records per second of each source, from the counters the store keeps: each look is compared with one some seconds
 * before. Invariant: a source seen for the first time, or whose counters went back, has no rate yet (null).
 */
import type { SourceRow } from '../../dashboards/terminal/model.ts'
import type { SourceStatus } from '../core/source-status.ts'

/** Rates are of at least this long; shorter ones jump with every batch; ms. */
const SHORTEST_MS = 2_000
/** A look older than this says nothing about now; ms. */
const LONGEST_MS = 30_000

interface Look {
  records: number
  at_ms: number
}

export type SourceRates = (sources: readonly SourceStatus[], now_ms: number) => SourceRow[]

export function createSourceRates(): SourceRates {
  /** Per stream, oldest first; the first is what the present is compared with. */
  let looks = new Map<string, readonly Look[]>()
  return (sources, now_ms) => {
    const kept = new Map<string, readonly Look[]>()
    const rows = sources.map((source): SourceRow => {
      const { records } = source.counters
      const before = (looks.get(source.stream) ?? []).filter(
        (look) => now_ms - look.at_ms <= LONGEST_MS && look.records <= records && look.at_ms <= now_ms,
      )
      // The newest look that is old enough; later ones wait for their turn.
      const from = before.findLastIndex((look) => now_ms - look.at_ms >= SHORTEST_MS)
      const base = before[from]
      const used = from > 0 ? before.slice(from) : before
      const last = used.at(-1)
      kept.set(
        source.stream,
        last === undefined || now_ms - last.at_ms >= SHORTEST_MS / 2 ? [...used, { records, at_ms: now_ms }] : used,
      )
      const per_second = base === undefined ? null : ((records - base.records) / (now_ms - base.at_ms)) * 1000
      return { ...source, records_per_second: per_second }
    })
    looks = kept
    return rows
  }
}
