/**
 * Incidents in the order a person asked for, straight from the store: by time either way, or by host, service, client or
 * reason and newest first within each. Values and their order come from the rollups, so only what is listed is read.
 * Invariant: the order is that of the table's column, so that what is on the screen is the head of the whole list.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { holdsWords } from '../../dashboards/terminal/filter-words.ts'
import { reasonRank } from '../../dashboards/terminal/incidents-table.ts'
import { compareRanks } from '../../dashboards/terminal/table.ts'
import type { SortOrder } from '../../dashboards/terminal/view-state.ts'
import type { Filter, TimeRange } from '../core/filter.ts'
import type { Incident } from '../core/incident.ts'
import type { Dimension, IncidentQuery, StoreReader } from '../core/ports/store.ts'

/** Different values gone through; a list of 500 rows ends far before. */
const VALUES_READ = 20_000
/** Incidents looked through for free words; beyond this the first matches are enough. Count. */
const WORD_SEARCH_LIMIT = 5_000
const PAGE = 500

const DIMENSION_OF: Readonly<Record<string, Dimension>> = { host: 'host', service: 'service', client: 'client_id' }

export interface OrderedQuery {
  range: TimeRange
  filter: Filter
  /** Free words that an incident's text must hold. */
  words: readonly string[]
  /** Null: newest first. */
  order: SortOrder | null
  limit: number
}

export async function orderedIncidents(reader: StoreReader, query: OrderedQuery): Promise<Incident[]> {
  const { range, words, order, limit } = query
  const found: Incident[] = []
  let looked = 0
  const oldest_first = order?.column === 'time' && order.reversed
  for (const filter of await partsInOrder(reader, query)) {
    let after: IncidentQuery['after']
    for (;;) {
      await turn()
      const wanted = words.length === 0 ? limit - found.length : PAGE
      const page = await reader.incidents({ range, filter, limit: wanted, oldest_first, ...(after && { after }) })
      for (const incident of page) if (found.length < limit && holdsWords(incident, words)) found.push(incident)
      looked += page.length
      const last = page.at(-1)
      if (found.length >= limit || looked >= WORD_SEARCH_LIMIT) return found
      if (last === undefined || page.length < wanted) break
      after = { time_ms: last.time_ms, id: last.id }
    }
  }
  return found
}

/** The filter once, or once for each value of the column, in the order of the values. */
async function partsInOrder(reader: StoreReader, { range, filter, order }: OrderedQuery): Promise<Filter[]> {
  const dimension = DIMENSION_OF[order?.column ?? '']
  const only = (include: Filter['include']): Filter => ({ ...filter, include: { ...filter.include, ...include } })
  if (order?.column === 'reason') {
    const causes = await reader.causes(range, filter)
    return causes
      .map(({ cause, subcause }) => ({ cause, subcause, rank: reasonRank(cause, subcause) }))
      .sort((a, b) => compareRanks(a.rank, b.rank, order.reversed))
      .map(({ cause, subcause }) => only({ cause: [cause], subcause: [subcause] }))
  }
  if (order === null || dimension === undefined) return [filter]
  const rows = await reader.dimension(dimension, range, filter, VALUES_READ)
  return rows
    .filter(({ failures }) => failures > 0)
    .map(({ value }) => ({ value, rank: value === '' ? null : value }))
    .sort((a, b) => compareRanks(a.rank, b.rank, order.reversed))
    .map(({ value }) => only({ [dimension]: [value] }))
}
