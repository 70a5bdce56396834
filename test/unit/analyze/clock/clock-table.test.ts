import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ClockBook, type SavedClocks } from '../../../../src/analyze/clock/clock-book.ts'
import { ClockReading } from '../../../../src/analyze/clock/clock-table.ts'
import type { TokenSample } from '../../../../src/core/clock-sample.ts'
import { readFleet, scoreFleet } from '../../../simulation/clock/score-fleet.ts'
import { type FleetPlan, type HostPlan, START_MS, simulateFleet } from '../../../simulation/clock/simulate-fleet.ts'

const ISSUER = 'https://id.example'
const USUAL = { events: 300, fresh: 0.15 }

function fleet(hosts: readonly (Partial<HostPlan> & { name: string })[], more: Partial<FleetPlan> = {}): FleetPlan {
  return { seed: 11, minutes: 60, issuers: [{ name: ISSUER }], hosts: hosts.map((h) => ({ ...USUAL, ...h })), ...more }
}

const GOOD = [{ name: 'good-1' }, { name: 'good-2' }, { name: 'good-3' }]

function rowsOf(plan: FleetPlan) {
  const { reading } = readFleet(plan)
  return new Map(reading.table.hosts.map((h) => [h.host, h]))
}

describe('the stated interval', () => {
  test('contains the truth for at least 95 of 100 hosts, and the published offset is near it', () => {
    let hosts = 0
    let inside = 0
    const errors: number[] = []
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom(60, 300, 900),
        fc.constantFrom(0.15, 0.5, 1),
        fc.constantFrom<1 | 1000>(1, 1000),
        fc.constantFrom<'independent' | 'reuse'>('independent', 'reuse'),
        fc.integer({ min: -20_000, max: 20_000 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 200 }),
        (seed, events, fresh, log_resolution_ms, traffic, offset_ms, delay_base_ms, delay_mean_ms) => {
          const host = { events, fresh, log_resolution_ms, traffic, offset_ms, delay_base_ms, delay_mean_ms }
          const plan = fleet(
            [
              { name: 'a', ...host },
              { name: 'b', ...host, offset_ms: -offset_ms },
            ],
            { seed },
          )
          for (const score of scoreFleet(plan)) {
            hosts++
            if (score.covered) inside++
            if (score.error_ms !== null) errors.push(Math.abs(score.error_ms))
          }
        },
      ),
      { numRuns: 60, seed: 4 },
    )
    expect(inside / hosts).toBeGreaterThanOrEqual(0.95)
    errors.sort((a, b) => a - b)
    expect(errors[Math.floor(errors.length * 0.5)]).toBeLessThan(150)
    expect(errors[Math.floor(errors.length * 0.95)]).toBeLessThan(500)
  })
})

describe('drift', () => {
  test('is found within 10 ppm from 3,000 events over 6 h, and the breach of the leeway is foreseen', () => {
    const row = rowsOf(
      fleet([{ name: 'x', events: 3000, drift_ppm: 70, leeway_ms: 5_000 }, ...GOOD], { minutes: 360 }),
    ).get('x')!
    expect(row.drift_ppm).toBeGreaterThan(60)
    expect(row.drift_ppm).toBeLessThan(80)
    expect(row.leeway_s).toBe(5)
    const truth = START_MS + 5_000 / 70e-6
    expect(Math.abs(row.breach_ms! - truth)).toBeLessThan(0.2 * (truth - START_MS))
  })

  test('of zero foresees nothing', () => {
    const row = rowsOf(fleet([{ name: 'x', events: 3000, leeway_ms: 5_000 }], { minutes: 360 })).get('x')!
    expect(row.breach_ms).toBeNull()
  })
})

