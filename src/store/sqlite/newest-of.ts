/**
 * The newest incidents of each of several groups in one pass over the index by time, which names the series of every
 * incident: thirty groups looked for one by one would pass over the same entries thirty times. Groups too rare to be found
 * so are left to the list, which seeks them by the rollups.
 * Invariant: each group's answer is what the list alone would give.
 */
import type Database from 'better-sqlite3'
import type { TimeRange } from '../../core/filter.ts'
import type { Incident } from '../../core/incident.ts'
import type { GroupWish } from '../../core/ports/store.ts'
import { type FilterIds, filterIds, filterWithOther, incidentPasses } from './filter-ids.ts'
import type { IncidentList } from './incident-query.ts'
import { INCIDENT_COLUMNS, type IncidentRow, unpackIncident } from './incident-row.ts'
import { DIMENSIONS, type Lexicon } from './lexicon.ts'
import { Statements } from './statements.ts'

/** Entries read at a time: what is read after the last group is full is in vain. */
const PAGE = 10_000
/** Entries read at most; some 50 ms. */
const MOST_READ = 150_000

type Entry = [id: number, time_ms: number, series: number]

interface Group extends GroupWish {
  ids: FilterIds
  found: number[]
}

export function newestOf(
  db: Database.Database,
  lexicon: Lexicon,
  list: IncidentList,
  range: TimeRange,
  wanted: readonly GroupWish[],
  extent: TimeRange,
): Incident[][] {
  const statements = new Statements(db)
  const groups = wanted.map(({ filter, limit }): Group => {
    return { filter, limit, ids: filterIds(db, lexicon, filterWithOther(filter)), found: [] }
  })
  const known = {
    from_ms: Math.max(range.from_ms, extent.from_ms),
    to_ms: Math.min(range.to_ms, extent.to_ms),
  }
  const whole = gather(statements, groups, wantedSeries(statements, groups), known)
  const ids = new Set(groups.flatMap((group) => (whole || isFull(group) ? group.found : [])))
  const rows = statements.rows<IncidentRow>(
    `SELECT ${INCIDENT_COLUMNS.join(', ')} FROM incident WHERE id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify([...ids])],
  )
  const incidents = new Map(rows.map((row) => [row[0], unpackIncident(lexicon, row)]))
  return groups.map((group) => {
    const { filter, limit, found } = group
    const listed = found.map((id) => incidents.get(id)).filter((each) => each !== undefined)
    // Those counted under (other) may have been somebody else's.
    const complete = listed.length === found.length && listed.every((each) => incidentPasses(filter, each))
    return complete && (whole || isFull(group)) ? listed : list.list({ range, filter, limit }, extent)
  })
}

/** Fills the groups, newest first; true when nothing of the range is left unread. */
function gather(
  statements: Statements,
  groups: readonly Group[],
  bySeries: ReadonlyMap<number, readonly Group[]>,
  range: TimeRange,
): boolean {
  let after: Entry = [0, range.to_ms, 0]
  for (let read = 0; read < MOST_READ; read += PAGE) {
    const entries = statements.rows<Entry>(
      `SELECT id, time_ms, series FROM incident
        WHERE time_ms >= ? AND (time_ms, id) < (?, ?) ORDER BY time_ms DESC, id DESC LIMIT ${PAGE}`,
      [range.from_ms, after[1], after[0]],
    )
    for (const [id, , series] of entries)
      for (const group of bySeries.get(series) ?? []) if (!isFull(group)) group.found.push(id)
    if (entries.length < PAGE) return true
    if (groups.every(isFull)) return false
    after = entries.at(-1)!
  }
  return false
}

/** The groups that want incidents of a series, for all series that one of them wants. */
function wantedSeries(statements: Statements, groups: readonly Group[]): Map<number, Group[]> {
  const byVerdict = new Map<number, Group[]>()
  for (const group of groups)
    for (const verdict of group.ids.verdicts.keys()) {
      const list = byVerdict.get(verdict)
      if (list === undefined) byVerdict.set(verdict, [group])
      else list.push(group)
    }
  const all = statements.rows<[id: number, verdict: number, ...values: number[]]>(
    `SELECT id, verdict, ${DIMENSIONS.join(', ')} FROM series WHERE verdict IN (SELECT value FROM json_each(?))`,
    [JSON.stringify([...byVerdict.keys()])],
  )
  const wanted = new Map<number, Group[]>()
  for (const [id, verdict, ...values] of all) {
    const wanting = byVerdict.get(verdict)!.filter(({ ids }) =>
      ids.dimensions.every(({ dimension, include, exclude }) => {
        const value = values[DIMENSIONS.indexOf(dimension)]!
        return (include === null || include.includes(value)) && !exclude.includes(value)
      }),
    )
    if (wanting.length > 0) wanted.set(id, wanting)
  }
  return wanted
}

function isFull({ found, limit }: Group): boolean {
  return found.length >= limit
}
