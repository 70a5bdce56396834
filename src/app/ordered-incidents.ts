/**
 * Incidents in the order a person asked for, straight from the store: by time either way, or by host, service, client or
 * reason and newest first within each. Values and their order come from the rollups, so only what is listed is read.
 * Time is that of the reference: a host whose clock is ahead would head the list for as long as it is ahead.
 * Invariant: the order is that of the table's column, so that what is on the screen is the head of the whole list.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { holdsWords } from '../../dashboards/terminal/filter-words.ts'
import { reasonRank } from '../../dashboards/terminal/incidents-table.ts'
import type { ListedIncident } from '../../dashboards/terminal/model.ts'
import { compareRanks } from '../../dashboards/terminal/table.ts'
import type { SortOrder } from '../../dashboards/terminal/view-state.ts'
import type { Filter, TimeRange } from '../core/filter.ts'
import type { Incident } from '../core/incident.ts'
import type { Dimension, IncidentQuery, StoreReader } from '../core/ports/store.ts'
import type { HostOffsets } from './host-offsets.ts'

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

export async function orderedIncidents(
  reader: StoreReader,
  query: OrderedQuery,
  offsets: HostOffsets,
): Promise<ListedIncident[]> {
  const listed = (incident: Incident): ListedIncident => ({
    ...incident,
    corrected_ms: incident.time_ms - offsets.at(incident.host, incident.time_ms),
  })
  const { order } = query
  if (order !== null && order.column !== 'time') {
    const parts = await partsInOrder(reader, query)
    return (await headOf(reader, query, parts, false)).map(listed)
  }
  return byTime(reader, query, offsets, listed)
}

/** Each host that is off on its own, as far as it reaches into the list, merged into that of all others. */
async function byTime(
  reader: StoreReader,
  query: OrderedQuery,
  { off }: HostOffsets,
  listed: (incident: Incident) => ListedIncident,
): Promise<ListedIncident[]> {
  const { filter, order, limit, range } = query
  const oldest_first = order?.reversed ?? false
  const hosts = [...off].filter(([host]) => filter.include.host?.includes(host) ?? true)
  const others: Filter = {
    ...filter,
    exclude: { ...filter.exclude, host: [...(filter.exclude.host ?? []), ...hosts.map(([host]) => host)] },
  }
  const found = (await headOf(reader, query, hosts.length === 0 ? [filter] : [others], oldest_first)).map(listed)
  const last = found.length < limit ? undefined : found.at(-1)!.corrected_ms
  for (const [host, { low_ms, high_ms }] of hosts) {
    if (filter.exclude.host?.includes(host)) continue
    const own: Filter = { ...filter, include: { ...filter.include, host: [host] } }
    const reaching =
      last === undefined
        ? range
        : oldest_first
          ? { ...range, to_ms: Math.min(range.to_ms, Math.ceil(last + high_ms) + 1) }
          : { ...range, from_ms: Math.max(range.from_ms, Math.floor(last + low_ms)) }
    if (reaching.from_ms >= reaching.to_ms) continue
    found.push(...(await headOf(reader, { ...query, range: reaching }, [own], oldest_first)).map(listed))
  }
  const way = oldest_first ? 1 : -1
  return found.sort((a, b) => way * (a.corrected_ms - b.corrected_ms)).slice(0, limit)
}

/** The first incidents of these filters, one after the other. */
async function headOf(
  reader: StoreReader,
  { range, words, limit }: OrderedQuery,
  parts: readonly Filter[],
  oldest_first: boolean,
): Promise<Incident[]> {
  const found: Incident[] = []
  let looked = 0
  for (const filter of parts) {
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

/** The filter once for each value of the column, in the order of the values. */
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
