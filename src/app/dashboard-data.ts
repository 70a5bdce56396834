/**
 * Answers the dashboard's requests from a store: asks only what the screen shows and hands the answers to the pure
 * assembly. Only reads; several screens may ask the same store at once.
 * Invariant: between two questions the event loop gets its turn, so that a key is never held up by more than one of them.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { assembleModel, type PartyAnswers, type StoreAnswers } from '../../dashboards/terminal/assemble-model.ts'
import type { ClockAnswers } from '../../dashboards/terminal/clock-rows.ts'
import type {
  DashboardModel,
  IncidentDetail,
  ListedIncident,
  ModelRequest,
  Notice,
  PartyPanel,
} from '../../dashboards/terminal/model.ts'
import { type TimeWindow, timeWindow } from '../../dashboards/terminal/time-window.ts'
import { tokenTimeline } from '../../dashboards/terminal/token-timeline.ts'
import type { ClockReading } from '../analyze/clock/clock-table.ts'
import { HEALABLE, healingOf } from '../analyze/report/healing.ts'
import type { Filter, TimeRange } from '../core/filter.ts'
import type { HistoryFact } from '../core/history.ts'
import type { Incident } from '../core/incident.ts'
import type { Dimension, StoreReader } from '../core/ports/store.ts'
import { remedyOf } from '../core/remedy/remedy-of.ts'
import type { Healing } from '../core/report.ts'
import { type HostOffsets, hostOffsets, NO_OFFSETS } from './host-offsets.ts'
import { isHost, unknownClock } from './load-clocks.ts'
import { type Found, loadFindings } from './load-findings.ts'
import { orderedIncidents } from './ordered-incidents.ts'
import { createRecentClocks, type RecentClocks } from './recent-clocks.ts'
import { createRecentFindings, type Find, type FoundSoFar, type RecentFindings } from './recent-findings.ts'
import { createSourceRates, type SourceRates } from './source-rates.ts'

/** Rows of the client, service, issuer and host tables; ordering them by other columns than failures wants more than a screen. */
const PARTY_ROWS = 2_000
/** Values of the period before that are compared with; beyond them a row counts as new. */
const PARTY_ROWS_BEFORE = 20_000
/** Shapes of unrecognised messages that are shown. */
const UNRECOGNISED_ROWS = 20
/** Expiries looked at for whether they healed, the newest; a share of so many is known to 7 %. */
const EXPIRIES_READ = 200
/** The overview shows the newest incidents only; a screen of 200 by 60 has room for fewer. */
const OVERVIEW_INCIDENTS = 60

const DIMENSIONS: Readonly<Record<PartyPanel, Dimension>> = {
  clients: 'client_id',
  services: 'service',
  issuers: 'issuer',
  hosts: 'host',
}

const PARTIES: Readonly<Record<ModelRequest['screen'], readonly PartyPanel[]>> = {
  overview: [],
  incidents: [],
  clocks: [],
  findings: [],
  who: ['hosts', 'clients', 'services', 'issuers'],
  sources: [],
  summary: ['hosts', 'clients'],
}

const WITH_INCIDENTS: ReadonlySet<ModelRequest['screen']> = new Set(['overview', 'incidents', 'summary'])

const WITH_HEALING: ReadonlySet<ModelRequest['screen']> = new Set(['overview', 'summary'])

const WITH_FINDINGS: ReadonlySet<ModelRequest['screen']> = new Set(['overview', 'findings', 'summary'])

export interface DashboardLoader {
  load(request: ModelRequest, notices: readonly Notice[]): Promise<DashboardModel>
}

/**
 * @param find looks for what is wrong; by default where the questions are answered too
 * @param patience_ms how long an answer waits for that; what is printed once waits for all of it
 */
export function createDashboardLoader(
  reader: StoreReader,
  find: Find = (range, now_ms) => loadFindings(reader, range, now_ms),
  patience_ms?: number,
): DashboardLoader {
  const asked: Asked = {
    reader,
    rates: createSourceRates(),
    clocks: createRecentClocks(reader),
    findings: createRecentFindings(reader, find, patience_ms),
  }
  return { load: (request, notices) => loadModel(asked, request, notices) }
}

interface Asked {
  reader: StoreReader
  rates: SourceRates
  clocks: RecentClocks
  findings: RecentFindings
}

async function loadModel(asked: Asked, request: ModelRequest, notices: readonly Notice[]): Promise<DashboardModel> {
  const { reader, rates } = asked
  const { screen, filter } = request
  const extent = await reader.extent()
  const window = withFuture(timeWindow(request, extent), request, extent)
  const { range, previous, step_ms } = window
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    await turn()
    return question()
  }
  const parties: Partial<Record<PartyPanel, PartyAnswers>> = {}
  for (const panel of PARTIES[screen]) {
    parties[panel] = {
      now: await ask(() => reader.dimension(DIMENSIONS[panel], range, filter, PARTY_ROWS)),
      before: await ask(() => reader.dimension(DIMENSIONS[panel], previous, filter, PARTY_ROWS_BEFORE)),
    }
  }
  const found = WITH_FINDINGS.has(screen) ? await findingsFor(asked, range, request) : null
  const clocks = WITH_INCIDENTS.has(screen) ? await offsetsFor(asked, request) : null
  const kinds = await ask(() => reader.kinds(range, filter))
  const causes = await ask(() => reader.causes(range, filter))
  return assembleModel({
    now_ms: request.now_ms,
    window,
    extent,
    kinds,
    causes,
    previous_causes: await ask(() => reader.causes(previous, filter)),
    series: screen === 'overview' ? await ask(() => reader.series(range, step_ms, 'cause', filter)) : [],
    incidents: clocks === null ? null : await incidentsOf(reader, range, request, clocks.offsets),
    parties,
    clocks: screen === 'clocks' ? await clocksOf(asked, range, request) : null,
    findings: found?.found == null ? null : await findingsOf(reader, found.found, range, request),
    pending: (found?.pending ?? false) || (clocks?.pending ?? false),
    sources: rates(await ask(() => reader.sources()), request.now_ms),
    unrecognised:
      screen === 'summary' || extent === null ? await ask(() => reader.unrecognised(UNRECOGNISED_ROWS)) : [],
    healing: WITH_HEALING.has(screen) ? await healingIn(reader, range, filter, { kinds, causes }) : null,
    detail: request.incident_id === null ? null : await detailOf(asked, request.incident_id, request.now_ms),
    notices,
  })
}

