/** Writes and reads what the collector saw of its sources, one row per step: few bytes a source, a month in one breath. */
import type Database from 'better-sqlite3'
import type { TimeRange } from '../../core/filter.ts'
import type { WatchStep } from '../../core/watch-step.ts'
import { cleanText, NAME_LIMIT } from '../clean-text.ts'

interface Body {
  s: [source: number, records: number, recognised: number][]
  t?: [system: string, template: string, count: number][]
  c?: [host: string, by: string, offset_s: number, error_s: number | null, synchronised: 0 | 1][]
}

/** The same step again replaces the earlier one. Inside the caller's transaction. */
export function writeWatchSteps(db: Database.Database, steps: readonly WatchStep[]): void {
  if (steps.length === 0) return
  const find = db.prepare<[string], number>('SELECT id FROM watch_source WHERE name = ?').pluck()
  const add = db.prepare<[string], number>('INSERT INTO watch_source (name) VALUES (?) RETURNING id').pluck()
  const put = db.prepare('INSERT OR REPLACE INTO watch_step (start_ms, body) VALUES (?, ?)')
  const idOf = (name: string) => {
    const clean = cleanText(name, NAME_LIMIT)
    return find.get(clean) ?? add.get(clean)!
  }
  for (const { start_ms, sources, templates, time_services } of steps) {
    const body: Body = { s: sources.map(({ name, records, recognised }) => [idOf(name), records, recognised]) }
    if (templates.length > 0) body.t = templates.map(({ system, template, count }) => [system, template, count])
    if (time_services.length > 0)
      body.c = time_services.map((c) => [c.host, c.by, c.offset_s, c.error_s, c.synchronised ? 1 : 0])
    put.run(start_ms, JSON.stringify(body))
  }
}

/** In order of time. */
export function readWatchSteps(db: Database.Database, range: TimeRange): WatchStep[] {
  const names = new Map(db.prepare<[], [number, string]>('SELECT id, name FROM watch_source').raw().all())
  return db
    .prepare<[number, number], [number, string]>(
      'SELECT start_ms, body FROM watch_step WHERE start_ms >= ? AND start_ms < ? ORDER BY start_ms',
    )
    .raw()
    .all(range.from_ms, range.to_ms)
    .map(([start_ms, text]) => {
      const { s, t = [], c = [] } = JSON.parse(text) as Body
      return {
        start_ms,
        sources: s.map(([id, records, recognised]) => ({ name: names.get(id) ?? '', records, recognised })),
        templates: t.map(([system, template, count]) => ({ system, template, count })),
        time_services: c.map(([host, by, offset_s, error_s, synchronised]) => ({
          host,
          by,
          offset_s,
          error_s,
          synchronised: synchronised === 1,
        })),
      }
    })
}
