/**
 * The use case behind `authtop migrate`: reads a store part by part, oldest first, and hands it to another engine; then both are counted.
 * The source is held as its writer for the whole time, so that nobody adds to it: chunks are the same on every run, and a run that was cut
 * off goes on behind the last chunk that arrived.
 */
import { createHash } from 'node:crypto'
import { NO_FILTER, type TimeRange } from '../core/filter.ts'
import { PARTIES, type Party } from '../core/history.ts'
import type { Incident, Observation } from '../core/incident.ts'
import type { Kind, Outcome } from '../core/kind.ts'
import type { StoreReader, StoreWriter } from '../core/ports/store.ts'
import type {
  ImportChunk,
  ImportedCount,
  ImportedSuccess,
  ImportedTotals,
  StoreImport,
} from '../core/ports/store-import.ts'
import { openImport, openReader, openWriter } from '../store/index.ts'

const MINUTE_MS = 60_000
const QUARTER_MS = 900_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
/** Everything any record may bear. */
const ALWAYS = { from_ms: -8.64e15, to_ms: 8.64e15 }

/** Incidents of one chunk: some 2 MB. */
const INCIDENTS = 2_000
/** Rows of one chunk, some 25 MB, and how long reading them may take; ms. */
const ROWS = 100_000
const TIMEOUT_MS = 600_000
const ALERTS = 100_000
const TEMPLATES = 1_000

export interface Migrated {
  from: ImportedTotals
  to: ImportedTotals
  same_key: boolean
  /** Chunks that an earlier run had brought over. */
  known: number
}

export interface MigrateOptions {
  from: string
  to: string
  /** Told as it goes: the part, and how far it is. */
  progress(part: string, done: string): void
}

export async function migrateStore({ from, to, progress }: MigrateOptions, signal: AbortSignal): Promise<Migrated> {
  const writer = await openWriter(from)
  const close: (() => Promise<void>)[] = [() => writer.close()]
  try {
    const reader = await openReader(from)
    close.push(() => reader.close())
    const target = await openImport(to, await identityOf(writer, reader))
    close.push(() => target.close())
    const known = await target.done()
    const put = async (name: string, chunk: () => Promise<ImportChunk>) => {
      if (signal.aborted || known.has(name)) return
      await target.put(name, await chunk())
    }
    const detail_from_ms = (await reader.limits()).detail_from_ms
    const extent = await reader.extent()
    await moveIncidents(reader, target, known, progress, signal)
    const all = extent ?? { from_ms: 0, to_ms: 0 }
    const first_hour = floorTo(all.from_ms, HOUR_MS)
    // The start of an hour: minutes from here on, hours before.
    const border = Math.min(Math.max(detail_from_ms ?? first_hour, first_hour), all.to_ms)
    const parts = [
      { part: 'minutes', range: { ...all, from_ms: border }, read: countsOf('rollups') },
      {
        part: 'hours',
        range: { from_ms: first_hour, to_ms: border },
        read: countsOf('rollups_hourly'),
      },
      { part: 'successes', range: all, read: successesOf },
      ...PARTIES.map((party) => ({ part: `history ${party}`, range: ALWAYS, read: factsOf(party) })),
      { part: 'readings', range: ALWAYS, read: readingsOf },
    ]
    for (const { part, range, read } of parts) {
      progress(part, '')
      await inHalves(range, known, part, async (within) => {
        if (signal.aborted) return true
        const chunk = await read(reader, within)
        if (chunk !== null) await target.put(nameOf(part, within), chunk)
        return chunk !== null
      })
    }
    for (const day of daysOf(extent)) await put(`unrecognised ${day}`, () => unrecognisedOf(reader, day))
    await put('templates', async () => ({ unrecognised: await reader.unrecognised(TEMPLATES) }))
    await put('limits', async () => ({ limits: (await reader.limits()).reached }))
    if (signal.aborted) throw new Error('stopped; the same command goes on from here')
    await target.finish({
      sources: await reader.sources(),
      clocks: await reader.clockRows(),
      alerts: await reader.alerts(ALWAYS, ALERTS),
      silences: await reader.silences(0),
      watched: await reader.watchSteps(ALWAYS),
      last_failure_id: await reader.lastFailureId(),
      first_ms: extent?.from_ms ?? null,
      last_ms: extent === null ? null : extent.to_ms - 1,
      detail_from_ms,
    })
    return { from: await totalsOf(reader), to: await target.totals(), same_key: target.same_key, known: known.size }
  } finally {
    for (const step of close.reverse()) await step()
  }
}