describe('steps', () => {
  test.each([5_000, -7_000, 60_000])('of %d ms are found, and what was before is forgotten', (by_ms) => {
    const plan = fleet([{ name: 'x', events: 400, steps: [{ minute: 70, by_ms }] }, ...GOOD], { minutes: 120 })
    const row = rowsOf(plan).get('x')!
    expect(row.steps).toHaveLength(1)
    expect(row.steps[0]!.by_s * 1000).toBeGreaterThan(by_ms - 700)
    expect(row.steps[0]!.by_s * 1000).toBeLessThan(by_ms + 700)
    expect(Math.abs(row.steps[0]!.at_ms - START_MS - 70 * 60_000)).toBeLessThan(10 * 60_000)
    expect(Math.abs(row.offset_s! * 1000 - by_ms)).toBeLessThan(500)
    expect(row.at_fault).toBe(true)
    expect(row.from_ms).toBeGreaterThan(START_MS + 60 * 60_000)
  })

  test('beyond the lifetime of all tokens are found although no token is accepted any more', () => {
    const plan = fleet([{ name: 'x', events: 400, steps: [{ minute: 60, by_ms: 312_000 }] }, ...GOOD], { minutes: 120 })
    const row = rowsOf(plan).get('x')!
    expect(Math.abs(row.offset_s! - 312)).toBeLessThan(0.5)
    expect(row.steps).toHaveLength(1)
    expect(row.steps[0]!.by_s).toBeCloseTo(312, 0)
    expect(row.at_fault).toBe(true)
  })

  test.each([1, 2, 3, 4])('are not clients that begin to hold their tokens back (fleet %d)', (seed) => {
    const stale = Array.from({ length: 6 }, (_, i) => ({
      name: `h${i}`,
      events: 400,
      decoys: ['refresh_bug' as const],
    }))
    const rows = [...rowsOf(fleet([...stale, ...GOOD], { seed, minutes: 120 })).values()]
    expect(rows.flatMap((r) => r.steps)).toEqual([])
    expect(rows.filter((r) => r.at_fault)).toEqual([])
  })

  test('that all hosts show at once are the issuer’s', () => {
    const plan = fleet(
      GOOD.map((h) => ({ ...h, events: 400 })),
      {
        minutes: 120,
        issuers: [{ name: ISSUER, steps: [{ minute: 60, by_ms: -9_000 }] }],
      },
    )
    const { reading } = readFleet(plan)
    expect(reading.table.hosts.flatMap((h) => h.steps)).toEqual([])
    const issuer = reading.table.issuers[0]!
    expect(issuer.steps).toHaveLength(1)
    expect(issuer.steps[0]!.by_s).toBeCloseTo(-9, 0)
    expect(issuer.at_fault).toBe(true)
  })

  test('do not outlive themselves: the offset at an earlier time is the earlier one', () => {
    const plan = fleet([{ name: 'x', events: 400, steps: [{ minute: 70, by_ms: 30_000 }] }], { minutes: 120 })
    const { reading } = readFleet(plan)
    const at = (minute: number) => reading.between('x', ISSUER, START_MS + minute * 60_000)!
    expect(at(20).offset_ms).toBeLessThan(1_000)
    expect(at(110).offset_ms).toBeGreaterThan(29_000)
  })
})

describe('fault', () => {
  test('is the host’s where one stands against all', () => {
    const rows = rowsOf(fleet([{ name: 'bad', offset_ms: -12_000 }, ...GOOD]))
    expect([...rows.values()].filter((r) => r.at_fault).map((r) => r.host)).toEqual(['bad'])
    expect(rows.get('bad')!.why.join(' ')).toContain('12 s behind issuer https://id.example')
  })

  test('is the issuer’s where all hosts agree against it', () => {
    const plan = fleet(GOOD, { issuers: [{ name: ISSUER, offset_ms: -8_000, log_host: 'auth-1' }] })
    const { reading } = readFleet(plan)
    expect(reading.table.issuers[0]!.at_fault).toBe(true)
    const at_fault = reading.table.hosts.filter((h) => h.at_fault).map((h) => h.host)
    expect(at_fault).toEqual(['auth-1'])
  })

  test('stays open where one host stands against the issuer and nothing else is known', () => {
    const row = rowsOf(fleet([{ name: 'x', offset_ms: 9_000 }])).get('x')!
    expect(row.at_fault).toBe(false)
    expect(row.why.join(' ')).toContain('cannot tell whether')
  })

  test('is settled by the collector’s clock where records are received live', () => {
    const shipping = { floor_ms: 100, mean_ms: 300 }
    const row = rowsOf(fleet([{ name: 'x', offset_ms: 60_000, shipping }])).get('x')!
    expect(row.at_fault).toBe(true)
  })

  test('is never a good clock’s, whatever else goes wrong', () => {
    const plan = fleet(
      [
        { name: 'storm', decoys: ['retry_storm'] },
        { name: 'stale', decoys: ['refresh_bug'] },
        { name: 'queue', decoys: ['queue_backlog'] },
        { name: 'late', decoys: ['shipping_backlog'], shipping: { floor_ms: 200, mean_ms: 500 } },
        { name: 'foreign', decoys: ['foreign_iat'] },
        { name: 'zone', zone_ms: -18_000_000 },
        { name: 'slow', delay_base_ms: 200, delay_mean_ms: 800 },
        { name: 'quiet', events: 12 },
        { name: 'hidden', shows: 'failures' },
        { name: 'bad', offset_ms: 30_000 },
      ],
      { minutes: 120, issuers: [{ name: ISSUER, nbf_delay_ms: 20_000 }] },
    )
    const accused = [...rowsOf(plan).values()].filter((r) => r.at_fault).map((r) => r.host)
    expect(accused).toEqual(['bad'])
  })
})

