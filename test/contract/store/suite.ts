/**
 * The contract of the store port, executed against any engine. Written against the port only: what is promised in
 * core/ports/store.ts, in the words of its users.
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { CAUSES, type Cause, type Subcause } from '../../../src/core/cause.ts'
import type { ClockReading } from '../../../src/core/clock-lookup.ts'
import { FILTER_FIELDS, type Filter, NO_FILTER } from '../../../src/core/filter.ts'
import type { Incident } from '../../../src/core/incident.ts'
import {
  type ClockChanges,
  type Dimension,
  NEIGHBOUR_LIMIT,
  type StoreReader,
  type StoreWriter,
} from '../../../src/core/ports/store.ts'
import { openReader, openWriter } from '../../../src/store/index.ts'
import { nthBatch, STREAM, totalsAfter } from './crash-history.ts'
import {
  batch,
  DAY_MS,
  EVERYTHING,
  failures,
  type GivenIncident,
  HOUR_MS,
  incident,
  MINUTE_MS,
  observation,
  START_MS,
  stream,
  success,
} from './made-up.ts'
import type { StoreEngine, StorePlace } from './store-engine.ts'

const DIMENSIONS: readonly Dimension[] = ['host', 'service', 'client_id', 'issuer', 'system']
const CRASH_WRITER = fileURLToPath(new URL('./crash-writer.ts', import.meta.url))
const only = (include: Filter['include'], exclude: Filter['exclude'] = {}): Filter => ({ include, exclude })

export function describeStore(engine: StoreEngine): void {
  describe(`a store on ${engine.name}`, () => {
    const undo: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const step of undo.splice(0).reverse()) await step()
    })

    async function newPlace(): Promise<StorePlace> {
      const place = await engine.place()
      undo.push(() => place.remove())
      return place
    }

    async function write(place: StorePlace): Promise<StoreWriter> {
      const writer = await openWriter(place.location)
      undo.push(() => writer.close())
      return writer
    }

    async function read(place: StorePlace): Promise<StoreReader> {
      const reader = await openReader(place.location)
      undo.push(() => reader.close())
      return reader
    }

    async function both(): Promise<{ place: StorePlace; writer: StoreWriter; reader: StoreReader }> {
      const place = await newPlace()
      const writer = await write(place)
      return { place, writer, reader: await read(place) }
    }

    describe('groups', () => {
      it('add up to the counts of the same range and filter, each with its first and last minute', async () => {
        const { writer, reader } = await both()
        const minutes = [0, 3, 61, 62, 24 * 60, 24 * 60 + 7, 49 * 60 + 30]
        await writer.append(
          batch({
            successes: minutes.map((m) => success({ time_ms: START_MS + m * MINUTE_MS, host: 'h1', client_id: 'web' })),
            incidents: minutes.slice(1, -1).flatMap((m, i) => [
              { incident: incident({ time_ms: START_MS + m * MINUTE_MS, host: 'h1', client_id: 'web' }), added: [] },
              { incident: incident({ time_ms: START_MS + m * MINUTE_MS, host: `h${i}`, service: 's' }), added: [] },
            ]),
          }),
        )
        const { groups, more } = await reader.groups(EVERYTHING, NO_FILTER, 100)
        expect(more).toBe(false)
        const web = groups.filter((g) => g.client_id === 'web')
        expect(web.map((g) => [g.outcome, g.cause, g.host, g.count, g.from_ms, g.to_ms])).toEqual([
          ['success', null, 'h1', 7, START_MS, START_MS + (49 * 60 + 31) * MINUTE_MS],
          ['failure', 'expiry', 'h1', 5, START_MS + 3 * MINUTE_MS, START_MS + (24 * 60 + 8) * MINUTE_MS],
        ])
        const range = { from_ms: START_MS + 61 * MINUTE_MS, to_ms: START_MS + 25 * HOUR_MS }
        for (const filter of [
          NO_FILTER,
          only({ host: ['h1', 'h2'] }),
          only({ cause: ['expiry'] }, { service: ['s'] }),
        ]) {
          const within = await reader.groups(range, filter, 100)
          const failures = within.groups.filter((g) => g.outcome === 'failure').reduce((sum, g) => sum + g.count, 0)
          const counted = (await reader.causes(range, filter)).reduce((sum, c) => sum + c.count, 0)
          expect(failures).toBe(counted)
          for (const g of within.groups) expect(g.from_ms).toBeGreaterThanOrEqual(range.from_ms)
        }
      })

      it('are the largest of both outcomes where there are too many, and say that there are more', async () => {
        const { writer, reader } = await both()
        const hosts = ['a', 'a', 'a', 'b', 'b', 'c']
        await writer.append(
          batch({
            successes: hosts.map((host) => success({ host })),
            incidents: hosts.map((host) => ({ incident: incident({ host }), added: [] })),
          }),
        )
        const { groups, more } = await reader.groups(EVERYTHING, NO_FILTER, 2)
        expect(groups.map((g) => [g.outcome, g.host, g.count]).sort()).toEqual([
          ['failure', 'a', 3],
          ['failure', 'b', 2],
          ['success', 'a', 3],
          ['success', 'b', 2],
        ])
        expect(more).toBe(true)
        expect(await reader.groups({ from_ms: 0, to_ms: 1 }, NO_FILTER, 2)).toEqual({ groups: [], more: false })
      })
    })

    describe('what is known of the clocks', () => {
      const row = (key: string, ...bytes: number[]) => ({ key, state: Uint8Array.from(bytes) })
      const clocks = (differences: Partial<ClockChanges>) =>
        batch({ clocks: { rows: [], gone: [], readings: [], ...differences } })
      const stored = async (store: Pick<StoreReader, 'clockRows'>) =>
        Object.fromEntries((await store.clockRows()).map(({ key, state }) => [key, [...state]]))

      it('is kept row by row: one replaces the other, and what is given up is gone', async () => {
        const { writer, reader } = await both()
        await writer.append(
          clocks({ rows: [row('host a', 1, 2, 3), row('host b', 4), row('host a\nissuer x', 0, 255)] }),
        )
        await writer.append(clocks({ rows: [row('host a', 9), row('host c', 5)], gone: ['host b', 'host c', 'never'] }))
        await writer.append(batch())
        const expected = { 'host a': [9], 'host c': [5], 'host a\nissuer x': [0, 255] }
        expect(await stored(reader)).toEqual(expected)
        expect(await stored(writer)).toEqual(expected)
      })

      it('has readings in order of time, one per host and instant, unknown numbers staying unknown', async () => {
        const { writer, reader } = await both()
        const reading = (at_ms: number, host: string, differences: Partial<ClockReading> = {}): ClockReading => ({
          at_ms,
          host,
          reference: 'issuer https://id.example',
          offset_s: 312.1,
          low_s: 311.8,
          high_s: 312.4,
          drift_ppm: -7.25,
          ...differences,
        })
        const bare = { offset_s: null, low_s: null, high_s: null, drift_ppm: null }
        await writer.append(clocks({ readings: [reading(START_MS + 1, 'b'), reading(START_MS, 'a')] }))
        await writer.append(clocks({ readings: [reading(START_MS + 1, 'b', bare), reading(START_MS + 2, 'a')] }))
        expect(await reader.clockReadings(EVERYTHING)).toEqual([
          reading(START_MS, 'a'),
          reading(START_MS + 1, 'b', bare),
          reading(START_MS + 2, 'a'),
        ])
        expect(await reader.clockReadings({ from_ms: START_MS + 1, to_ms: START_MS + 2 }, 'b')).toHaveLength(1)
        expect(await reader.clockReadings({ from_ms: START_MS + 1, to_ms: START_MS + 2 }, 'a')).toEqual([])
        expect(await reader.clockReadings(EVERYTHING, 'nobody')).toEqual([])
      })
    })

    describe('what is appended', () => {
      it('comes back word for word, with every field', async () => {
        const { writer, reader } = await both()
        const whole: GivenIncident = incident({
          time_ms: START_MS + 123,
          host: 'api-1',
          service: 'orders',
          client_id: 'web',
          issuer: 'https://id.example/realms/shop',
          audience: 'orders billing-2',
          subject: 'sub:00ff00ff00ff00ff',
          token: 'jwt:3fa9c1d2e4b5a697',
          token_id: 'jti:0123456789abcdef',
          session: 'grant-17',
          other_request_ids: ['gw 9'],
          reported_confidence: 'likely',
          received_collector_ms: START_MS + 130,
          recovered_ms: 812,
          request_id: '0b6e4b3e-9a57-4d1c-8f66-0f8a2c7d1e55',
          trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
          http_method: 'GET',
          http_path: '/orders/8472/items',
          http_status: 401,
          client_address: '2001:db8::7',
          confidence: 'possible',
          message: 'jwt expired at 2026-11-15T22:57:01.000Z — “später” 🕰',
          why: ['the token expired 59 s before the request', 'api-1 is 312 s ahead of id-1'],
          evidence: {
            exp_ms: START_MS - 59_000,
            nbf_ms: START_MS - 359_000,
            iat_ms: START_MS - 359_000,
            validator_ms: START_MS + 124,
            delta_ms: -59_000,
            leeway_ms: 0,
            kid: '2026-11-key-3',
            alg: 'RS256',
            expected: 'orders',
            got: 'orders-v1',
          },
        })
        const spoken = observation({
          time_ms: START_MS + 123,
          line: 17,
          offset: 4711,
          host: 'api-1',
          service: 'orders',
          message: whole.message,
        })
        const other = observation({
          time_ms: START_MS + 900,
          stream: '00000000000000b2',
          source: '/var/log/nginx/access.log',
          system: 'nginx',
          signature: 'nginx/401',
          specificity: 10,
          reported_cause: 'unknown',
          reported_subcause: 'unspecified',
          message: 'GET /orders/8472/items 401',
          format: 'nginx-access',
        })
        await writer.append(batch({ incidents: [{ incident: whole, added: [other, spoken] }] }))

        const [stored] = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 10 })
        expect(stored).toEqual({ ...whole, id: stored!.id, observations: 2 })
        expect(await reader.incident(stored!.id)).toEqual(stored)
        expect(await reader.observations(stored!.id)).toEqual([spoken, other])
      })

      it('leaves out what was not said', async () => {
        const { writer, reader } = await both()
        await writer.append(failures({}))
        const [stored] = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 10 })
        expect(stored).toEqual({ ...incident(), id: stored!.id, observations: 0 })
      })

      it('survives any text', async () => {
        const { writer, reader } = await both()
        const text = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((value) => !/[\u0000-\u001f]/.test(value))
        const key = fc.oneof(
          text,
          fc.uuid(),
          fc.stringMatching(/^[0-9a-f]{16,32}$/),
          fc.constant('jwt:3fa9c1d2e4b5a697'),
        )
        await fc.assert(
          fc.asyncProperty(
            text,
            fc.array(text, { maxLength: 3 }),
            text,
            key,
            fc.maxSafeInteger(),
            async (message, why, path, id, n) => {
              const given = incident({ message, why, evidence: { exp_ms: START_MS + (n % 1e12), delta_ms: n % 1e9 } })
              if (path) given.http_path = path
              if (id) given.request_id = id
              await writer.append(batch({ incidents: [{ incident: given, added: [] }] }))
              const [stored] = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 1 })
              expect(stored).toEqual({ ...given, id: stored!.id, observations: 0 })
            },
          ),
          { numRuns: 60 },
        )
      })

      it('limits a hostile length instead of refusing it', async () => {
        const { writer, reader } = await both()
        const long = 'x1 '.repeat(100_000)
        await writer.append(
          failures({ message: long, host: long, http_path: long, request_id: long, why: Array(1000).fill(long) }),
        )
        const [stored] = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 10 })
        expect(JSON.stringify(stored).length).toBeLessThan(10_000)
      })

      it('is nothing at all in an empty store', async () => {
        const { reader } = await both()
        expect(await reader.extent()).toBeNull()
        expect(await reader.kinds(EVERYTHING, NO_FILTER)).toEqual([])
        expect(await reader.causes(EVERYTHING, NO_FILTER)).toEqual([])
        expect(await reader.series(EVERYTHING, MINUTE_MS, 'cause', NO_FILTER)).toEqual([])
        expect(await reader.dimension('host', EVERYTHING, NO_FILTER, 10)).toEqual([])
        expect(await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 10 })).toEqual([])
        expect(await reader.incident('1')).toBeNull()
        expect(await reader.observations('1')).toEqual([])
        expect(await reader.sources()).toEqual([])
        expect(await reader.unrecognised(10)).toEqual([])
      })

      it('gives the extent from the first to just after the last event', async () => {
        const { writer, reader } = await both()
        await writer.append(batch({ successes: [success({ time_ms: START_MS + 5 })] }))
        await writer.append(failures({ time_ms: START_MS - 7 }))
        expect(await reader.extent()).toEqual({ from_ms: START_MS - 7, to_ms: START_MS + 6 })
      })

      it('counts a success without a time of its own when it was received', async () => {
        const { writer, reader } = await both()
        const { time_ms: _, ...timeless } = success({ received_collector_ms: START_MS + HOUR_MS })
        await writer.append(batch({ successes: [timeless] }))
        expect(await reader.series(EVERYTHING, MINUTE_MS, 'kind', NO_FILTER)).toEqual([
          { start_ms: START_MS + HOUR_MS, key: 'validation/success', count: 1 },
        ])
      })

      it('remembers deliveries with the data they brought, oldest first', async () => {
        const place = await newPlace()
        const writer = await openWriter(place.location)
        const digests = ['ab'.repeat(32), 'cd'.repeat(32), 'ef'.repeat(32)]
        await writer.append({ ...batch(), deliveries: digests.slice(0, 2) })
        await writer.append({ ...batch(), deliveries: digests.slice(2) })
        expect(await writer.deliveries()).toEqual(digests)
        await writer.close()
        expect(await (await write(place)).deliveries()).toEqual(digests)
      })

      it('keeps streams with their positions, and sources say when', async () => {
        const { place, writer, reader } = await both()
        const first = stream({
          device: '64769',
          inode: '18446744073709551615',
          host: 'api-1',
          service: 'orders',
          format: 'pino',
          zone: 'Europe/Berlin',
          last_record_ms: START_MS,
          size: 6000,
          error: 'permission denied',
          sample: ['one', 'two'],
        })
        const second = stream({ stream: '00000000000000b2', name: 'stdin', identity: null })
        await writer.append(batch({ streams: [first, second], now_ms: START_MS + 1 }))
        expect(await writer.streams()).toEqual([first, second])
        const moved = stream({ offset: 9000, name: '/var/log/app.log.1' })
        await writer.append(batch({ streams: [moved], now_ms: START_MS + 2 }))
        expect(await writer.streams()).toEqual([moved, second])
        expect(await reader.sources()).toEqual([
          { ...moved, updated_ms: START_MS + 2 },
          { ...second, updated_ms: START_MS + 1 },
        ])
        await writer.close()
        const again = await write(place)
        expect(await again.streams()).toEqual([moved, second])
      })

      it('groups unrecognised records, most frequent first', async () => {
        const { writer, reader } = await both()
        const record = (template: string, time_ms: number) => ({
          template,
          system: 'app',
          sample: `${template}!`,
          time_ms,
          stream: '00000000000000a1',
        })
        await writer.append(batch({ unrecognised: [record('a', 50), record('b', 30), record('b', 10)] }))
        await writer.append(batch({ unrecognised: [record('b', 20)] }))
        expect(await reader.unrecognised(10)).toEqual([
          { template: 'b', system: 'app', sample: 'b!', count: 3, first_ms: 10, last_ms: 30 },
          { template: 'a', system: 'app', sample: 'a!', count: 1, first_ms: 50, last_ms: 50 },
        ])
        expect(await reader.unrecognised(1)).toHaveLength(1)
      })

      it('does not let a flood of templates grow without bound, nor push out frequent ones', async () => {
        const { writer, reader } = await both()
        const record = (template: string) => ({ template, system: 'app', sample: '', time_ms: START_MS, stream: 's' })
        await writer.append(batch({ unrecognised: Array(5).fill(record('frequent')) }))
        await writer.append(batch({ unrecognised: Array.from({ length: 5000 }, (_, i) => record(`odd ${i}`)) }))
        const groups = await reader.unrecognised(100_000)
        expect(groups.length).toBeLessThanOrEqual(1000)
        expect(groups[0]).toMatchObject({ template: 'frequent', count: 5 })
      })
    })

    describe('a revision', () => {
      it('moves the incident from its old verdict, minute and host to the new ones', async () => {
        const { writer, reader } = await both()
        await writer.append(
          batch({ incidents: [{ incident: incident({ host: 'api-1', time_ms: START_MS }), added: [observation()] }] }),
        )
        const [{ id }] = (await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 1 })) as [Incident]
        const later = START_MS + 3 * HOUR_MS
        const revised = incident({
          time_ms: later,
          host: 'api-2',
          cause: 'skew',
          subcause: 'fresh_token_expired',
          message: 'api-2 is 312 s ahead',
        })
        await writer.append(
          batch({ incidents: [{ id, incident: revised, added: [observation({ offset: 900, time_ms: later })] }] }),
        )

        expect(await reader.incident(id)).toEqual({ ...revised, id, observations: 2 })
        expect(await reader.causes(EVERYTHING, NO_FILTER)).toEqual([
          { cause: 'skew', subcause: 'fresh_token_expired', count: 1 },
        ])
        expect(await reader.series(EVERYTHING, MINUTE_MS, 'cause', NO_FILTER)).toEqual([
          { start_ms: later, key: 'skew', count: 1 },
        ])
        expect(await reader.dimension('host', EVERYTHING, NO_FILTER, 10)).toEqual([
          { value: 'api-2', successes: 0, failures: 1, top_cause: 'skew' },
        ])
        // What the first record said, and when, is still what it said.
        expect(await reader.observations(id)).toEqual([observation(), observation({ offset: 900, time_ms: later })])
      })

      it('does not count a record twice that already speaks of the incident', async () => {
        const { writer, reader } = await both()
        await writer.append(batch({ incidents: [{ incident: incident(), added: [observation({ offset: 7 })] }] }))
        const [{ id }] = (await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 1 })) as [Incident]
        await writer.append(batch({ incidents: [{ id, incident: incident(), added: [observation({ offset: 7 })] }] }))
        expect(await reader.incident(id)).toMatchObject({ observations: 1 })
        expect(await reader.observations(id)).toHaveLength(1)
      })

      it('of an incident that is not there changes nothing', async () => {
        const { writer, reader } = await both()
        await writer.append(failures({}))
        for (const id of ['999', 'no-number', '']) {
          await writer.append(
            batch({ incidents: [{ id, incident: incident({ cause: 'skew' }), added: [observation()] }] }),
          )
        }
        expect(await reader.causes(EVERYTHING, NO_FILTER)).toEqual([
          { cause: 'expiry', subcause: 'access_token', count: 1 },
        ])
      })
    })

    describe('neighbours', () => {
      const AROUND = { from_ms: START_MS - 5000, to_ms: START_MS + 5000 }

      it('are found by request id, trace id or token within the range, with what already speaks of them', async () => {
        const { writer } = await both()
        const token = 'jwt:3fa9c1d2e4b5a697'
        await writer.append(
          batch({
            incidents: [
              {
                incident: incident({ request_id: 'r1', trace_id: 'aa'.repeat(16), token, host: 'api-1' }),
                added: [observation({ offset: 12 })],
              },
              { incident: incident({ request_id: 'r2', token, time_ms: START_MS + 4000 }), added: [] },
              { incident: incident({ request_id: 'r1', time_ms: START_MS + 60_000 }), added: [] },
              { incident: incident({ trace_id: 'r1' }), added: [] },
            ],
          }),
        )
        const [byRequest, byTrace, byToken, none] = await writer.neighbours([
          { ...AROUND, request_id: 'r1', by_time: false },
          { ...AROUND, trace_id: 'aa'.repeat(16), by_time: false },
          { ...AROUND, token, request_id: 'r9', by_time: false },
          { ...AROUND, request_id: 'r9', by_time: false },
        ])
        expect(byRequest!.map(({ incident: { request_id, host } }) => [request_id, host])).toEqual([['r1', 'api-1']])
        expect(byRequest![0]!.spoken).toEqual([
          {
            stream: '00000000000000a1',
            signature: 'jsonwebtoken/expired',
            offset: 12,
            time_ms: START_MS,
            specificity: 70,
          },
        ])
        expect(byTrace).toHaveLength(1)
        expect(byToken!.map(({ incident: { request_id } }) => request_id)).toEqual(['r1', 'r2'])
        expect(none).toEqual([])
      })

      it('are found by time alone when asked, both ends included, nearest to the middle first', async () => {
        const { writer } = await both()
        const offsets = [-5001, -5000, -300, 200, 5000, 5001]
        await writer.append(failures(...offsets.map((ms) => ({ time_ms: START_MS + ms }))))
        const [found, without] = await writer.neighbours([
          { ...AROUND, by_time: true },
          { ...AROUND, by_time: false },
        ])
        expect(found!.map(({ incident: { time_ms } }) => time_ms - START_MS)).toEqual([200, -300, -5000, 5000])
        expect(without).toEqual([])
      })

      it('are limited, and one that shares an id is not crowded out by ones that are only near', async () => {
        const { writer } = await both()
        const crowd = Array.from({ length: 200 }, (_, i) => ({ time_ms: START_MS + (i % 50) }))
        await writer.append(failures(...crowd, { time_ms: START_MS + 4999, request_id: 'mine' }))
        const [found] = await writer.neighbours([{ ...AROUND, request_id: 'mine', by_time: true }])
        expect(found).toHaveLength(NEIGHBOUR_LIMIT)
        expect(found!.at(-1)!.incident.request_id).toBe('mine')
      })

      it('follow a revision that changes their ids and time', async () => {
        const { writer } = await both()
        await writer.append(failures({ request_id: 'old' }))
        const [old] = await writer.neighbours([{ ...AROUND, request_id: 'old', by_time: false }])
        const { id } = old![0]!.incident
        const moved = incident({ request_id: 'new', time_ms: START_MS + HOUR_MS })
        await writer.append(batch({ incidents: [{ id, incident: moved, added: [] }] }))
        const there = { from_ms: START_MS + HOUR_MS, to_ms: START_MS + HOUR_MS }
        const counts = (
          await writer.neighbours([
            { ...AROUND, request_id: 'old', by_time: true },
            { ...AROUND, request_id: 'new', by_time: false },
            { ...there, request_id: 'old', by_time: false },
            { ...there, request_id: 'new', by_time: false },
          ])
        ).map((found) => found.length)
        expect(counts).toEqual([0, 0, 0, 1])
      })
    })

    describe('counting', () => {
      it('honours a range to the minute', async () => {
        const { writer, reader } = await both()
        const times = [0, 59_999, 60_000, 179_999, 180_000]
        await writer.append(failures(...times.map((ms) => ({ time_ms: START_MS + ms }))))
        const count = async (from: number, to: number) =>
          (await reader.causes({ from_ms: START_MS + from, to_ms: START_MS + to }, NO_FILTER))[0]?.count ?? 0
        expect(await count(0, 60_000)).toBe(2)
        expect(await count(30_000, 60_001)).toBe(3)
        expect(await count(60_000, 180_000)).toBe(2)
        expect(await count(60_000, 60_000)).toBe(0)
      })

      it('tells causes by number, and dimensions by failures with their most frequent cause', async () => {
        const { writer, reader } = await both()
        await writer.append(
          batch({
            successes: [success({ host: 'api-1' }), success({ host: 'api-1' }), success({ host: 'api-3' }), success()],
            incidents: [
              { incident: incident({ host: 'api-1' }), added: [] },
              { incident: incident({ host: 'api-2' }), added: [] },
              { incident: incident({ host: 'api-2', cause: 'skew', subcause: 'not_yet_valid' }), added: [] },
              { incident: incident({ host: 'api-2', cause: 'skew', subcause: 'issued_in_future' }), added: [] },
            ],
          }),
        )
        expect(await reader.dimension('host', EVERYTHING, NO_FILTER, 10)).toEqual([
          { value: 'api-2', successes: 0, failures: 3, top_cause: 'skew' },
          { value: 'api-1', successes: 2, failures: 1, top_cause: 'expiry' },
          { value: '', successes: 1, failures: 0, top_cause: null },
          { value: 'api-3', successes: 1, failures: 0, top_cause: null },
        ])
        expect(await reader.dimension('host', EVERYTHING, NO_FILTER, 1)).toHaveLength(1)
        expect((await reader.causes(EVERYTHING, NO_FILTER))[0]).toEqual({
          cause: 'expiry',
          subcause: 'access_token',
          count: 2,
        })
      })

      it('keeps totals and named failures true under a flood of made-up clients', async () => {
        const { writer, reader } = await both()
        await writer.append(failures({ client_id: 'real' }))
        await writer.append(failures(...Array.from({ length: 6000 }, (_, i) => ({ client_id: `made-up-${i}` }))))
        await writer.append(failures({ client_id: 'real' }, { client_id: 'late', host: 'api-9' }))
        const rows = await reader.dimension('client_id', EVERYTHING, NO_FILTER, 100_000)
        expect(rows.length).toBeLessThan(3000)
        expect(rows.reduce((sum, row) => sum + row.failures, 0)).toBe(6003)
        expect(rows.find(({ value }) => value === 'real')?.failures).toBe(2)
        // The incident itself still knows, and is found by its true client.
        const found = await reader.incidents({ range: EVERYTHING, filter: only({ client_id: ['late'] }), limit: 10 })
        expect(found.map(({ client_id, host }) => [client_id, host])).toEqual([['late', 'api-9']])
      })

      it('refuses a step that is no multiple of a minute', async () => {
        const { reader } = await both()
        await expect(reader.series(EVERYTHING, 1000, 'cause', NO_FILTER)).rejects.toThrow(RangeError)
      })
    })

    it('answers every question like a recount of its history', { timeout: 60_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(history, fc.array(question, { minLength: 4, maxLength: 8 }), async (batches, questions) => {
          const place = await engine.place()
          try {
            const model = await replay(place, batches)
            const reader = await openReader(place.location)
            try {
              for (const asked of questions) await compare(reader, model, asked)
            } finally {
              await reader.close()
            }
          } finally {
            await place.remove()
          }
        }),
        { numRuns: Math.ceil(25 * engine.effort) },
      )
    })

    describe('listing incidents', () => {
      it('visits each one once, newest first, page by page, with ties and while new ones arrive', async () => {
        const { writer, reader } = await both()
        const times = Array.from({ length: 57 }, (_, i) => START_MS + Math.floor(i / 5) * 20_000)
        await writer.append(failures(...times.map((time_ms, i) => ({ time_ms, host: `h${i % 2}` }))))
        for (const filter of [NO_FILTER, only({ host: ['h1'] })]) {
          const seen: Incident[] = []
          for (;;) {
            const last = seen.at(-1)
            const page = await reader.incidents({
              range: EVERYTHING,
              filter,
              limit: 4,
              ...(last && { after: { time_ms: last.time_ms, id: last.id } }),
            })
            if (page.length === 0) break
            seen.push(...page)
            await writer.append(failures({ time_ms: START_MS + DAY_MS, host: 'h1' }))
          }
          const old = seen.filter(({ time_ms }) => time_ms < START_MS + DAY_MS)
          expect(new Set(old.map(({ id }) => id)).size).toBe(filter === NO_FILTER ? 57 : 28)
          expect(seen.map(({ time_ms }) => time_ms)).toEqual(
            seen.map(({ time_ms }) => time_ms).toSorted((a, b) => b - a),
          )
        }
      })

      it('gives them oldest first when asked, page by page the very reverse', async () => {
        const { writer, reader } = await both()
        const times = Array.from({ length: 157 }, (_, i) => START_MS + Math.floor(i / 5) * 7 * HOUR_MS + (i % 2))
        await writer.append(failures(...times.map((time_ms, i) => ({ time_ms, host: `h${i % 2}` }))))
        const range = { from_ms: START_MS + 1, to_ms: times.at(-1)! }
        for (const filter of [NO_FILTER, only({ host: ['h1'] })]) {
          const seen: Incident[] = []
          for (let more = true; more; ) {
            const last = seen.at(-1)
            const after = last && { after: { time_ms: last.time_ms, id: last.id } }
            const page = await reader.incidents({ range, filter, limit: 9, oldest_first: true, ...after })
            seen.push(...page)
            more = page.length > 0
          }
          const newest = await reader.incidents({ range, filter, limit: 1000 })
          expect(newest.length).toBeGreaterThan(70)
          expect(seen).toEqual(newest.toReversed())
        }
      })

      it('gives the newest of several groups as it gives them one by one, rare ones and none at all included', async () => {
        const { writer, reader } = await both()
        const made = Array.from({ length: 400 }, (_, i) => ({
          time_ms: START_MS + Math.floor(i / 3) * 60_000,
          host: i === 7 ? 'rare' : `h${i % 3}`,
          client_id: `c${i % 5}`,
        }))
        await writer.append(failures(...made))
        const range = { from_ms: START_MS + 1, to_ms: START_MS + 120 * 60_000 }
        const groups = [
          { filter: only({ host: ['h1'] }), limit: 20 },
          { filter: only({ host: ['h2'], client_id: ['c3'] }), limit: 500 },
          { filter: only({ host: ['rare'] }), limit: 3 },
          { filter: only({ host: ['nobody'] }), limit: 3 },
          { filter: { include: {}, exclude: { host: ['h0'] } }, limit: 50 },
          { filter: NO_FILTER, limit: 7 },
        ]
        const found = await reader.newestOf(range, groups)
        expect(found.map(({ length }) => length)).toEqual([20, expect.any(Number), 1, 0, 50, 7])
        for (const [i, { filter, limit }] of groups.entries())
          expect(found[i]).toEqual(await reader.incidents({ range, filter, limit }))
      })

      it('honours the range exactly', async () => {
        const { writer, reader } = await both()
        await writer.append(failures({ time_ms: START_MS }, { time_ms: START_MS + 1 }, { time_ms: START_MS + 2 }))
        const found = await reader.incidents({
          range: { from_ms: START_MS + 1, to_ms: START_MS + 2 },
          filter: NO_FILTER,
          limit: 10,
        })
        expect(found.map(({ time_ms }) => time_ms)).toEqual([START_MS + 1])
      })
    })

    describe('retention', () => {
      const POLICY = { detail_days: 2, rollup_days: 10 }
      const NOW_MS = START_MS + 20 * DAY_MS

      async function retainAll(writer: StoreWriter): Promise<void> {
        for (let slices = 0; await writer.retain(POLICY, NOW_MS); slices++) expect(slices).toBeLessThan(10_000)
      }

      it('drops old incidents but keeps their counts, by the hour', async () => {
        const { writer, reader } = await both()
        const times = Array.from({ length: 3000 }, (_, i) => NOW_MS - 9 * DAY_MS + Math.floor((i / 3000) * 9 * DAY_MS))
        await writer.append(
          batch({
            now_ms: NOW_MS,
            successes: times.map((time_ms, i) => success({ time_ms, host: `h${i % 4}` })),
            incidents: times.map((time_ms, i) => ({
              incident: incident({ time_ms, host: `h${i % 3}`, message: `only here ${i}x` }),
              added: [observation({ time_ms, offset: i, message: `said ${i}` })],
            })),
          }),
        )
        const ask = async (range = EVERYTHING) => [
          await reader.kinds(range, NO_FILTER),
          await reader.causes(range, only({ host: ['h1'] })),
          await reader.dimension('host', range, NO_FILTER, 10),
          await reader.series(range, HOUR_MS, 'kind', only({ host: ['h0', 'h1'] })),
        ]
        const hours = { from_ms: Math.floor(NOW_MS / HOUR_MS) * HOUR_MS - 7 * DAY_MS - 5 * HOUR_MS, to_ms: NOW_MS }
        const before = [await ask(), await ask(hours)]
        await retainAll(writer)
        expect([await ask(), await ask(hours)]).toEqual(before)
        const left = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 10_000 })
        const cutoff = Math.floor((NOW_MS - 2 * DAY_MS) / HOUR_MS) * HOUR_MS
        expect(left.map(({ time_ms }) => time_ms)).toEqual(times.filter((ms) => ms >= cutoff).toReversed())
        // What stayed is still whole.
        expect(left.every(({ message }) => /^only here \d+x$/.test(message))).toBe(true)
        const [said] = await reader.observations(left.at(-1)!.id)
        expect(said!.message).toMatch(/^said \d+$/)
      })

      it('drops old readings of the clocks', async () => {
        const { writer, reader } = await both()
        const clock = { host: 'a', reference: 'collector', offset_s: 1, low_s: 0, high_s: 2, drift_ppm: null }
        const readings = [NOW_MS - 9 * DAY_MS, NOW_MS - DAY_MS].map((at_ms) => ({ ...clock, at_ms }))
        await writer.append(batch({ now_ms: NOW_MS, clocks: { rows: [], gone: [], readings } }))
        await writer.append(failures({ time_ms: NOW_MS - 9 * DAY_MS }))
        await retainAll(writer)
        expect(await reader.clockReadings(EVERYTHING)).toEqual(readings.slice(1))
      })

      it('drops hours that are older still, and what was dropped leaves the extent', async () => {
        const { writer, reader } = await both()
        await writer.append(failures({ time_ms: NOW_MS - 15 * DAY_MS }, { time_ms: NOW_MS - 5 * DAY_MS }))
        await retainAll(writer)
        expect(await reader.kinds(EVERYTHING, NO_FILTER)).toEqual([
          { kind: 'validation', outcome: 'failure', count: 1 },
        ])
        expect((await reader.extent())!.from_ms).toBeGreaterThan(NOW_MS - 11 * DAY_MS)
      })

      it('leaves a store that goes on: the same words can come back, a late revision changes no count', async () => {
        const { writer, reader } = await both()
        await writer.append(failures({ time_ms: NOW_MS - 15 * DAY_MS, host: 'api-1', message: 'seldom said' }))
        const [{ id }] = (await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 1 })) as [Incident]
        await retainAll(writer)
        expect(await reader.incident(id)).toBeNull()
        await writer.append(failures({ time_ms: NOW_MS, host: 'api-1', message: 'seldom said' }))
        await writer.append(batch({ incidents: [{ id, incident: incident({ cause: 'skew' }), added: [] }] }))
        const left = await reader.incidents({ range: EVERYTHING, filter: only({ host: ['api-1'] }), limit: 9 })
        expect(left.map(({ message }) => message)).toEqual(['seldom said'])
        expect(left[0]!.id).not.toBe(id)
        expect(await reader.causes(EVERYTHING, NO_FILTER)).toEqual([
          { cause: 'expiry', subcause: 'access_token', count: 1 },
        ])
      })

      it('keeps the words of an incident that moved to a later day', async () => {
        const { writer, reader } = await both()
        await writer.append(
          batch({
            incidents: [
              {
                incident: incident({ time_ms: NOW_MS - 5 * DAY_MS, message: 'first said' }),
                added: [
                  observation({ time_ms: NOW_MS - 5 * DAY_MS, message: 'first said', host: 'old-host' }),
                  observation({ time_ms: NOW_MS - 5 * DAY_MS, message: 'then said', offset: 9 }),
                ],
              },
            ],
          }),
        )
        const [{ id }] = (await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 1 })) as [Incident]
        await writer.append(batch({ incidents: [{ id, incident: incident({ time_ms: NOW_MS }), added: [] }] }))
        await retainAll(writer)
        expect((await reader.observations(id)).map(({ message, host }) => [message, host])).toEqual([
          ['first said', 'old-host'],
          ['then said', undefined],
        ])
      })

      it('has nothing to do in an empty store', async () => {
        const { writer } = await both()
        await retainAll(writer)
        expect(await writer.retain(POLICY, NOW_MS)).toBe(false)
      })
    })

    describe('one writer, many readers', () => {
      it('shows readers what is committed, and its version changes with it', async () => {
        const { place, writer, reader } = await both()
        const second = await read(place)
        const versions = new Set([await reader.version()])
        expect(await reader.version()).toBe([...versions][0])
        for (let n = 1; n <= 5; n++) {
          await writer.append(failures({ time_ms: START_MS + n }))
          versions.add(await reader.version())
          expect((await second.causes(EVERYTHING, NO_FILTER))[0]!.count).toBe(n)
        }
        expect(versions.size).toBe(6)
      })

      it('shows readers whole batches only, while another process writes', async () => {
        const { place, writer, reader } = await both()
        await writer.close()
        const child = startCrashWriter(place.location)
        try {
          await child.first
          const seen = new Set<number>()
          for (let look = 0; look < 200 * engine.effort; look++) {
            const kinds = await reader.kinds(EVERYTHING, NO_FILTER)
            const count = (outcome: string) => kinds.find((kind) => kind.outcome === outcome)?.count
            const position = (await reader.sources())[0]!.offset
            // The position was read a moment later, so the counts belong to it or to one of a few batches before.
            const whole = Array.from({ length: 50 }, (_, back) => totalsAfter(position - back)).find(
              ({ successes }) => successes === count('success'),
            )
            expect(whole?.failures).toBe(count('failure'))
            seen.add(position)
            await new Promise((resolve) => setTimeout(resolve, 1))
          }
          expect(seen.size).toBeGreaterThan(5)
        } finally {
          await child.kill()
        }
      })

      it('turns a second writer away and names the first', async () => {
        const { place } = await both()
        await expect(openWriter(place.location)).rejects.toMatchObject({
          name: 'StoreRefusal',
          reason: 'second_writer',
          message: expect.stringContaining(String(process.pid)),
        })
      })

      it('lets the next writer in when the first has closed, with everything there and the same key', async () => {
        const { place, writer, reader } = await both()
        await writer.append(failures({ host: 'api-1' }))
        const key = await writer.fingerprintKey()
        expect(key).toHaveLength(32)
        await writer.close()
        const again = await write(place)
        expect(await again.fingerprintKey()).toEqual(key)
        await again.append(failures({ host: 'api-1' }))
        expect((await reader.dimension('host', EVERYTHING, NO_FILTER, 9))[0]).toMatchObject({
          value: 'api-1',
          failures: 2,
        })
        expect(await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 9 })).toHaveLength(2)
      })

      it('gives every store its own key', async () => {
        const [one, two] = [await both(), await both()]
        expect(await one.writer.fingerprintKey()).not.toEqual(await two.writer.fingerprintKey())
      })
    })

    it('holds exactly what its position says, after any kill -9', { timeout: 120_000 }, async () => {
      const place = await newPlace()
      let position = 0
      for (let kill = 0; kill < 32 * engine.effort; kill++) {
        await killDuringAppends(place.location, kill)
        const writer = await openWriter(place.location)
        const reader = await openReader(place.location)
        try {
          const [known] = await writer.streams()
          expect(known!.offset).toBeGreaterThan(position)
          position = known!.offset
          expect(known!.counters.lines).toBe(position)
          await expectTotals(reader, position)
          // The history goes on from there, as a restarted collector would.
          position++
          await writer.append(await nthBatch(writer, position))
          await expectTotals(reader, position)
        } finally {
          await reader.close()
          await writer.close()
        }
      }
    })

    describe('refuses, with a reason and a hint', () => {
      const refusal = (reason: string) =>
        expect.objectContaining({ name: 'StoreRefusal', reason, hint: expect.stringMatching(/\w/) })

      it('to read what is not there', async () => {
        const place = await newPlace()
        await expect(openReader(place.location)).rejects.toEqual(refusal('missing'))
      })

      it('what is no store of ours, and leaves it alone', async () => {
        const place = await engine.notAStore()
        undo.push(() => place.remove())
        await expect(openWriter(place.location)).rejects.toEqual(refusal('not_a_database'))
        await expect(openReader(place.location)).rejects.toEqual(refusal('not_a_database'))
      })

      it('a store of a newer version, and leaves it alone', async () => {
        const place = await newPlace()
        await (await openWriter(place.location)).close()
        await engine.makeNewer(place)
        await expect(openWriter(place.location)).rejects.toEqual(refusal('newer_version'))
        await expect(openReader(place.location)).rejects.toEqual(refusal('newer_version'))
      })

      it('to write what is read-only, but reads it', async ({ skip }) => {
        const place = await newPlace()
        const writer = await openWriter(place.location)
        await writer.append(failures({}))
        await writer.close()
        const made = engine.makeReadOnly(place)
        if (made === null) return skip('a read-only place cannot be made on this machine')
        await made
        await expect(openWriter(place.location)).rejects.toEqual(refusal('read_only'))
        const reader = await read(place)
        expect((await reader.causes(EVERYTHING, NO_FILTER))[0]!.count).toBe(1)
        expect((await reader.sql('SELECT count(*) FROM incidents', 1, 20_000)).rows).toEqual([[1]])
      })

      it('a batch that finds no room, whole, and takes the same batch once there is', { timeout: 60_000 }, async ({
        skip,
      }) => {
        const place = await engine.crampedPlace()
        if (place === null) return skip('a small disk cannot be made on this machine')
        undo.push(() => place.remove())
        const writer = await write(place)
        const many = (n: number) =>
          batch({
            incidents: Array.from({ length: 500 }, (_, i) => ({
              incident: incident({
                host: `h${i % 9}`,
                request_id: `no-repetition-${n}-${i * 7919}`,
                message: `unique-${n}-${i}-`.repeat(9),
              }),
              added: [observation({ offset: n * 1000 + i })],
            })),
            streams: [stream({ offset: n })],
          })
        let n = 1
        let refused: unknown
        for (; n < 200 && refused === undefined; n++)
          await writer.append(many(n)).catch((error: unknown) => (refused = error))
        n--
        expect(refused).toEqual(refusal('disk_full'))
        await expect(writer.append(many(n))).rejects.toEqual(refusal('disk_full'))
        const reader = await read(place)
        expect((await reader.sources())[0]!.offset).toBe(n - 1)
        expect((await reader.causes(EVERYTHING, NO_FILTER))[0]!.count).toBe((n - 1) * 500)
        await place.relieve()
        await writer.append(many(n))
        expect((await reader.sources())[0]!.offset).toBe(n)
        expect((await reader.causes(EVERYTHING, NO_FILTER))[0]!.count).toBe(n * 500)
        expect(await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 1e6 })).toHaveLength(n * 500)
      })
    })

    describe('sql', () => {
      it('reads the documented tables', async () => {
        const { writer, reader } = await both()
        await writer.append(batch({ successes: [success({ host: 'api-1' })], streams: [stream()] }))
        await writer.append(
          failures({ host: 'api-1', why: ['it was 12 s late'], evidence: { exp_ms: START_MS - 12_000 } }),
        )
        const query = "SELECT host, cause, why, time_ms - exp_ms AS late_ms FROM incidents WHERE host = 'api-1'"
        expect(await reader.sql(query, 10, 20_000)).toEqual({
          columns: ['host', 'cause', 'why', 'late_ms'],
          rows: [['api-1', 'expiry', 'it was 12 s late', 12_000]],
          truncated: false,
        })
        const counts = await reader.sql(
          'SELECT outcome, sum(count) FROM rollups GROUP BY outcome ORDER BY 1',
          10,
          20_000,
        )
        expect(counts.rows).toEqual([
          ['failure', 1],
          ['success', 1],
        ])
      })

      it('stops at the row limit and says so', async () => {
        const { reader } = await both()
        const { rows, truncated } = await reader.sql('SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3', 2, 20_000)
        expect([rows, truncated]).toEqual([[[1], [2]], true])
      })

      it.each([
        'DELETE FROM incident',
        'WITH x AS (SELECT 1) DELETE FROM incident',
        '/* SELECT */ -- SELECT\n DROP TABLE incident',
        "ATTACH '/tmp/elsewhere.db' AS elsewhere",
        'PRAGMA writable_schema = ON',
        'VACUUM',
        'BEGIN',
      ])('refuses to write: %s', async (query) => {
        const { reader } = await both()
        await expect(reader.sql(query, 10, 20_000)).rejects.toMatchObject({ name: 'StoreRefusal', reason: 'read_only' })
      })

      it('says what is wrong with a wrong query', async () => {
        const { reader } = await both()
        await expect(reader.sql('SELECT x FROM nowhere', 10, 20_000)).rejects.toMatchObject({
          name: 'StoreRefusal',
          message: expect.stringContaining('nowhere'),
        })
      })

      it('stops a query that would run for ever', async () => {
        const { reader } = await both()
        const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'
        await expect(reader.sql(endless, 10, 300)).rejects.toMatchObject({ name: 'StoreRefusal' })
      })
    })
  })
}

