/**
 * How well host clocks are estimated, against simulated fleets of known truth: errors, coverage, steps, decoys, and the cost
 * of ten thousand hosts. Prints tables; run with `node bench/clocks.ts [hosts per row] [--seed N]`
 * or, for the cost alone, `node --expose-gc bench/clocks.ts --scale`. Simulated data is not field data.
 */
import { ClockBook } from '../src/analyze/clock/clock-book.ts'
import { ClockReading } from '../src/analyze/clock/clock-table.ts'
import { CLOCK_SHAPES } from '../test/simulation/clock/clock-shapes.ts'
import { createRandom, type Random } from '../test/simulation/clock/random.ts'
import { type HostScore, scoreFleet, scoreWhole } from '../test/simulation/clock/score-fleet.ts'
import { type FleetPlan, type HostPlan, simulateFleet } from '../test/simulation/clock/simulate-fleet.ts'

const HOSTS = Number(process.argv[2] ?? 40) || 40
/** Other fleets of the same kinds: nothing was tuned on those of a seed that was never used before. */
const SEED = process.argv.includes('--seed') ? Number(process.argv[process.argv.indexOf('--seed') + 1]) * 7_919 : 0
const ONLY = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1]! : null
const ISSUER = 'https://id.example'

interface Row {
  name: string
  minutes: number
  host: Omit<HostPlan, 'name'>
  drift?: number
  iat?: 1 | 1000
  gateway?: boolean
  /** 95th percentile of the best method measured before this one, s or ppm, where it was. */
  before?: string
}

const ROWS: readonly Row[] = [
  { name: '50 events, 15 % fresh, log 1 s', minutes: 60, host: { events: 50, fresh: 0.15 }, before: '0.36 s' },
  { name: '300 events, 15 % fresh, log 1 s', minutes: 60, host: { events: 300, fresh: 0.15 }, before: '0.20 s' },
  { name: '1000 events, all fresh, log 1 s', minutes: 60, host: { events: 1000, fresh: 1 }, before: '0.08 s' },
  {
    name: '300 events, 50 % fresh, log 1 ms',
    minutes: 60,
    host: { events: 300, fresh: 0.5, log_resolution_ms: 1 },
    before: '0.07 s',
  },
  {
    name: '300 events, 15 % fresh, log 1 ms, iat 1 ms',
    minutes: 60,
    iat: 1,
    host: { events: 300, fresh: 0.15, log_resolution_ms: 1 },
  },
  { name: '300 events, tokens reused, log 1 s', minutes: 60, host: { events: 300, fresh: 0.15, traffic: 'reuse' } },
  {
    name: '3000 events over 6 h, all fresh, drift',
    minutes: 360,
    drift: 80,
    host: { events: 3000, fresh: 1 },
    before: '4 ppm',
  },
  { name: '3000 events over 6 h, 15 % fresh, drift', minutes: 360, drift: 80, host: { events: 3000, fresh: 0.15 } },
  {
    name: '1000 events over 6 h, 15 % fresh, drift',
    minutes: 360,
    drift: 80,
    host: { events: 1000, fresh: 0.15 },
    before: '19 ppm',
  },
  {
    name: '3000 events over 6 h, 15 % fresh, drift, log 1 ms',
    minutes: 360,
    drift: 80,
    host: { events: 3000, fresh: 0.15, log_resolution_ms: 1 },
  },
]

function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN
}

function plan(row: Row, seed: number, random: Random): FleetPlan {
  return {
    seed,
    minutes: row.minutes,
    issuers: [{ name: ISSUER, ...(row.iat !== undefined && { iat_resolution_ms: row.iat }) }],
    hosts: Array.from({ length: HOSTS }, (_, i) => ({
      name: `h${i}`,
      offset_ms: random.between(-10_000, 10_000),
      drift_ppm: row.drift === undefined ? 0 : random.between(-row.drift, row.drift),
      delay_base_ms: random.between(3, 40),
      delay_mean_ms: random.between(10, 150),
      ...row.host,
    })),
  }
}