/** The same while nothing is added: the key says which store, the rest how far it is. */
async function identityOf(writer: StoreWriter, reader: StoreReader) {
  const fingerprint_key = await writer.fingerprintKey()
  const positions = (await reader.sources()).map(({ stream, offset }) => [stream, offset])
  const state = [await reader.lastFailureId(), await reader.extent(), positions]
  const identity = createHash('sha256').update(fingerprint_key).update(JSON.stringify(state)).digest('hex').slice(0, 32)
  return { identity, fingerprint_key }
}

async function moveIncidents(
  reader: StoreReader,
  target: StoreImport,
  known: ReadonlySet<string>,
  progress: MigrateOptions['progress'],
  signal: AbortSignal,
): Promise<void> {
  let after: { time_ms: number; id: string } | undefined
  for (let n = 0; !signal.aborted; n++) {
    const page: Incident[] = await reader.incidents({
      range: ALWAYS,
      filter: NO_FILTER,
      limit: INCIDENTS,
      oldest_first: true,
      ...(after === undefined ? {} : { after }),
    })
    const last = page.at(-1)
    if (last === undefined) return
    after = { time_ms: last.time_ms, id: last.id }
    progress('incidents', String(n * INCIDENTS + page.length))
    const name = `incidents ${after.time_ms} ${after.id}`
    if (known.has(name)) continue
    const incidents: { incident: Incident; observations: Observation[] }[] = []
    for (const incident of page) incidents.push({ incident, observations: await reader.observations(incident.id) })
    await target.put(name, { incidents })
  }
}

/** Null: more than one chunk may hold. */
type ReadPart = (reader: StoreReader, range: TimeRange) => Promise<ImportChunk | null>

const nameOf = (part: string, { from_ms, to_ms }: TimeRange) => `${part} ${from_ms} ${to_ms}`

/** The whole range at once where it fits, else its halves; what is known has been brought over. */
async function inHalves(
  range: TimeRange,
  known: ReadonlySet<string>,
  part: string,
  take: (range: TimeRange) => Promise<boolean>,
): Promise<void> {
  const { from_ms, to_ms } = range
  if (!(from_ms < to_ms) || known.has(nameOf(part, range)) || (await take(range))) return
  // Whole minutes, so that no row of counts lies across.
  const middle = floorTo((from_ms + to_ms) / 2, MINUTE_MS)
  if (middle <= from_ms) throw new RangeError(`more than ${ROWS} rows of ${part} in one minute`)
  await inHalves({ from_ms, to_ms: middle }, known, part, take)
  await inHalves({ from_ms: middle, to_ms }, known, part, take)
}

type Value = string | number | bigint | null

/** Rows of a view of docs/sql.md; null: they are too many. */
async function rowsOf(reader: StoreReader, query: string): Promise<Value[][] | null> {
  const { rows, truncated } = await reader.sql(query, ROWS, TIMEOUT_MS)
  return truncated ? null : rows
}

const PLACE = ['kind', 'outcome', 'cause', 'subcause', 'host', 'service', 'client_id', 'issuer', 'system'] as const

function countsOf(view: 'rollups' | 'rollups_hourly'): ReadPart {
  return async (reader, { from_ms, to_ms }) => {
    const rows = await rowsOf(
      reader,
      `SELECT time_ms, ${PLACE.join(', ')}, count FROM ${view} WHERE time_ms >= ${from_ms} AND time_ms < ${to_ms}
        ORDER BY time_ms, ${PLACE.join(', ')}`,
    )
    const counts = rows?.map(toCount)
    return counts === undefined ? null : view === 'rollups' ? { minutes: counts } : { hours: counts }
  }
}

