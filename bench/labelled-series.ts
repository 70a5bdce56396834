/**
 * The count detector (cause_spike, `anomaly`) over public labelled series of counts per five minutes, in the layout of the Numenta
 * Anomaly Benchmark (https://github.com/numenta/NAB): `node bench/labelled-series.ts FOLDER [factor] [threshold]`, where FOLDER holds
 * the CSV files (timestamp,value) and combined_windows.json. Prints how many labelled windows an alert began in, and how many
 * alerts began outside. The series are not part of this repository.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCountSeries, weigh } from '../src/alerts/rules/count-cusum.ts'

const STEP_MS = 5 * 60_000
const [folder = '.', factor = '4', threshold = '14'] = process.argv.slice(2)
const windows = JSON.parse(readFileSync(join(folder, 'combined_windows.json'), 'utf8')) as Record<
  string,
  [string, string][]
>
const utc = (text: string) => Date.parse(`${text.replace(' ', 'T').slice(0, 19)}Z`)

let found = 0
let labelled = 0
let wrong = 0
let days = 0
console.log('| series | days | labelled windows | found | alerts outside |\n|---|---|---|---|---|')
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.csv'))
  .sort()) {
  const place = Object.keys(windows).find((key) => key.endsWith(`/${file}`))
  if (place === undefined) continue
  const spans = windows[place]!.map(([from, to]) => ({ from: utc(from), to: utc(to), hit: false }))
  const series = createCountSeries()
  let last: number | null = null
  let outside = 0
  let first = 0
  for (const line of readFileSync(join(folder, file), 'utf8').split('\n').slice(1)) {
    const [stamp, value] = line.split(',')
    if (value === undefined) continue
    const step = Math.floor(utc(stamp!) / STEP_MS)
    if (last !== null && step <= last) continue
    first ||= step
    last = step
    const test = { factor: Number(factor), threshold: Number(threshold), min_events: 20, cold_flood: null }
    if (weigh(series, step, Math.round(Number(value)), test) !== 'fired') continue
    const at = step * STEP_MS
    const span = spans.find((s) => at >= s.from && at <= s.to)
    if (span === undefined) outside++
    else span.hit = true
  }
  const hits = spans.filter((s) => s.hit).length
  const length = ((last ?? 0) - first) / 288
  console.log(`| ${file} | ${length.toFixed(0)} | ${spans.length} | ${hits} | ${outside} |`)
  found += hits
  labelled += spans.length
  wrong += outside
  days += length
}
console.log(
  `| all | ${days.toFixed(0)} | ${labelled} | ${found} | ${wrong} (${((wrong / days) * 30).toFixed(1)} a month) |`,
)
