/**
 * A filter in the dictionary's numbers: which verdicts it lets through, and which values of which dimensions.
 * Conditions on cause, subcause and kind are settled here, over the few dozen verdicts; so successes pass a filter on
 * `kind` but not one that includes causes, because they have none.
 */
import type Database from 'better-sqlite3'
import { FILTER_FIELDS, type Filter, type FilterField } from '../../core/filter.ts'
import type { Incident } from '../../core/incident.ts'
import type { Dimension } from '../../core/ports/store.ts'
import { OTHER } from '../limits.ts'
import { DIMENSIONS, type Lexicon, type Verdict } from './lexicon.ts'

const VERDICT_FIELDS = ['kind', 'cause', 'subcause'] as const satisfies readonly FilterField[]

export interface DimensionCondition {
  dimension: Dimension
  /** Name numbers that pass; null when any does. */
  include: readonly number[] | null
  exclude: readonly number[]
}

export interface FilterIds {
  /** Verdicts that pass, by number. */
  verdicts: ReadonlyMap<number, Verdict>
  /** Only dimensions with a condition. */
  dimensions: readonly DimensionCondition[]
  /** All series that pass, where there is a condition on a dimension and they are few enough to list; null otherwise. */
  series(): readonly number[] | null
}

/** A longer list of series costs more to read, in every statement, than looking up the series of each count. */
const SERIES_LISTED = 2000

export function filterIds(db: Database.Database, lexicon: Lexicon, filter: Filter): FilterIds {
  const verdicts = new Map<number, Verdict>()
  for (const id of db.prepare<[], number>('SELECT id FROM verdict').pluck().all()) {
    const verdict = lexicon.verdict(id)
    if (VERDICT_FIELDS.every((field) => passes(filter, field, verdict[field] ?? ''))) verdicts.set(id, verdict)
  }
  const known = (values: readonly string[]) =>
    values.map((value) => lexicon.names.find(value)).filter((id) => id !== undefined)
  const dimensions = DIMENSIONS.flatMap((dimension) => {
    const { [dimension]: include } = filter.include
    const { [dimension]: exclude } = filter.exclude
    if (include === undefined && exclude === undefined) return []
    return [{ dimension, include: include === undefined ? null : known(include), exclude: known(exclude ?? []) }]
  })
  return idsOf(db, verdicts, dimensions)
}

/** The same verdicts under other conditions. */
export function idsOf(
  db: Database.Database,
  verdicts: FilterIds['verdicts'],
  dimensions: FilterIds['dimensions'],
): FilterIds {
  let series: readonly number[] | null | undefined
  return {
    verdicts,
    dimensions,
    series() {
      if (series === undefined) series = dimensions.length === 0 ? null : listSeries(db, verdicts.keys(), dimensions)
      return series
    },
  }
}

/** Adds the SQL and parameters of one condition on `column`. */
export function addCondition(
  conditions: string[],
  params: unknown[],
  column: string,
  { include, exclude }: Pick<DimensionCondition, 'include' | 'exclude'>,
): void {
  if (include !== null) {
    conditions.push(`${column} IN (SELECT value FROM json_each(?))`)
    params.push(JSON.stringify(include))
  }
  if (exclude.length > 0) {
    conditions.push(`${column} NOT IN (SELECT value FROM json_each(?))`)
    params.push(JSON.stringify(exclude))
  }
}

function listSeries(
  db: Database.Database,
  verdicts: Iterable<number>,
  dimensions: readonly DimensionCondition[],
): readonly number[] | null {
  const conditions: string[] = []
  const params: unknown[] = []
  addCondition(conditions, params, 'verdict', { include: [...verdicts], exclude: [] })
  for (const condition of dimensions) addCondition(conditions, params, condition.dimension, condition)
  const list = db
    .prepare<unknown[], number>(`SELECT id FROM series WHERE ${conditions.join(' AND ')} LIMIT ${SERIES_LISTED + 1}`)
    .pluck()
    .all(...params)
  return list.length > SERIES_LISTED ? null : list
}

/** The same filter where the rollups could not tell one value from another: incidents may be counted under `(other)`. */
export function filterWithOther(filter: Filter): Filter {
  const include: Filter['include'] = { ...filter.include }
  for (const dimension of DIMENSIONS) if (include[dimension]) include[dimension] = [...include[dimension], OTHER]
  return { include, exclude: filter.exclude }
}

/** Whether an incident passes, by its own values. */
export function incidentPasses(filter: Filter, incident: Incident): boolean {
  return FILTER_FIELDS.every((field) => passes(filter, field, incident[field] ?? ''))
}

function passes(filter: Filter, field: FilterField, value: string): boolean {
  return filter.include[field]?.includes(value) !== false && filter.exclude[field]?.includes(value) !== true
}