/** The newest expiries say whether they heal; asked only where there are any. */
async function healingIn(
  reader: StoreReader,
  range: TimeRange,
  { include, exclude }: Filter,
  { kinds, causes }: Pick<StoreAnswers, 'kinds' | 'causes'>,
): Promise<Healing | null> {
  const here = causes.flatMap(({ cause, subcause, count }) => (cause === HEALABLE.cause && count > 0 ? subcause : []))
  const subcause = HEALABLE.subcauses.filter((one) => here.includes(one))
  if (subcause.length === 0) return null
  await turn()
  const filter: Filter = { include: { ...include, cause: [HEALABLE.cause], subcause }, exclude }
  return healingOf(await reader.incidents({ range, filter, limit: EXPIRIES_READ }), kinds)
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

/** The plain summary lists incidents as the logs stamp them. */
async function offsetsFor(
  { clocks }: Asked,
  { screen, now_ms }: ModelRequest,
): Promise<{ offsets: HostOffsets; pending: boolean }> {
  if (screen === 'summary') return { offsets: NO_OFFSETS, pending: false }
  const { reading, pending } = await clocks.soon(now_ms)
  return { offsets: reading === null ? NO_OFFSETS : hostOffsets(reading, now_ms), pending }
}

function incidentsOf(
  reader: StoreReader,
  range: TimeRange,
  request: ModelRequest,
  offsets: HostOffsets,
): Promise<ListedIncident[]> {
  const { filter, words, order } = request
  const limit = request.screen === 'overview' ? Math.min(OVERVIEW_INCIDENTS, request.limit) : request.limit
  return orderedIncidents(reader, { range, filter, words, order, limit }, offsets)
}

/** More alerts than these are for `authtop alerts list`; count. */
const ALERT_ROWS = 500

function findingsFor(
  { findings }: Asked,
  range: TimeRange,
  { now_ms, length_ms, end }: ModelRequest,
): Promise<FoundSoFar> {
  return findings(`${length_ms} ${end}`, range, now_ms)
}

async function findingsOf(
  reader: StoreReader,
  { findings, advice }: Found,
  range: TimeRange,
  { now_ms, filter }: ModelRequest,
): Promise<StoreAnswers['findings']> {
  await turn()
  const alerts = await reader.alerts(range, ALERT_ROWS)
  return { findings, advice, alerts, silences: await reader.silences(now_ms), filter }
}

async function clocksOf({ reader, clocks }: Asked, range: TimeRange, { now_ms }: ModelRequest): Promise<ClockAnswers> {
  const { table } = await clocks.read(now_ms)
  await turn()
  const readings = await reader.clockReadings(range)
  await turn()
  const skew = { include: { cause: ['skew'] }, exclude: {} }
  const refused = await reader.dimension('host', range, skew, PARTY_ROWS)
  // Who looks for the host at fault looks here: one that refuses for a clock is listed, even where its clock is not known.
  const known = new Set(table.hosts.map(({ host }) => host))
  const unknown = refused.filter(({ value, failures }) => failures > 0 && isHost(value) && !known.has(value))
  return {
    table: { ...table, hosts: [...table.hosts, ...unknown.map(({ value }) => unknownClock(value))] },
    readings,
    refused: new Map(refused.map(({ value, failures }) => [value, failures])),
  }
}

async function detailOf({ reader, clocks }: Asked, id: string, now_ms: number): Promise<IncidentDetail | null> {
  await turn()
  const incident = await reader.incident(id)
  if (incident === null) return null
  const observations = await reader.observations(id)
  const reading = await clocks.read(now_ms)
  return {
    incident,
    observations,
    remedy: remedyOf(incident.cause, incident.subcause),
    timeline: tokenTimeline({
      incident,
      observations,
      history: await historyOf(reader, incident),
      offset: (host, at_ms) => offsetToIssuer(reading, host, incident.issuer, at_ms),
    }),
  }
}

/** What is remembered of the token under either of its names. */
async function historyOf(reader: StoreReader, { token, token_id, time_ms }: Incident): Promise<HistoryFact[]> {
  const keys = [token, token_id].filter((key) => key !== undefined)
  const facts = await reader.history(keys.map((key) => ({ party: 'token', key, from_ms: time_ms, to_ms: time_ms })))
  return facts.flat()
}

/** A host's stamps minus the issuer's clock, ms; null where nothing links the two or only one side is known. */
function offsetToIssuer(reading: ClockReading, host: string, issuer: string | undefined, at_ms: number): number | null {
  const stamps = reading.stampOffset(host, at_ms)
  if (stamps === null || !Number.isFinite(stamps.low_ms) || !Number.isFinite(stamps.high_ms)) return null
  if (issuer === undefined || stamps.reference === `issuer ${issuer}`) return stamps.offset_ms
  const difference = reading.between(host, issuer, at_ms)
  return difference?.kind === 'value' ? difference.offset_ms : null
}
