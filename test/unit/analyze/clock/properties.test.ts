/** What holds of the estimator for any fleet and any order in which its evidence comes. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ClockBook } from '../../../../src/analyze/clock/clock-book.ts'
import { ClockReading } from '../../../../src/analyze/clock/clock-table.ts'
import type { ClockSample } from '../../../../src/core/clock-sample.ts'
import type { HostClock } from '../../../../src/core/host-clock.ts'
import { CLOCK_SHAPES } from '../../../simulation/clock/clock-shapes.ts'
import { createRandom } from '../../../simulation/clock/random.ts'
import { scoreWhole } from '../../../simulation/clock/score-fleet.ts'
import { type FleetPlan, type HostPlan, START_MS, simulateFleet } from '../../../simulation/clock/simulate-fleet.ts'

const ISSUER = 'https://id.example'

const hosts = fc
  .array(
    fc.record({
      events: fc.constantFrom(80, 200, 400),
      fresh: fc.constantFrom(0.15, 0.4, 1),
      offset_ms: fc.oneof(fc.integer({ min: -400, max: 400 }), fc.integer({ min: -60_000, max: 60_000 })),
      drift_ppm: fc.constantFrom(0, 0, 0, 50, -600),
      log_resolution_ms: fc.constantFrom<1 | 1000>(1, 1000),
      traffic: fc.constantFrom<'independent' | 'reuse'>('independent', 'reuse'),
      shared: fc.boolean(),
    }),
    { minLength: 2, maxLength: 5 },
  )
  .map((drawn) =>
    drawn.map(
      ({ shared, ...h }, i): HostPlan => ({
        ...h,
        name: `h${i}`,
        ...(shared && { gateway: { name: 'gw', share: 0.3 } }),
      }),
    ),
  )

function planOf(seed: number, drawn: HostPlan[]): FleetPlan {
  return { seed, minutes: 90, issuers: [{ name: ISSUER }], gateways: [{ name: 'gw' }], hosts: drawn }
}

function tableOf(samples: readonly ClockSample[]): Map<string, HostClock> {
  const book = new ClockBook()
  for (const sample of samples) book.add(sample)
  return new Map(new ClockReading(book, { now_ms: START_MS + 7_200_000 }).table.hosts.map((h) => [h.host, h]))
}

/** Streams of several hosts, each in its own order, mixed at random: files are read one after the other or side by side. */
function mixed(samples: readonly ClockSample[], seed: number): ClockSample[] {
  const random = createRandom(seed)
  const streams = new Map<string, ClockSample[]>()
  for (const sample of samples) {
    const host = 'host' in sample ? sample.host : sample.inner_host
    streams.set(host, [...(streams.get(host) ?? []), sample])
  }
  const left = [...streams.values()].map((list) => ({ list, at: 0, speed: random.next() }))
  const out: ClockSample[] = []
  while (left.some((s) => s.at < s.list.length))
    for (const stream of left)
      if (random.next() < stream.speed + 0.05 && stream.at < stream.list.length) out.push(stream.list[stream.at++]!)
  return out
}

test('the interval holds the truth in whatever order the hosts’ logs are read', () => {
  let rows = 0
  let inside = 0
  fc.assert(
    fc.property(fc.nat(), hosts, (seed, drawn) => {
      const fleet = simulateFleet(planOf(seed, drawn))
      for (const [host, row] of tableOf(mixed(fleet.samples, seed))) {
        let at = fleet.end_ms
        for (let i = 0; i < 4; i++) at = (row.to_ms ?? fleet.end_ms) - fleet.clock(host, at)
        const truth = (fleet.clock(host, at) - fleet.clock(ISSUER, at)) / 1000
        rows++
        if ((row.low_s ?? -Infinity) <= truth && truth <= (row.high_s ?? Infinity)) inside++
      }
    }),
    { numRuns: 40, seed: 3 },
  )
  expect(rows).toBeGreaterThan(120)
  expect(inside / rows).toBeGreaterThanOrEqual(0.95)
})

test('good clocks are never accused while most clocks are good, whatever the others do', () => {
  fc.assert(
    fc.property(fc.nat(), hosts, (seed, drawn) => {
      const good = Array.from(
        { length: drawn.length + 2 },
        (_, i): HostPlan => ({ name: `good${i}`, events: 150, fresh: 0.2 }),
      )
      const bad = drawn.map(
        (h, i): HostPlan => ({
          ...h,
          gateway: { name: 'gw', share: 0.5 },
          steps:
            i % 2 === 0
              ? [
                  { minute: 30, by_ms: 120_000 },
                  { minute: 60, by_ms: -120_000 },
                ]
              : [],
        }),
      )
      for (const [host, row] of tableOf(mixed(simulateFleet(planOf(seed, [...good, ...bad])).samples, seed)))
        if (host.startsWith('good') || host === 'gw') expect(row.at_fault, host).toBe(false)
    }),
    { numRuns: 15, seed: 5 },
  )
})

test('hosts that share nothing with a host never move its estimate beyond its interval', () => {
  fc.assert(
    fc.property(fc.nat(), hosts, fc.integer({ min: -90_000, max: 90_000 }), (seed, drawn, offset_ms) => {
      const own = simulateFleet(planOf(seed, drawn)).samples
      const strangers = simulateFleet({
        ...planOf(seed + 1, []),
        issuers: [{ name: 'https://other.example', offset_ms }],
        hosts: [0, 1, 2].map((i) => ({ name: `stranger${i}`, events: 150, fresh: 0.3, offset_ms: offset_ms * i })),
      }).samples
      const alone = tableOf(own)
      const among = tableOf(mixed([...own, ...strangers], seed))
      for (const [host, row] of alone) {
        const other = among.get(host)!
        expect(other.kind).toBe(row.kind)
        if (row.offset_s === null) continue
        expect(other.offset_s!).toBeGreaterThanOrEqual(row.low_s!)
        expect(other.offset_s!).toBeLessThanOrEqual(row.high_s!)
        expect(other.at_fault).toBe(row.at_fault)
      }
    }),
    { numRuns: 15, seed: 7 },
  )
})

test('what is kept of a host does not grow with its records', () => {
  const sizes = [500, 4_000, 32_000].map((events) => {
    const book = new ClockBook()
    const plan = planOf(1, [{ name: 'h', events, fresh: 0.2, gateway: { name: 'gw', share: 0.5 } }])
    for (const sample of simulateFleet(plan).samples) book.add(sample)
    return JSON.stringify(book.save()).length
  })
  expect(sizes[2]).toBeLessThan(sizes[1]! * 1.2)
  expect(sizes[2]).toBeLessThan(40_000)
})

test('fleets of unfamiliar shapes have their truth inside the intervals, and nobody with a good clock is accused', () => {
  let rows = 0
  let inside = 0
  const wronged: string[] = []
  for (const shape of CLOCK_SHAPES) {
    if (shape.limit !== undefined) continue
    const seed = 4_100 + shape.name.length
    const { scores } = scoreWhole({ ...shape.plan(createRandom(seed)), seed })
    for (const score of scores) {
      rows++
      if (score.covered) inside++
      if (score.wronged) wronged.push(`${shape.name}: ${score.row.host}`)
    }
  }
  expect(wronged).toEqual([])
  expect(rows).toBeGreaterThan(300)
  expect(inside / rows).toBeGreaterThanOrEqual(0.97)
})