describe('what is not skew', () => {
  test.each([7_200_000, -18_000_000, 19_800_000])(
    'stamps %d ms off are a zone mistake and the clock is right',
    (zone_ms) => {
      const plan = fleet([{ name: 'x', zone_ms, offset_ms: 1_500 }, ...GOOD])
      const { reading } = readFleet(plan)
      const row = reading.table.hosts.find((h) => h.host === 'x')!
      expect(row.zone_s).toBe(zone_ms / 1000)
      expect(row.offset_s).toBeGreaterThan(1)
      expect(row.offset_s).toBeLessThan(2)
      expect(row.why.join(' ')).toContain('time-zone mistake')
      expect(reading.stampOffset('x', row.to_ms!)!.offset_ms).toBeCloseTo(zone_ms + row.offset_s! * 1000, -1)
      expect(reading.between('x', ISSUER, row.to_ms!)!.offset_ms).toBeCloseTo(row.offset_s! * 1000, -1)
    },
  )

  test('a jump of an hour is daylight saving, not a step', () => {
    const plan = fleet([{ name: 'x', events: 500 }], { minutes: 120 })
    const book = new ClockBook()
    const { samples, end_ms } = simulateFleet(plan)
    for (const s of samples) {
      if (s.source !== 'token') continue
      const jump = s.seen_validator_ms > START_MS + 3_600_000 ? 3_600_000 : 0
      book.add({ ...s, seen_validator_ms: s.seen_validator_ms + jump })
    }
    const row = new ClockReading(book, { now_ms: end_ms }).table.hosts[0]!
    expect(row.steps).toEqual([])
    expect(row.zone_s).toBe(3600)
    expect(row.why.join(' ')).toContain('daylight saving')
  })

  test('an iat in milliseconds is read as one and reported as such', () => {
    const { samples, end_ms } = simulateFleet(fleet([{ name: 'x' }]))
    const book = new ClockBook()
    for (const s of samples)
      if (s.source === 'token')
        book.add({ ...s, iat_ms: s.iat_ms! * 1000, nbf_ms: s.nbf_ms! * 1000, exp_ms: s.exp_ms! * 1000 })
    const { table } = new ClockReading(book, { now_ms: end_ms })
    expect(Math.abs(table.hosts[0]!.offset_s!)).toBeLessThan(1)
    expect(table.issuers[0]!.why.join(' ')).toContain('milliseconds where seconds belong')
  })
})

