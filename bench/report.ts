/**
 * What the report of a week costs over a store, part by part: CPU time, which a busy machine does not falsify, and the
 * peak of memory. Run with `node bench/report.ts FILE`; bench/store.ts and bench/multiply-store.ts make a store.
 */
import { loadReport } from '../src/app/load-report.ts'
import { openReader } from '../src/store/index.ts'

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('which store? node bench/report.ts FILE')
const WEEK_MS = 7 * 86_400_000
const DAY_MS = 86_400_000

const reader = await openReader(file)
const extent = await reader.extent()
const to_ms = Math.floor((extent?.to_ms ?? 0) / DAY_MS) * DAY_MS
const spent = new Map<string, { ms: number; calls: number }>()
let asking = 0
const measured = new Proxy(reader, {
  get(target, name) {
    const member = Reflect.get(target, name) as unknown
    if (typeof member !== 'function') return member
    return async (...args: unknown[]) => {
      const before = process.cpuUsage()
      const answer: unknown = await (member as (...args: unknown[]) => unknown).apply(target, args)
      const { user, system } = process.cpuUsage(before)
      const sum = spent.get(String(name)) ?? { ms: 0, calls: 0 }
      spent.set(String(name), { ms: sum.ms + (user + system) / 1000, calls: sum.calls + 1 })
      asking += (user + system) / 1000
      return answer
    }
  },
})
const before = process.cpuUsage()
const start = performance.now()
const report = await loadReport([measured], {
  period: { from_ms: to_ms - WEEK_MS, to_ms },
  previous: { from_ms: to_ms - 2 * WEEK_MS, to_ms: to_ms - WEEK_MS },
  zone: 'Europe/Paris',
  week_start: 1,
  now_ms: extent?.to_ms ?? 0,
})
const { user, system } = process.cpuUsage(before)
const all = (user + system) / 1000
for (const [name, { ms, calls }] of [...spent].sort(([, a], [, b]) => b.ms - a.ms))
  console.log(`${name.padEnd(20)} ${String(calls).padStart(4)} calls ${ms.toFixed(0).padStart(6)} ms CPU`)
console.log(`${'computing'.padEnd(20)} ${' '.repeat(10)} ${(all - asking).toFixed(0).padStart(6)} ms CPU`)
console.log(
  `${report.totals.failures} failures of the week: ${all.toFixed(0)} ms CPU, ${(performance.now() - start).toFixed(0)} ms in all; peak of memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
)
await reader.close()
