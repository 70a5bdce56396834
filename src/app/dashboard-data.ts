/**
 * Answers the dashboard's requests from a store: asks one question per field of the model and hands the answers to the
 * pure assembly. Only reads; several screens may ask the same store at once.
 */
import { assembleModel } from '../../dashboards/terminal/assemble-model.ts'
import { holdsWords } from '../../dashboards/terminal/filter-words.ts'
import type { DashboardModel, IncidentDetail, ModelRequest, Notice } from '../../dashboards/terminal/model.ts'
import { type TimeWindow, timeWindow } from '../../dashboards/terminal/time-window.ts'
import type { TimeRange } from '../core/filter.ts'
import type { Incident } from '../core/incident.ts'
import type { IncidentQuery, StoreReader } from '../core/ports/store.ts'
import { remedyOf } from '../core/remedy/remedy-of.ts'

/** Rows of the host and client tables. */
const DIMENSION_ROWS = 50
/** Shapes of unrecognised messages that are shown. */
const UNRECOGNISED_ROWS = 20
/** Incidents looked through for free words; beyond this the newest matches are enough. Count. */
const WORD_SEARCH_LIMIT = 5_000
const PAGE = 500

export async function loadDashboard(
  reader: StoreReader,
  request: ModelRequest,
  notices: readonly Notice[],
): Promise<DashboardModel> {
  const extent = await reader.extent()
  const window = withFuture(timeWindow(request, extent), request, extent)
  const { range, previous, step_ms } = window
  const { filter } = request
  return assembleModel({
    now_ms: request.now_ms,
    window,
    extent,
    kinds: await reader.kinds(range, filter),
    causes: await reader.causes(range, filter),
    previous_causes: await reader.causes(previous, filter),
    series: await reader.series(range, step_ms, 'cause', filter),
    incidents: await incidentsOf(reader, range, request),
    hosts: await reader.dimension('host', range, filter, DIMENSION_ROWS),
    clients: await reader.dimension('client_id', range, filter, DIMENSION_ROWS),
    sources: await reader.sources(),
    unrecognised: await reader.unrecognised(UNRECOGNISED_ROWS),
    detail: request.incident_id === null ? null : await detailOf(reader, request.incident_id),
    notices,
  })
}

/** A host whose clock is ahead stamps its records in our future; "up to now" must not hide just those. At most a day; ms. */
const FUTURE_MS = 26 * 3_600_000
const MINUTE_MS = 60_000

function withFuture(window: TimeWindow, request: ModelRequest, extent: TimeRange | null): TimeWindow {
  if (request.end !== 'now' || extent === null || extent.to_ms < window.range.to_ms) return window
  const newest = Math.min(extent.to_ms, request.now_ms + FUTURE_MS)
  const to_ms = (Math.floor(newest / MINUTE_MS) + 1) * MINUTE_MS
  return { ...window, range: { from_ms: window.range.from_ms, to_ms: Math.max(to_ms, window.range.to_ms) } }
}

async function incidentsOf(reader: StoreReader, range: TimeRange, request: ModelRequest): Promise<Incident[]> {
  const { filter, limit, words } = request
  if (words.length === 0) return reader.incidents({ range, filter, limit })
  const found: Incident[] = []
  let before: IncidentQuery['before']
  for (let looked = 0; looked < WORD_SEARCH_LIMIT && found.length < limit; looked += PAGE) {
    const page = await reader.incidents({ range, filter, limit: PAGE, ...(before === undefined ? {} : { before }) })
    for (const incident of page) if (found.length < limit && holdsWords(incident, words)) found.push(incident)
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) break
    before = { time_ms: last.time_ms, id: last.id }
  }
  return found
}

async function detailOf(reader: StoreReader, id: string): Promise<IncidentDetail | null> {
  const incident = await reader.incident(id)
  if (incident === null) return null
  return { incident, observations: await reader.observations(id), remedy: remedyOf(incident.cause, incident.subcause) }
}