function toCount(row: readonly Value[]): ImportedCount {
  const text = (place: number) => String(row[place + 1] ?? '')
  return {
    start_ms: Number(row[0]),
    kind: text(0) as Kind,
    outcome: text(1) as Outcome,
    cause: text(2),
    subcause: text(3),
    host: text(4),
    service: text(5),
    client_id: text(6),
    issuer: text(7),
    system: text(8),
    count: Number(row[10]),
  }
}

const successesOf: ReadPart = async (reader, { from_ms, to_ms }) => {
  const rows = await rowsOf(
    reader,
    `SELECT time_ms, kind, host, service, client_id, issuer, system, request_id, trace_id, token, time_resolution_ms,
            received_collector_ms, exp_ms, nbf_ms, iat_ms, validator_ms
       FROM successes WHERE time_ms >= ${from_ms} AND time_ms < ${to_ms}
      ORDER BY time_ms, host, request_id, trace_id, token, exp_ms`,
  )
  return rows === null ? null : { successes: rows.map(toSuccess) }
}

function toSuccess(row: readonly Value[]): ImportedSuccess {
  const text = (place: number) => String(row[place] ?? '')
  const number = (place: number) => (row[place] === null ? null : Number(row[place]))
  return {
    time_ms: Number(row[0]),
    kind: text(1) as Kind,
    host: text(2),
    service: text(3),
    client_id: text(4),
    issuer: text(5),
    system: text(6),
    request_id: text(7),
    trace_id: text(8),
    token: text(9),
    time_resolution_ms: number(10),
    received_collector_ms: number(11),
    exp_ms: number(12),
    nbf_ms: number(13),
    iat_ms: number(14),
    validator_ms: number(15),
  }
}

/** Facts that began in the range. */
function factsOf(party: Party): ReadPart {
  return async (reader, range) => {
    const facts = await reader.historyOf(party, range, ROWS + 1)
    return facts.length > ROWS ? null : { history: facts.filter(({ first_ms }) => first_ms >= range.from_ms) }
  }
}

const readingsOf: ReadPart = async (reader, range) => {
  const readings = await reader.clockReadings(range)
  return readings.length > ROWS ? null : { readings }
}

async function unrecognisedOf(reader: StoreReader, day: number): Promise<ImportChunk> {
  const counts: { start_ms: number; count: number }[] = []
  if ((await reader.unrecognisedCount({ from_ms: day, to_ms: day + DAY_MS })) === 0) return {}
  for (let start_ms = day; start_ms < day + DAY_MS; start_ms += QUARTER_MS) {
    const count = await reader.unrecognisedCount({ from_ms: start_ms, to_ms: start_ms + QUARTER_MS })
    if (count > 0) counts.push({ start_ms, count })
  }
  return { unrecognised_quarters: counts }
}

function daysOf(extent: TimeRange | null): number[] {
  if (extent === null) return []
  const days: number[] = []
  for (let day = floorTo(extent.from_ms, DAY_MS); day < extent.to_ms; day += DAY_MS) days.push(day)
  return days
}

function floorTo(time_ms: number, step_ms: number): number {
  return Math.floor(time_ms / step_ms) * step_ms
}

async function totalsOf(reader: StoreReader): Promise<ImportedTotals> {
  const kinds = await reader.kinds(ALWAYS, NO_FILTER)
  const sum = (outcome: Outcome) =>
    kinds.reduce((total, kind) => total + (kind.outcome === outcome ? kind.count : 0), 0)
  const count = async (view: string) =>
    Number((await reader.sql(`SELECT count(*) FROM ${view}`, 1, TIMEOUT_MS)).rows[0]![0])
  return {
    incidents: await count('incidents'),
    successes: sum('success'),
    failures: sum('failure'),
    history: await count('history_facts'),
  }
}