describe('where too little is known', () => {
  test('aged tokens alone give a bound and say so', () => {
    const row = rowsOf(fleet([{ name: 'x', fresh: 0, events: 100 }])).get('x')!
    expect(row.kind).toBe('bound')
    expect(row.offset_s).toBeNull()
    expect(row.low_s).toBeNull()
    expect(row.high_s).toBeGreaterThan(0)
    expect(row.why[0]).toContain('no fresh tokens here')
  })

  test('refusals without instants tell the side but not the amount', () => {
    const book = new ClockBook()
    for (let i = 0; i < 5; i++) book.add(refusal(START_MS + i * 60_000))
    const row = new ClockReading(book, { now_ms: START_MS }).table.hosts[0]!
    expect(row).toMatchObject({ kind: 'bound', offset_s: null, low_s: null, high_s: 0 })
    expect(row.why[0]).toContain('behind issuer')
  })

  test('a host that accepts tokens but shows no instants cannot be told', () => {
    const book = new ClockBook()
    book.add({ ...refusal(START_MS), decision: 'accepted' })
    book.add({ ...refusal(START_MS), host: 'y', decision: 'not_yet_valid', iat_ms: START_MS + 4_000 })
    const row = new ClockReading(book, { now_ms: START_MS }).table.hosts.find((h) => h.host === 'x')
    expect(row).toMatchObject({ kind: 'cannot_tell', offset_s: null, at_fault: false })
  })

  test('expired tokens are no edge while others are accepted', () => {
    const row = rowsOf(fleet([{ name: 'x', shows: 'failures', events: 1500 }])).get('x')!
    expect(row.kind).not.toBe('value')
    expect(row.at_fault).toBe(false)
  })

  test('a host that refuses every token as expired shows by how much it is ahead', () => {
    const row = rowsOf(fleet([{ name: 'x', shows: 'failures', offset_ms: 312_000 }, ...GOOD])).get('x')!
    expect(row.offset_s).toBeGreaterThan(311.5)
    expect(row.offset_s).toBeLessThan(312.5)
    expect(row.at_fault).toBe(true)
  })

  test('jobs that come back with the token of the time before make no clock ahead where only refusals are logged', () => {
    const jobs = ['a', 'b', 'c', 'd'].map((name) => ({
      ...{ name, events: 160, traffic: 'returning' as const, logs: 'refusals' as const },
    }))
    const plan = fleet([...jobs, ...GOOD], { minutes: 120 })
    const { table } = readFleet(plan).reading
    for (const row of table.hosts.filter((h) => h.host.length === 1))
      expect(row, row.host).toMatchObject({ kind: 'bound', offset_s: null, low_s: null })
    expect([...table.hosts, ...table.issuers].filter((c) => c.at_fault)).toEqual([])
    // Nor where no other host is there to say so.
    const alone = readFleet(fleet(jobs, { minutes: 120 })).reading.table
    expect([...alone.hosts, ...alone.issuers].filter((c) => c.at_fault)).toEqual([])
  })
})

describe('all hosts against the issuer', () => {
  const shipping = { floor_ms: 50, mean_ms: 200 }
  const hosts = (offset_ms: number) => GOOD.map((h) => ({ ...h, offset_ms, shipping }))

  test('accuse it where the collector’s clock stands with them', () => {
    const { table } = readFleet(fleet(hosts(0), { issuers: [{ name: ISSUER, offset_ms: 30_000 }] })).reading
    expect(table.issuers[0]!.at_fault).toBe(true)
  })

  test('leave it open where the collector’s clock stands with the issuer: they may share a wrong time source', () => {
    const { table } = readFleet(fleet(hosts(-30_000))).reading
    expect([...table.hosts, ...table.issuers].filter((c) => c.at_fault)).toEqual([])
    expect(table.hosts[0]!.offset_s).toBeCloseTo(-30, 0)
    expect(table.hosts[0]!.why.join()).toContain('cannot tell whether')
  })
})

describe('requests seen by two hosts', () => {
  test('tie clocks within 50 ms, also of a host that shows no token', () => {
    const gateway = { name: 'gw', share: 0.5 }
    const plan = fleet(
      [
        { name: 'a', log_resolution_ms: 1, gateway, fresh: 0.5 },
        { name: 'b', log_resolution_ms: 1, gateway, shows: 'failures', offset_ms: 2_500 },
      ],
      { gateways: [{ name: 'gw', offset_ms: -400 }] },
    )
    const { reading, fleet: truth } = readFleet(plan)
    const at = truth.end_ms
    const between = (x: string, y: string) =>
      reading.stampOffset(x, at)!.offset_ms - reading.stampOffset(y, at)!.offset_ms
    expect(Math.abs(between('b', 'gw') - 2_900)).toBeLessThan(50)
    expect(Math.abs(between('b', 'a') - 2_500)).toBeLessThan(50)
  })
})

describe('records that do not name the issuer', () => {
  test('speak of the only one there is', () => {
    const { samples, end_ms } = simulateFleet(fleet([{ name: 'x', offset_ms: 3_000 }, { name: 'y' }]))
    const book = new ClockBook()
    for (const s of samples) {
      if (s.source !== 'token' || s.host === 'y') book.add(s)
      else {
        const { issuer: _, ...unnamed } = s
        book.add(unnamed)
      }
    }
    const row = new ClockReading(book, { now_ms: end_ms }).table.hosts.find((h) => h.host === 'x')!
    expect(row.reference).toBe(`issuer ${ISSUER}`)
    expect(Math.abs(row.offset_s! - 3)).toBeLessThan(0.5)
  })
})