interface CrashWriter {
  /** Settles with its first commit. */
  first: Promise<void>
  kill(): Promise<void>
}

function startCrashWriter(location: string): CrashWriter {
  const child = fork(CRASH_WRITER, [location], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const first = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('exit', () => reject(new Error('the crash writer ended by itself')))
  })
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  return { first, kill }
}

/** Lets the crash writer commit at least one batch, and kills it at a moment nobody chose. */
async function killDuringAppends(location: string, kill: number): Promise<void> {
  const writer = startCrashWriter(location)
  await writer.first
  await new Promise((resolve) => setTimeout(resolve, (kill * 7.3) % 90))
  await writer.kill()
}

async function expectTotals(reader: StoreReader, position: number): Promise<void> {
  const totals = totalsAfter(position)
  const kinds = Object.fromEntries(
    (await reader.kinds(EVERYTHING, NO_FILTER)).map(({ outcome, count }) => [outcome, count]),
  )
  expect(kinds).toEqual({ success: totals.successes, failure: totals.failures })
  const causes = await reader.causes(EVERYTHING, NO_FILTER)
  expect(causes.find(({ cause }) => cause === 'skew')?.count ?? 0).toBe(totals.skew)
  const incidents = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 1e6 })
  expect(incidents).toHaveLength(totals.failures)
  expect(incidents.filter(({ cause }) => cause === 'skew')).toHaveLength(totals.skew)
  expect(incidents.reduce((sum, { observations }) => sum + observations, 0)).toBe(totals.observations)
  const hosts = await reader.dimension('host', EVERYTHING, NO_FILTER, 1000)
  expect(hosts.reduce((sum, { failures: count }) => sum + count, 0)).toBe(totals.failures)
  const groups = await reader.unrecognised(100)
  expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(position)
  expect((await reader.sources())[0]).toMatchObject({ stream: STREAM, offset: position })
}

