/** No clock is judged by the faults of those that it is measured by way of. */
import { describe, expect, test } from 'vitest'
import { ClockBook } from '../../../../src/analyze/clock/clock-book.ts'
import { ClockReading } from '../../../../src/analyze/clock/clock-table.ts'
import type { ClockSample, PairSample, TokenSample } from '../../../../src/core/clock-sample.ts'
import { createRandom } from '../../../simulation/clock/random.ts'
import { type FleetPlan, START_MS, simulateFleet } from '../../../simulation/clock/simulate-fleet.ts'

const ISSUER = 'https://id.example'
const GATEWAY = { name: 'gw', share: 0.6 }

/** Looks at the table every few minutes while the samples come in. */
function follow(plan: FleetPlan, everyMinutes: number, look: (reading: ClockReading, minute: number) => void): void {
  const { samples } = simulateFleet(plan)
  const book = new ClockBook()
  for (let minute = everyMinutes, i = 0; minute <= plan.minutes; minute += everyMinutes) {
    // Samples come in order of true time, and the gateway's clock is right.
    const until = Math.floor((samples.length * minute) / plan.minutes)
    for (; i < until; i++) book.add(samples[i]!)
    look(new ClockReading(book, { now_ms: START_MS + minute * 60_000 }), minute)
  }
}

describe('a gateway and services that are reached by way of a host whose clock is set to and fro', () => {
  const steps = [
    { minute: 20, by_ms: 312_000 },
    { minute: 40, by_ms: -312_000 },
    { minute: 60, by_ms: 312_000 },
  ]
  const plan = (seed: number): FleetPlan => ({
    seed,
    minutes: 80,
    issuers: [{ name: ISSUER, log_host: 'auth-1' }],
    gateways: [{ name: 'gw' }],
    hosts: [
      { name: 'reports', events: 1_200, fresh: 0.3, gateway: GATEWAY, steps },
      // These show tokens only when they refuse one, which is next to nothing.
      ...['orders', 'payments', 'stock'].map((name) => ({
        name,
        events: 400,
        fresh: 0.3,
        gateway: GATEWAY,
        shows: 'failures' as const,
      })),
    ],
  })

  test.each([1, 2, 3, 4])(
    'are never accused, nor is the issuer, and their intervals hold the truth (fleet %d)',
    (seed) => {
      let told = 0
      follow(plan(seed), 2, ({ table }, minute) => {
        expect(table.issuers.filter((i) => i.at_fault)).toEqual([])
        for (const row of table.hosts) {
          if (row.host === 'reports') continue
          expect(row.at_fault, `${row.host} after ${minute} min`).toBe(false)
          expect(row.low_s ?? -Infinity, `${row.host} after ${minute} min`).toBeLessThanOrEqual(0.02)
          expect(row.high_s ?? Infinity, `${row.host} after ${minute} min`).toBeGreaterThanOrEqual(-0.02)
          if (row.kind === 'value') told++
        }
      })
      // Saying nothing at all would be easy.
      expect(told).toBeGreaterThan(100)
    },
  )

  test('the host itself is found to be off, forward and back', () => {
    const seen = new Map<number, number | null>()
    follow(plan(1), 19, ({ table }, minute) => {
      seen.set(minute, table.hosts.find((h) => h.host === 'reports')!.offset_s)
    })
    expect(Math.abs(seen.get(19)!)).toBeLessThan(1)
    expect(Math.abs(seen.get(38)! - 312)).toBeLessThan(1)
    expect(Math.abs(seen.get(57)!)).toBeLessThan(1)
    expect(Math.abs(seen.get(76)! - 312)).toBeLessThan(1)
  })
})

/** Tokens used on a host whose clock is ahead by `ahead(minute)`, ms; one a second. */
function tokens(host: string, minutes: number, ahead: (minute: number) => number, issuer?: string): TokenSample[] {
  const random = createRandom(5)
  return Array.from({ length: minutes * 60 }, (_, s) => {
    const now = START_MS + s * 1_000 + random.next() * 1_000
    const iat_ms = Math.floor((now - (random.chance(0.4) ? 30 : random.between(0, 240_000))) / 1_000) * 1_000
    return {
      source: 'token',
      host,
      ...(issuer === undefined ? {} : { issuer }),
      seen_validator_ms: Math.floor(now + ahead(s / 60)),
      seen_resolution_ms: 1,
      stated: false,
      iat_ms,
      decision: 'accepted',
      token: `${host}${s}`,
    }
  })
}

/** Requests that a gateway passed to a host, five a second from `from` minutes on. */
function pairs(
  outer: string,
  inner: string,
  from: number,
  to: number,
  ahead: (minute: number) => number,
): PairSample[] {
  return Array.from({ length: (to - from) * 300 }, (_, i) => {
    const now = START_MS + from * 60_000 + i * 200
    const minute = (now - START_MS) / 60_000
    return {
      source: 'pair',
      outer_host: outer,
      inner_host: inner,
      outer_start_ms: now - 5,
      outer_end_ms: now + 20,
      outer_resolution_ms: 1,
      inner_start_ms: Math.floor(now + ahead(minute)),
      inner_end_ms: Math.floor(now + ahead(minute)),
      inner_resolution_ms: 1,
    }
  })
}