function offsets(): void {
  console.log(
    `| evidence (${HOSTS} hosts each) | published | p50 | p95 | truth inside | width p50 | drift p95 | before |`,
  )
  console.log('|---|---|---|---|---|---|---|---|')
  for (const [i, row] of ROWS.entries()) {
    const p = plan(row, SEED + 100 + i, createRandom(SEED + i))
    const scores = scoreFleet(p)
    const errors = scores.flatMap((s) => (s.error_ms === null ? [] : [Math.abs(s.error_ms)]))
    const widths = scores.flatMap(({ row: r }) => (r.low_s === null || r.high_s === null ? [] : [r.high_s - r.low_s]))
    const drifts = scores.flatMap(({ row: r }, h) =>
      r.drift_ppm === null ? [] : [Math.abs(r.drift_ppm - (p.hosts[h]!.drift_ppm ?? 0))],
    )
    const inside = scores.filter((s) => s.covered).length / scores.length
    console.log(
      `| ${row.name} | ${errors.length} | ${(percentile(errors, 0.5) / 1000).toFixed(3)} s | ${(percentile(errors, 0.95) / 1000).toFixed(3)} s | ${(100 * inside).toFixed(0)} % | ${percentile(widths, 0.5).toFixed(2)} s | ${drifts.length === 0 ? '–' : `${percentile(drifts, 0.95).toFixed(1)} ppm (${drifts.length})`} | ${row.before ?? '–'} |`,
    )
  }
}

function pairs(): void {
  console.log(
    '\n| requests shared with a gateway in step with the issuer | p50 | p95 | truth inside |\n|---|---|---|---|',
  )
  for (const [events, resolution] of [
    [1, 1],
    [10, 1],
    [100, 1],
    [10, 1000],
    [100, 1000],
  ] as const) {
    const random = createRandom(SEED + events)
    const gateway = { name: 'gw', share: 1 }
    const host = (i: number): HostPlan => ({
      name: `h${i}`,
      events,
      fresh: 0,
      offset_ms: random.between(-10_000, 10_000),
      log_resolution_ms: resolution,
      gateway,
    })
    const hosts = Array.from({ length: HOSTS }, (_, i) => host(i))
    const fleet = simulateFleet({
      seed: SEED + 5,
      minutes: 60,
      issuers: [{ name: ISSUER }],
      gateways: [{ name: 'gw' }],
      hosts,
    })
    const errors: number[] = []
    let inside = 0
    for (const h of hosts) {
      const book = new ClockBook()
      for (const s of fleet.samples) if (s.source === 'pair' && s.inner_host === h.name) book.add(s)
      const row = new ClockReading(book, { now_ms: fleet.end_ms, reference: 'host gw' }).table.hosts.find(
        (r) => r.host === h.name,
      )
      if (row === undefined || row.offset_s === null) continue
      errors.push(Math.abs(row.offset_s * 1000 - h.offset_ms!))
      if (row.low_s! * 1000 <= h.offset_ms! && h.offset_ms! <= row.high_s! * 1000) inside++
    }
    console.log(
      `| ${events}, stamps of ${resolution} ms | ${percentile(errors, 0.5).toFixed(1)} ms | ${percentile(errors, 0.95).toFixed(1)} ms | ${((100 * inside) / errors.length).toFixed(0)} % |`,
    )
  }
}

function situations(): void {
  const base = { events: 400, fresh: 0.15 }
  const kinds: readonly [string, Partial<HostPlan>][] = [
    ['good clock', {}],
    ['retry storm of one stale token', { decoys: ['retry_storm'] }],
    ['refresh bug: no fresh tokens from the middle on', { decoys: ['refresh_bug'] }],
    ['requests queue up to 90 s', { decoys: ['queue_backlog'] }],
    ['records arrive up to 10 min late', { decoys: ['shipping_backlog'], shipping: { floor_ms: 100, mean_ms: 300 } }],
    ['1 % of tokens with an iat hours ahead', { decoys: ['foreign_iat'] }],
    ['stamps in a zone 5 h 30 min ahead', { zone_ms: 19_800_000 }],
    ['delay of at least 0.3 s', { delay_base_ms: 300 }],
    ['only failures show their instants', { shows: 'failures' }],
    ['set forward 5 s in the middle', { steps: [{ minute: 60, by_ms: 5_000 }] }],
    ['set back 5 s in the middle', { steps: [{ minute: 60, by_ms: -5_000 }] }],
    ['set forward 2 s in the middle', { steps: [{ minute: 60, by_ms: 2_000 }] }],
    ['312 s ahead, every token expired', { offset_ms: 312_000 }],
    ['312 s ahead, only failures show', { offset_ms: 312_000, shows: 'failures' }],
    ['5 s behind, only failures show', { offset_ms: -5_000, shows: 'failures' }],
  ]
  console.log(
    '\n| situation (2 h, 400 events, among good clocks) | value | bound | p95 error | truth inside | steps found | accused |',
  )
  console.log('|---|---|---|---|---|---|---|')
  for (const [i, [name, change]] of kinds.entries()) {
    const scores: HostScore[] = []
    for (let batch = 0; batch < HOSTS / 5; batch++) {
      const hosts: HostPlan[] = Array.from({ length: 5 }, (_, h) => ({ name: `h${h}`, ...base, ...change }))
      const good: HostPlan[] = Array.from({ length: 12 }, (_, h) => ({ name: `good${h}`, ...base, events: 120 }))
      const all = scoreFleet({
        seed: SEED + 900 + i * 100 + batch,
        minutes: 120,
        issuers: [{ name: ISSUER }],
        hosts: [...hosts, ...good],
      })
      scores.push(...all.slice(0, 5))
    }
    const errors = scores.flatMap((s) => (s.error_ms === null ? [] : [Math.abs(s.error_ms)]))
    const share = (f: (s: HostScore) => boolean) => `${((100 * scores.filter(f).length) / scores.length).toFixed(0)} %`
    console.log(
      `| ${name} | ${share((s) => s.row.kind === 'value')} | ${share((s) => s.row.kind === 'bound')} | ${errors.length === 0 ? '–' : `${(percentile(errors, 0.95) / 1000).toFixed(2)} s`} | ${share((s) => s.covered)} | ${share((s) => s.row.steps.length > 0)} | ${share((s) => s.row.at_fault)} |`,
    )
  }
}

