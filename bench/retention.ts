/**
 * How long retention holds a store up: the slices in which it drops the older half of a store. Run with `node bench/retention.ts FILE
 * [slices]`; the file is changed. Prints the longest slices, their processor time, and how many rows a second went.
 */
import { openReader, openWriter } from '../src/store/index.ts'

const [file, most = '2000'] = process.argv.slice(2)
if (file === undefined) throw new Error('which store? node bench/retention.ts FILE [slices]')
const DAY_MS = 86_400_000

const count = async () => {
  const reader = await openReader(file)
  const { rows } = await reader.sql('SELECT count(*) FROM incidents', 1, 600_000)
  const extent = (await reader.extent())!
  await reader.close()
  return { incidents: Number(rows[0]![0]), extent }
}
const before = await count()
const { from_ms, to_ms } = before.extent
const writer = await openWriter(file)
const slices: { ms: number; cpu_ms: number }[] = []
for (let more = true; more && slices.length < Number(most); ) {
  const cpu = process.cpuUsage()
  const start = performance.now()
  more = await writer.retain({ detail_days: Math.ceil((to_ms - from_ms) / DAY_MS / 2), rollup_days: 400 }, to_ms)
  const { user, system } = process.cpuUsage(cpu)
  slices.push({ ms: performance.now() - start, cpu_ms: (user + system) / 1000 })
}
await writer.close()
const gone = before.incidents - (await count()).incidents
const sorted = (field: 'ms' | 'cpu_ms') => slices.map((slice) => slice[field]).sort((a, b) => b - a)
const shown = (all: number[]) =>
  [0, Math.floor(all.length / 100), Math.floor(all.length / 2)].map((i) => all[i]!.toFixed(1)).join(', ')
console.log(`${slices.length} slices, ${gone} incidents dropped`)
console.log(
  `longest, one in a hundred, median: ${shown(sorted('ms'))} ms; processor time ${shown(sorted('cpu_ms'))} ms`,
)