function read(samples: readonly ClockSample[]): ClockReading {
  const book = new ClockBook()
  for (const sample of samples) book.add(sample)
  return new ClockReading(book, { now_ms: START_MS + 3_600_000 })
}

describe('links of one host that contradict each other', () => {
  const late = (minute: number) => (minute >= 29.5 ? 60_000 : 0)

  test('do not lead on: the tokens of the host have not noticed the step that the gateway has', () => {
    // The host is the only one whose tokens show instants, and shows none since it was set.
    const samples = [
      ...tokens('svc', 30, () => 0, ISSUER),
      ...pairs('gw', 'svc', 28, 31, late),
      ...pairs('gw', 'a', 28, 31, () => 0),
      ...pairs('gw', 'b', 28, 31, () => 0),
    ]
    const { hosts, issuers } = read(samples).table
    for (const name of ['gw', 'a', 'b']) {
      const row = hosts.find((h) => h.host === name)!
      expect(row.at_fault, name).toBe(false)
      expect(row.low_s ?? -Infinity).toBeLessThanOrEqual(0)
      expect(row.high_s ?? Infinity).toBeGreaterThanOrEqual(0)
    }
    expect(issuers.map((i) => i.at_fault)).toEqual([false])
  })

  test('are all allowed for where none outnumbers the others, and nobody is accused', () => {
    const samples = [
      ...tokens('svc', 30, () => 5_000, ISSUER),
      ...tokens('other', 30, () => 0, ISSUER),
      ...tokens('third', 30, () => 0, ISSUER),
      ...pairs('other', 'svc', 20, 30, () => 0),
    ]
    const row = read(samples).table.hosts.find((h) => h.host === 'svc')!
    expect(row.low_s).toBeLessThan(0.1)
    expect(row.high_s).toBeGreaterThan(4.9)
    expect(row.at_fault).toBe(false)
    expect(row.why.join()).toContain('contradict each other')
  })

  test('are settled by the majority', () => {
    const samples = [
      ...tokens('svc', 30, () => 5_000, ISSUER),
      ...tokens('other', 30, () => 0, ISSUER),
      ...tokens('third', 30, () => 0, ISSUER),
      ...pairs('other', 'svc', 20, 30, () => 0),
      ...pairs('third', 'svc', 20, 30, () => 0),
    ]
    const reading = read(samples)
    const row = reading.table.hosts.find((h) => h.host === 'svc')!
    expect(Math.abs(row.offset_s!)).toBeLessThan(0.2)
    expect(row.at_fault).toBe(false)
    // Attribution hears the same.
    const known = reading.between('svc', ISSUER, START_MS + 29 * 60_000)!
    expect(Math.abs(known.offset_ms)).toBeLessThan(200)
  })
})

describe('records that do not name their issuer', () => {
  const named = tokens('named', 20, () => 0, ISSUER)

  test('count for the only one that is named later, in one link', () => {
    const reading = read([...tokens('svc', 20, () => -4_000), ...named])
    expect(reading.table.issuers.map((i) => i.name)).toEqual([ISSUER])
    expect(reading.table.hosts.map((h) => h.reference)).toEqual([`issuer ${ISSUER}`, `issuer ${ISSUER}`])
    expect(reading.between('svc', ISSUER, START_MS)!.offset_ms).toBeCloseTo(-4_000, -3)
  })

  test('measure no clock where there are several issuers, so that nobody is judged by them', () => {
    const other = tokens('named', 20, () => 9_000, 'https://other.example')
    const book = new ClockBook()
    for (const sample of [...named, ...other, ...tokens('svc', 20, () => -4_000)]) book.add(sample)
    const { table } = new ClockReading(book, { now_ms: START_MS })
    expect(table.reference).not.toContain('unnamed')
    expect(table.issuers.find((i) => i.name === '(unnamed)')!.at_fault).toBe(false)
    expect(table.hosts.find((h) => h.host === 'svc')!.at_fault).toBe(false)
  })
})

describe('clocks that only shared requests link', () => {
  test('are measured against one that most agree with, not against the busiest where that is wrong', () => {
    const wrong = () => 730_000
    const { hosts } = read([
      ...pairs('gw', 'busy', 0, 10, wrong),
      ...pairs('edge', 'busy', 0, 10, wrong),
      ...pairs('gw', 'a', 0, 3, () => 0),
      ...pairs('edge', 'a', 0, 3, () => 0),
    ]).table
    const rows = Object.fromEntries(hosts.map((h) => [h.host, [Math.round(h.offset_s!) || 0, h.at_fault]]))
    expect(rows).toEqual({ busy: [730, true], gw: [0, false], edge: [0, false], a: [0, false] })
  })
})

describe('a handful of tokens', () => {
  test('that were minted together and are used together show no offset', () => {
    const [first] = tokens('svc', 1, () => 0, ISSUER)
    const samples = Array.from({ length: 7 }, (_, i) => ({
      ...first!,
      iat_ms: START_MS,
      seen_validator_ms: START_MS + 4_000 + i * 300,
      token: `t${i}`,
    }))
    const [row] = read(samples).table.hosts
    expect(row!.kind).toBe('bound')
    expect(row!.high_s).toBeGreaterThanOrEqual(0)
  })
})