/** Fleets of shapes that nothing was tuned on; `*` counts good clocks that were accused, the voters' among them. */
function shapes(): void {
  const fleets = Math.max(1, Math.ceil(HOSTS / 5))
  console.log(
    '\n| shape (2 h) | hosts | value | bound | p50 error | p95 error | truth inside | steps | zone | accused | good ones accused | issuers accused |',
  )
  console.log('|---|---|---|---|---|---|---|---|---|---|---|---|')
  for (const [i, shape] of CLOCK_SHAPES.entries()) {
    if (ONLY !== null && !shape.name.includes(ONLY)) continue
    const about: HostScore[] = []
    let wronged = 0
    let issuers = 0
    for (let fleet = 0; fleet < fleets; fleet++) {
      const seed = SEED + 30_000 + i * 100 + fleet
      const plan = { ...shape.plan(createRandom(seed)), seed }
      const { scores, table } = scoreWhole(plan)
      about.push(...scores.filter((s) => s.row.host.startsWith(shape.about ?? '')))
      wronged += scores.filter((s) => s.wronged).length
      issuers += table.issuers.filter((s) => s.at_fault).length
    }
    const errors = about.flatMap((s) => (s.error_ms === null ? [] : [Math.abs(s.error_ms)]))
    const share = (f: (s: HostScore) => boolean) => `${((100 * about.filter(f).length) / about.length).toFixed(0)} %`
    const error = (p: number) => (errors.length === 0 ? '–' : `${(percentile(errors, p) / 1000).toFixed(2)} s`)
    console.log(
      `| ${shape.name}${shape.limit === undefined ? '' : ` (cannot be known: ${shape.limit})`} | ${about.length} | ${share((s) => s.row.kind === 'value')} | ${share((s) => s.row.kind === 'bound')} | ${error(0.5)} | ${error(0.95)} | ${share((s) => s.covered)} | ${share((s) => s.row.steps.length > 0)} | ${share((s) => s.row.zone_s !== null)} | ${share((s) => s.row.at_fault)} | ${wronged} | ${issuers} of ${fleets} |`,
    )
  }
}

function scale(): void {
  const hosts = 10_000
  const before = process.memoryUsage()
  const book = new ClockBook()
  let added = 0
  let spent = 0
  for (let from = 0; from < hosts; from += 500) {
    const { samples } = simulateFleet({
      seed: from,
      minutes: 60,
      issuers: [{ name: ISSUER }],
      hosts: Array.from({ length: 500 }, (_, i) => ({
        name: `h${from + i}`,
        events: 200,
        fresh: 0.15,
        shipping: { floor_ms: 50, mean_ms: 200 },
      })),
    })
    const start = performance.now()
    for (const s of samples) book.add(s)
    spent += performance.now() - start
    added += samples.length
  }
  globalThis.gc?.()
  const after = process.memoryUsage()
  const start = performance.now()
  const rows = new ClockReading(book, { now_ms: 0 }).table.hosts.length
  const read = performance.now() - start
  console.log(
    `\n${hosts} hosts, 1 h, ${added} samples: held +${((after.heapUsed + after.external - before.heapUsed - before.external) / 1e6).toFixed(0)} MB (of which typed arrays ${(after.arrayBuffers / 1e6).toFixed(0)} MB), resident ${(after.rss / 1e6).toFixed(0)} MB, the simulation's own among them, ${((1e6 * spent) / added).toFixed(0)} ns a sample, saved ${(JSON.stringify(book.save()).length / 1e6).toFixed(0)} MB, table of ${rows} rows in ${(read / 1000).toFixed(1)} s (first time; later only what changed)`,
  )
}

if (process.argv.includes('--scale')) scale()
else if (process.argv.includes('--shapes')) shapes()
else {
  offsets()
  pairs()
  situations()
}
