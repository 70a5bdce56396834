/**
 * What each question costs that the dashboard, the report and the commands ask of a store: over an hour, a day, a week and all of it, without a
 * filter and with those that cost most. Run with `node bench/questions.ts FILE [over ms]`; bench/store.ts and bench/multiply-store.ts make a
 * store. Prints medians of five, processor time (which a busy machine does not falsify) and time in all; with `over ms` only what took more.
 */
import { type Filter, NO_FILTER, type TimeRange } from '../src/core/filter.ts'
import type { StoreReader } from '../src/core/ports/store.ts'
import { openReader } from '../src/store/index.ts'

const [file, over = '0'] = process.argv.slice(2)
if (file === undefined) throw new Error('which store? node bench/questions.ts FILE [over ms]')
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const RUNS = 5
/** Steps of a chart; a screen is 200 columns wide. */
const STEPS = 200
const STEP_WIDTHS_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, DAY_MS]

const reader = await openReader(file)
const extent = (await reader.extent())!
const to_ms = extent.to_ms - 12_345
const RANGES: Record<string, TimeRange> = {
  '1 h': { from_ms: to_ms - HOUR_MS, to_ms },
  '24 h': { from_ms: to_ms - DAY_MS, to_ms },
  '7 d': { from_ms: to_ms - 7 * DAY_MS, to_ms },
  all: { from_ms: extent.from_ms + 12_345, to_ms },
}
const busiest = async (dimension: 'host' | 'client_id') =>
  (await reader.dimension(dimension, RANGES['24 h']!, NO_FILTER, 2)).map(({ value }) => value)
const hosts = await busiest('host')
const clients = await busiest('client_id')
const FILTERS: Record<string, Filter> = {
  everything: NO_FILTER,
  'one host': { include: { host: hosts.slice(0, 1) }, exclude: {} },
  'one cause': { include: { cause: ['skew'] }, exclude: {} },
  'all but two hosts': { include: {}, exclude: { host: hosts } },
  'one host and client': { include: { host: hosts.slice(0, 1), client_id: clients.slice(0, 1) }, exclude: {} },
  'nobody there': { include: { client_id: ['nobody'] }, exclude: {} },
}

type Ask = (store: StoreReader, range: TimeRange, filter: Filter, step_ms: number) => Promise<unknown>
const FILTERED: Record<string, Ask> = {
  kinds: (store, range, filter) => store.kinds(range, filter),
  causes: (store, range, filter) => store.causes(range, filter),
  'causes over time': (store, range, filter, step_ms) => store.series(range, step_ms, 'cause', filter),
  'kinds over time': (store, range, filter, step_ms) => store.series(range, step_ms, 'kind', filter),
  hosts: (store, range, filter) => store.dimension('host', range, filter, 2_000),
  services: (store, range, filter) => store.dimension('service', range, filter, 2_000),
  issuers: (store, range, filter) => store.dimension('issuer', range, filter, 2_000),
  clients: (store, range, filter) => store.dimension('client_id', range, filter, 2_000),
  'hosts over time': (store, range, filter, step_ms) => store.dimensionSeries('host', range, step_ms, filter),
  'clients over time': (store, range, filter, step_ms) => store.dimensionSeries('client_id', range, step_ms, filter),
  'hosts by the day': (store, range, filter) => store.dimensionSeries('host', range, DAY_MS, filter),
  'last outcome of clients': (store, range, filter) => store.lastOutcomes('client_id', range, filter),
  'newest 500 incidents': (store, range, filter) => store.incidents({ range, filter, limit: 500 }),
  'oldest 500 incidents': (store, range, filter) => store.incidents({ range, filter, limit: 500, oldest_first: true }),
}
const UNFILTERED: Record<string, Ask> = {
  groups: (store, range) => store.groups(range, NO_FILTER, 20_000),
  signatures: (store, range) => store.signatures(range),
  'failed subjects': (store, range) => store.failedSubjects(range),
  'unrecognised, counted': (store, range) => store.unrecognisedCount(range),
  'uses of tokens': (store, range) => store.tokenUses(range, 50_000),
  'traffic by five minutes': (store, range) => store.activity(range, 5 * MINUTE_MS),
  'readings of clocks': (store, range) => store.clockReadings(range),
  alerts: (store, range) => store.alerts(range, 200),
  'keys in use': (store, range) => store.historyOf('keys', range, 10_000),
}
const [middle] = await reader.incidents({
  range: { from_ms: (extent.from_ms + to_ms) / 2, to_ms },
  filter: NO_FILTER,
  limit: 1,
  oldest_first: true,
})
const ALONE: Record<string, (store: StoreReader) => Promise<unknown>> = {
  version: (store) => store.version(),
  extent: (store) => store.extent(),
  limits: (store) => store.limits(),
  sources: (store) => store.sources(),
  'unrecognised, listed': (store) => store.unrecognised(200),
  'one incident by its id': (store) => store.incident(middle!.id),
  'records of one incident': (store) => store.observations(middle!.id),
  'what is known of one token': (store) =>
    store.history([{ party: 'token', key: middle?.token ?? '', from_ms: extent.from_ms, to_ms }]),
}

async function measure(name: string, ask: () => Promise<unknown>): Promise<void> {
  const cpus: number[] = []
  const times: number[] = []
  for (let i = 0; i < RUNS; i++) {
    const cpu = process.cpuUsage()
    const start = performance.now()
    await ask()
    times.push(performance.now() - start)
    const { user, system } = process.cpuUsage(cpu)
    cpus.push((user + system) / 1000)
  }
  const [cpu, time] = [cpus, times].map((all) => all.sort((a, b) => a - b)[Math.floor(RUNS / 2)]!)
  if (cpu! >= Number(over)) console.log(`| ${name} | ${cpu!.toFixed(1)} | ${time!.toFixed(1)} |`)
}

console.log('| question | processor ms | ms |\n|---|--:|--:|')
for (const [of, range] of Object.entries(RANGES)) {
  const step_ms =
    STEP_WIDTHS_MS.find((width) => (range.to_ms - range.from_ms) / width <= STEPS) ?? STEP_WIDTHS_MS.at(-1)!
  for (const [what, filter] of Object.entries(FILTERS))
    for (const [name, ask] of Object.entries(FILTERED))
      await measure(`${name}, ${of}, ${what}`, () => ask(reader, range, filter, step_ms))
  for (const [name, ask] of Object.entries(UNFILTERED))
    await measure(`${name}, ${of}`, () => ask(reader, range, NO_FILTER, step_ms))
}
for (const [name, ask] of Object.entries(ALONE)) await measure(name, () => ask(reader))
await reader.close()