describe('stated instants beside stamps in local time', () => {
  test('show the clock, and the stamps’ zone apart from it', () => {
    const { samples, end_ms } = simulateFleet(fleet([{ name: 'x', offset_ms: 2_000, fresh: 0.5 }, ...GOOD]))
    const book = new ClockBook()
    for (const [i, s] of samples.entries()) {
      if (s.source !== 'token' || s.host !== 'x') book.add(s)
      else if (i % 2 === 0) book.add({ ...s, stated: true })
      else book.add({ ...s, seen_validator_ms: s.seen_validator_ms - 7_200_000 })
    }
    const row = new ClockReading(book, { now_ms: end_ms }).table.hosts.find((h) => h.host === 'x')!
    expect(Math.abs(row.offset_s! - 2)).toBeLessThan(0.5)
    expect(row.zone_s).toBe(-7200)
  })
})

describe('saving', () => {
  test('and restoring in the middle loses nothing of the estimates', () => {
    const gateway = { name: 'gw', share: 0.2 }
    const shipping = { floor_ms: 50, mean_ms: 100 }
    const plan = fleet([{ name: 'a', offset_ms: 4_000, gateway, shipping }, ...GOOD], { gateways: [{ name: 'gw' }] })
    const { samples, end_ms } = simulateFleet(plan)
    const whole = new ClockBook()
    let parted = new ClockBook()
    for (const [i, s] of samples.entries()) {
      whole.add(s)
      if (i === samples.length >> 1)
        parted = ClockBook.restore(JSON.parse(JSON.stringify(parted.save())) as SavedClocks)
      parted.add(s)
    }
    const read = (book: ClockBook) => new ClockReading(book, { now_ms: end_ms }).table
    expect(read(parted)).toEqual(read(whole))
  })
})

describe('hostile and broken input', () => {
  test('never throws, never yields NaN, and bounds hold their order', () => {
    const number = fc.oneof(
      fc.double(),
      fc.integer({ min: 0, max: 2e9 }),
      fc.integer({ min: START_MS - 1e7, max: START_MS + 1e7 }),
      fc.constantFrom(Number.NaN, Infinity, -1, 0, 8.64e15, 1e300),
    )
    const sample = fc.record({
      source: fc.constant('token' as const),
      host: fc.constantFrom('a', 'b', '__proto__', ''),
      issuer: fc.constantFrom('i', 'constructor', ''),
      seen_validator_ms: number,
      seen_resolution_ms: fc.constantFrom(1, 1000, 60_000, 0, -5, Number.NaN),
      stated: fc.boolean(),
      iat_ms: number,
      exp_ms: number,
      nbf_ms: number,
      decision: fc.constantFrom('accepted' as const, 'expired' as const, 'not_yet_valid' as const, 'other' as const),
    })
    const pair = fc.record({
      source: fc.constant('pair' as const),
      outer_host: fc.constantFrom('a', 'b'),
      inner_host: fc.constantFrom('a', 'b', 'c'),
      outer_start_ms: number,
      outer_end_ms: number,
      outer_resolution_ms: fc.constantFrom(1, 1000),
      inner_start_ms: number,
      inner_resolution_ms: fc.constantFrom(1, 1000),
    })
    fc.assert(
      fc.property(fc.array(fc.oneof(sample, pair), { maxLength: 60 }), (samples) => {
        const book = new ClockBook()
        for (const s of samples) book.add(s)
        const { table } = new ClockReading(book, { now_ms: START_MS })
        for (const row of table.hosts) {
          for (const x of [row.offset_s, row.low_s, row.high_s, row.drift_ppm, row.breach_ms])
            expect(x === null || Number.isFinite(x)).toBe(true)
          if (row.offset_s !== null) {
            expect(row.low_s).toBeLessThanOrEqual(row.offset_s)
            expect(row.high_s).toBeGreaterThanOrEqual(row.offset_s)
          }
          expect(row.why.length).toBeGreaterThan(0)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('one stray stamp years ahead does not spoil an estimate', () => {
    const { samples, end_ms } = simulateFleet(fleet([{ name: 'x', offset_ms: 700 }]))
    const book = new ClockBook()
    for (const s of samples) book.add(s)
    book.add({ ...(samples[0] as TokenSample), seen_validator_ms: START_MS + 5 * 365 * 86_400_000, token: 'stray' })
    const row = new ClockReading(book, { now_ms: end_ms }).table.hosts[0]!
    expect(Math.abs(row.offset_s! - 0.7)).toBeLessThan(0.4)
  })
})

function refusal(seen_validator_ms: number): TokenSample {
  return {
    source: 'token',
    host: 'x',
    issuer: ISSUER,
    seen_validator_ms,
    seen_resolution_ms: 1000,
    stated: false,
    decision: 'not_yet_valid',
  }
}
