/**
 * What opening each screen of the dashboard costs over a store: the median of a few runs, CPU time alone (which a busy
 * machine does not falsify) and the longest stretch without a turn of the event loop. Run with `node bench/screens.ts FILE [range, e.g. 24h, all]`; bench/store.ts makes a store.
 */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { appearanceFor } from '../dashboards/terminal/appearance.ts'
import { paintFrame } from '../dashboards/terminal/frame.ts'
import type { ModelRequest } from '../dashboards/terminal/model.ts'
import { SCREENS } from '../dashboards/terminal/screens.ts'
import { parseLength } from '../dashboards/terminal/time-window.ts'
import { initialState } from '../dashboards/terminal/view-state.ts'
import { createDashboardLoader } from '../src/app/dashboard-data.ts'
import { type Found, loadFindings } from '../src/app/load-findings.ts'
import { openReader } from '../src/store/index.ts'

const [file, range = 'all'] = process.argv.slice(2)
if (file === undefined) throw new Error('which store? node bench/screens.ts FILE [range]')
const RUNS = 5
const COLUMNS = 200
const ROWS = 50

const reader = await openReader(file)
/** As in the dashboard, findings are looked for elsewhere; what that costs is told apart. */
const elsewhere = new Promise<Found>(() => {})
const extent = await reader.extent()
console.log(
  `store: ${JSON.stringify((await reader.sql('SELECT count(*) FROM incidents', 1, 60_000)).rows[0])} incidents`,
)
const now_ms = extent?.to_ms ?? 0
const FILTERS = {
  everything: { include: {}, exclude: {} },
  'one host': { include: { host: ['orders-3'] }, exclude: {} },
  'no host of two': { include: {}, exclude: { host: ['orders-3', 'orders-4'] } },
  'one host and client': { include: { host: ['orders-3'], client_id: ['client-7'] }, exclude: {} },
}
for (const [what, filter] of Object.entries(FILTERS)) {
  for (const { id } of SCREENS) {
    const request: ModelRequest = {
      screen: id,
      now_ms,
      length_ms: parseLength(range) ?? 'all',
      end: 'now',
      filter,
      words: [],
      order: null,
      incident_id: null,
      limit: 500,
    }
    const times: number[] = []
    const cpus: number[] = []
    let blocked_ms = 0
    for (let i = 0; i < RUNS; i++) {
      const delay = monitorEventLoopDelay({ resolution: 1 })
      // A new loader each time: the first look at a screen is what a person waits for.
      const loader = createDashboardLoader(reader, () => elsewhere)
      delay.enable()
      const cpu = process.cpuUsage()
      const start = performance.now()
      await loader.load(request, [])
      cpus.push(process.cpuUsage(cpu).user / 1000)
      times.push(performance.now() - start)
      delay.disable()
      blocked_ms = Math.max(blocked_ms, delay.max / 1e6)
    }
    times.sort((a, b) => a - b)
    cpus.sort((a, b) => a - b)
    console.log(
      `${`${id}, ${what}`.padEnd(28)} ${times[Math.floor(RUNS / 2)]!.toFixed(0).padStart(6)} ms (${times[0]!.toFixed(0)}–${times.at(-1)!.toFixed(0)}), CPU ${cpus[Math.floor(RUNS / 2)]!.toFixed(0)} ms, longest stretch ${blocked_ms.toFixed(0)} ms`,
    )
  }
}

const begun = process.cpuUsage()
const whole = extent ?? { from_ms: 0, to_ms: 0 }
const length_ms = parseLength(range) ?? 'all'
const looked = { ...whole, from_ms: length_ms === 'all' ? whole.from_ms : whole.to_ms - length_ms }
const { findings } = await loadFindings(reader, looked, now_ms)
const looking = process.cpuUsage(begun)
console.log(
  `${findings.length} findings, CPU ${((looking.user + looking.system) / 1000).toFixed(0)} ms in a thread of their own`,
)

const model = await createDashboardLoader(reader).load(
  {
    screen: 'overview',
    now_ms,
    length_ms: 'all',
    end: 'now',
    filter: FILTERS.everything,
    words: [],
    order: null,
    incident_id: null,
    limit: 500,
  },
  [],
)
const appearance = appearanceFor({ LANG: 'C.UTF-8' }, 8)
const view = {
  model,
  answered: null,
  failure: null,
  sql: null,
  kept: null,
  state: initialState(),
  columns: COLUMNS,
  rows: ROWS,
  zone: 'UTC',
  ascii: false,
  monochrome: false,
}
const FRAMES = 200
for (let i = 0; i < FRAMES; i++) paintFrame(view, appearance)
const start = performance.now()
for (let i = 0; i < FRAMES; i++) paintFrame(view, appearance)
console.log(`one frame of ${COLUMNS} by ${ROWS}: ${((performance.now() - start) / FRAMES).toFixed(2)} ms`)
await reader.close()