/** A history in few values, so that they meet often: successes, new incidents and revisions over two days. */
const someWhere = fc.record(
  {
    host: fc.constantFrom('a', 'b', 'c'),
    service: fc.constantFrom('s', 't'),
    client_id: fc.constantFrom('web', 'app'),
    issuer: fc.constantFrom('i', 'j'),
  },
  { requiredKeys: [] },
)
const someTime = fc.integer({ min: 0, max: 2 * DAY_MS }).map((ms) => START_MS + ms)
const someVerdict = fc.constantFrom(...Object.keys(CAUSES).map((cause) => cause as Cause)).chain((cause) =>
  fc.record({
    cause: fc.constant(cause),
    subcause: fc.constantFrom(...(CAUSES[cause] as readonly Subcause[]).slice(0, 2)),
  }),
)
const someKind = fc.constantFrom('validation' as const, 'issuance' as const)
const someSystem = fc.constantFrom('jose', 'nginx')
const change = fc.record({
  where: someWhere,
  time_ms: someTime,
  verdict: someVerdict,
  kind: someKind,
  system: someSystem,
  /** Which known incident it revises; larger numbers make a new one. */
  revises: fc.integer({ min: 0, max: 60 }),
})
const history = fc.array(
  fc.record({
    successes: fc.array(fc.record({ where: someWhere, time_ms: someTime, kind: someKind, system: someSystem }), {
      maxLength: 20,
    }),
    changes: fc.array(change, { maxLength: 15 }),
    reopen: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
)
type Histories = typeof history extends fc.Arbitrary<infer T> ? T : never

const someValues: Record<string, string[]> = {
  cause: ['expiry', 'skew', 'unknown', 'no-such'],
  subcause: ['access_token', 'not_yet_valid', 'unspecified'],
  kind: ['validation', 'issuance'],
  host: ['a', 'b', '', 'no-such'],
  service: ['s', ''],
  client_id: ['web', 'app', ''],
  issuer: ['i', ''],
  system: ['jose', 'nginx'],
}
const conditions = fc.record(
  Object.fromEntries(FILTER_FIELDS.map((field) => [field, fc.subarray(someValues[field]!, { minLength: 1 })])),
  { requiredKeys: [] },
)
const sparse = fc
  .tuple(conditions, fc.subarray([...FILTER_FIELDS], { maxLength: 2 }))
  .map(([all, kept]) => Object.fromEntries(Object.entries(all).filter(([field]) => kept.includes(field as never))))
const question = fc.record({
  filter: fc.record({ include: sparse, exclude: sparse }),
  from_minutes: fc.integer({ min: -10, max: 2 * 1440 }),
  minutes: fc.integer({ min: 0, max: 2 * 1440 + 20 }),
  step_minutes: fc.constantFrom(1, 7, 60, 90, 480, 1440),
})
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never

interface Recorded {
  kind: string
  outcome: string
  cause: string
  subcause: string
  host: string
  service: string
  client_id: string
  issuer: string
  system: string
  time_ms: number
}

/** Writes a history and gives what it should amount to. */
async function replay(place: StorePlace, batches: Histories): Promise<Recorded[]> {
  const successes: Recorded[] = []
  const known: Recorded[] = []
  let writer = await openWriter(place.location)
  try {
    for (const { successes: events, changes, reopen } of batches) {
      const added: { id?: string; incident: GivenIncident; added: [] }[] = []
      const fresh: Recorded[] = []
      for (const { where, time_ms, verdict, kind, system, revises } of changes) {
        const number = revises < known.length ? revises : known.length + fresh.length
        const given = incident({ ...where, ...verdict, time_ms, kind, system, request_id: `n${number}` })
        const recorded = record({ ...given, outcome: 'failure' })
        if (revises < known.length) {
          const found = await writer.neighbours([
            { request_id: `n${revises}`, from_ms: 0, to_ms: START_MS + 9 * DAY_MS, by_time: false },
          ])
          added.push({ id: found[0]![0]!.incident.id, incident: given, added: [] })
          known[revises] = recorded
        } else {
          added.push({ incident: given, added: [] })
          fresh.push(recorded)
        }
      }
      known.push(...fresh)
      successes.push(...events.map(({ where, ...event }) => record({ ...where, ...event, outcome: 'success' })))
      await writer.append(
        batch({ incidents: added, successes: events.map(({ where, ...event }) => success({ ...event, ...where })) }),
      )
      if (reopen) {
        await writer.close()
        writer = await openWriter(place.location)
      }
    }
  } finally {
    await writer.close()
  }
  return [...successes, ...known]
}

function record(of: Partial<Record<keyof Recorded, string | number | null>>): Recorded {
  const text = (field: keyof Recorded) => String(of[field] ?? '')
  return {
    kind: text('kind'),
    outcome: text('outcome'),
    cause: text('cause'),
    subcause: text('subcause'),
    host: text('host'),
    service: text('service'),
    client_id: text('client_id'),
    issuer: text('issuer'),
    system: text('system'),
    time_ms: Number(of.time_ms),
  }
}

async function compare(reader: StoreReader, model: readonly Recorded[], asked: Question): Promise<void> {
  const range = {
    from_ms: START_MS + asked.from_minutes * MINUTE_MS,
    to_ms: START_MS + (asked.from_minutes + asked.minutes) * MINUTE_MS,
  }
  const { include, exclude } = asked.filter as Filter
  const passing = model.filter(
    (each) =>
      each.time_ms >= range.from_ms &&
      each.time_ms < range.to_ms &&
      FILTER_FIELDS.every(
        (field) => include[field]?.includes(each[field]) !== false && !exclude[field]?.includes(each[field]),
      ),
  )
  const failed = passing.filter(({ outcome }) => outcome === 'failure')
  const step_ms = asked.step_minutes * MINUTE_MS
  const start = (each: Recorded) => Math.floor(each.time_ms / step_ms) * step_ms
  const filter = asked.filter as Filter

  const kinds = await reader.kinds(range, filter)
  expect(tally(kinds.map(({ kind, outcome, count }) => [`${kind}/${outcome}`, count]))).toEqual(
    tally(passing.map(({ kind, outcome }) => [`${kind}/${outcome}`, 1])),
  )
  const causes = await reader.causes(range, filter)
  expect(tally(causes.map(({ cause, subcause, count }) => [`${cause}/${subcause}`, count]))).toEqual(
    tally(failed.map(({ cause, subcause }) => [`${cause}/${subcause}`, 1])),
  )
  const byCause = await reader.series(range, step_ms, 'cause', filter)
  expect(tally(byCause.map(({ start_ms, key, count }) => [`${start_ms} ${key}`, count]))).toEqual(
    tally(failed.map((each) => [`${start(each)} ${each.cause}`, 1])),
  )
  const byKind = await reader.series(range, step_ms, 'kind', filter)
  expect(tally(byKind.map(({ start_ms, key, count }) => [`${start_ms} ${key}`, count]))).toEqual(
    tally(passing.map((each) => [`${start(each)} ${each.kind}/${each.outcome}`, 1])),
  )
  for (const dimension of DIMENSIONS) {
    const rows = await reader.dimension(dimension, range, filter, 100)
    expect(tally(rows.map(({ value, failures: count }) => [value, count]))).toEqual(
      tally(failed.map((each) => [each[dimension], 1])),
    )
    expect(tally(rows.map(({ value, successes }) => [value, successes]))).toEqual(
      tally(passing.filter(({ outcome }) => outcome === 'success').map((each) => [each[dimension], 1])),
    )
  }
  const listed = await reader.incidents({ range, filter, limit: 1000 })
  expect(tally(listed.map((each) => [JSON.stringify(record({ ...each, outcome: 'failure' })), 1]))).toEqual(
    tally(failed.map((each) => [JSON.stringify(each), 1])),
  )
}

/** Sums per key, without the zeros. */
function tally(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [key, count] of entries) if (count !== 0) sums[key] = (sums[key] ?? 0) + count
  return sums
}
