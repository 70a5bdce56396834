/** The questions that reports ask a store, executed against any engine; part of the contract in core/ports/store.ts. */
import { describe, expect, it } from 'vitest'
import { NO_FILTER } from '../../../src/core/filter.ts'
import type { HistoryFact } from '../../../src/core/history.ts'
import type { Incident } from '../../../src/core/incident.ts'
import { freshStores } from './fresh-stores.ts'
import { batch, DAY_MS, EVERYTHING, failures, HOUR_MS, incident, MINUTE_MS, START_MS, success } from './made-up.ts'
import type { StoreEngine } from './store-engine.ts'

const QUARTER_MS = 15 * MINUTE_MS

export function describeReportQuestions(engine: StoreEngine): void {
  describe(`what reports ask a store on ${engine.name}`, () => {
    const both = freshStores(engine)

    it('is nothing in an empty store', async () => {
      const { reader } = await both()
      expect(await reader.dimensionSeries('host', EVERYTHING, DAY_MS, NO_FILTER)).toEqual([])
      expect(await reader.lastOutcomes('host', EVERYTHING, NO_FILTER)).toEqual([])
      expect(await reader.signatures(EVERYTHING)).toEqual([])
      expect(await reader.failedSubjects(EVERYTHING)).toEqual({ count: 0, at_least: false })
      expect(await reader.unrecognisedCount(EVERYTHING)).toBe(0)
      expect(await reader.historyOf('keys', EVERYTHING, 10)).toEqual([])
      expect(await reader.tokenUses(EVERYTHING, 10)).toEqual({ uses: [], one_in: 1 })
      expect(await reader.limits()).toEqual({ detail_from_ms: null, reached: [] })
    })

    it('gives the values of a dimension over time, with both outcomes', async () => {
      const { writer, reader } = await both()
      const midnight = START_MS + HOUR_MS + 2 * MINUTE_MS
      await writer.append(
        batch({
          successes: [success({ host: 'a' }), success({ host: 'b', time_ms: midnight })],
          incidents: [START_MS, START_MS + 1, midnight].map((time_ms) => ({
            incident: incident({ host: 'a', time_ms }),
            added: [],
          })),
        }),
      )
      expect(await reader.dimensionSeries('host', EVERYTHING, DAY_MS, NO_FILTER)).toEqual([
        { start_ms: midnight - DAY_MS, value: 'a', successes: 1, failures: 2 },
        { start_ms: midnight, value: 'a', successes: 0, failures: 1 },
        { start_ms: midnight, value: 'b', successes: 1, failures: 0 },
      ])
      const before = { from_ms: 0, to_ms: midnight }
      expect(await reader.dimensionSeries('host', before, DAY_MS, NO_FILTER)).toHaveLength(1)
      await expect(reader.dimensionSeries('host', EVERYTHING, 1000, NO_FILTER)).rejects.toThrow(RangeError)
    })

    it('knows the hour of the last success and the last failure of each value', async () => {
      const { writer, reader } = await both()
      const hour = START_MS - 58 * MINUTE_MS
      await writer.append(
        batch({
          successes: [success({ client_id: 'web' }), success({ client_id: 'web', time_ms: START_MS + 2 * HOUR_MS })],
          incidents: [
            { incident: incident({ client_id: 'web' }), added: [] },
            { incident: incident({ client_id: 'batch', time_ms: START_MS + HOUR_MS }), added: [] },
          ],
        }),
      )
      expect(await reader.lastOutcomes('client_id', EVERYTHING, NO_FILTER)).toEqual([
        { value: 'batch', last_success_ms: null, last_failure_ms: hour + HOUR_MS },
        { value: 'web', last_success_ms: hour + 2 * HOUR_MS, last_failure_ms: hour },
      ])
    })

    it('knows it also of values that were last met weeks before the others, and of what no record named', async () => {
      const { writer, reader } = await both()
      const hour = START_MS - 58 * MINUTE_MS
      const rare = { ...incident({ host: 'rare' }), time_ms: START_MS - 30 * DAY_MS }
      const { client_id: _, ...nameless } = rare
      await writer.append(
        batch({
          successes: [0, 1, 9, 17].map((days) => success({ client_id: 'web', time_ms: START_MS - days * DAY_MS })),
          incidents: [
            { incident: { ...rare, client_id: 'old' }, added: [] },
            { incident: { ...nameless, time_ms: START_MS - 3 * DAY_MS }, added: [] },
            { incident: incident({ client_id: 'web', time_ms: START_MS - 12 * DAY_MS }), added: [] },
            { incident: incident({ client_id: 'web', time_ms: START_MS - 20 * DAY_MS }), added: [] },
          ],
        }),
      )
      const nobody = { value: '', last_success_ms: null, last_failure_ms: hour - 3 * DAY_MS }
      const old = { value: 'old', last_success_ms: null, last_failure_ms: hour - 30 * DAY_MS }
      const web = { value: 'web', last_success_ms: hour, last_failure_ms: hour - 12 * DAY_MS }
      expect(await reader.lastOutcomes('client_id', EVERYTHING, NO_FILTER)).toEqual([nobody, old, web])
      const but = { include: {}, exclude: { host: ['rare'] } }
      expect(await reader.lastOutcomes('client_id', EVERYTHING, but)).toEqual([web])
      const before = { from_ms: 0, to_ms: START_MS - 18 * DAY_MS }
      expect(await reader.lastOutcomes('client_id', before, NO_FILTER)).toEqual([
        old,
        { value: 'web', last_success_ms: null, last_failure_ms: hour - 20 * DAY_MS },
      ])
    })

    it('gives all that is known of one kind of party in a range, latest first', async () => {
      const { writer, reader } = await both()
      const fact = (difference: Partial<HistoryFact>): HistoryFact => ({
        party: 'keys',
        key: 'https://id',
        deed: 'accepted',
        host: 'api',
        detail: 'k1',
        first_ms: START_MS,
        last_ms: START_MS,
        count: 1,
        ...difference,
      })
      const facts = [
        fact({}),
        fact({ detail: 'k2', first_ms: START_MS + HOUR_MS, last_ms: START_MS + 2 * HOUR_MS, count: 4 }),
        fact({ key: 'https://other', first_ms: START_MS + DAY_MS, last_ms: START_MS + DAY_MS }),
        fact({ party: 'form', deed: 'alg RS256', host: '', detail: 'web' }),
      ]
      await writer.append(batch({ history: facts }))
      const day = { from_ms: START_MS, to_ms: START_MS + 3 * HOUR_MS }
      expect(await reader.historyOf('keys', EVERYTHING, 10)).toEqual([facts[2], facts[1], facts[0]])
      expect(await reader.historyOf('keys', day, 10)).toEqual([facts[1], facts[0]])
      expect(await reader.historyOf('keys', EVERYTHING, 1)).toEqual([facts[2]])
      expect(await reader.historyOf('form', day, 10)).toEqual([facts[3]])
    })

    it('gives a sample of the successes that state instants of their token', async () => {
      const { writer, reader } = await both()
      const timed = (time_ms: number, client_id: string) =>
        success({
          time_ms,
          client_id,
          issuer: 'https://id',
          host: 'api',
          token: `jwt:${time_ms}`,
          evidence: { iat_ms: time_ms - 5000, exp_ms: time_ms + 1000 },
        })
      const successes = Array.from({ length: 200 }, (_, i) => timed(START_MS + i * MINUTE_MS, `c${i % 2}`))
      await writer.append(
        batch({ successes: [...successes, success({ time_ms: START_MS, host: 'b', trace_id: 'a'.repeat(32) })] }),
      )
      const all = await reader.tokenUses(EVERYTHING, 1000)
      expect(all.one_in).toBe(1)
      expect(all.uses).toHaveLength(200)
      expect(all.uses[0]).toEqual({
        kind: 'validation',
        client_id: 'c0',
        issuer: 'https://id',
        time_ms: START_MS,
        iat_ms: START_MS - 5000,
        exp_ms: START_MS + 1000,
      })
      const some = await reader.tokenUses(EVERYTHING, 40)
      expect(some.one_in).toBe(5)
      expect(some.uses.length).toBeGreaterThan(10)
      expect(some.uses.length).toBeLessThan(100)
      expect(
        (await reader.tokenUses({ from_ms: START_MS + HOUR_MS, to_ms: START_MS + 2 * HOUR_MS }, 1000)).uses,
      ).toHaveLength(60)
    })

    it('gives a success that it keeps for two reasons once', async () => {
      const { writer, reader } = await both()
      const successes = Array.from({ length: 20 }, (_, i) =>
        success({
          time_ms: START_MS + i * MINUTE_MS,
          host: 'api',
          token: `jwt:${i}`,
          request_id: `request-${i}`,
          evidence: { iat_ms: START_MS, exp_ms: START_MS + HOUR_MS },
        }),
      )
      await writer.append(batch({ successes }))
      expect((await reader.tokenUses(EVERYTHING, 1000)).uses).toHaveLength(20)
    })

    it('counts failures per signature and confidence, most frequent first, to the quarter of an hour', async () => {
      const { writer, reader } = await both()
      const other = { signature: 'jose/expired', system: 'jose', symptom: 'exp' }
      await writer.append(
        failures({}, {}, { confidence: 'certain' }, { ...other }, { ...other, time_ms: START_MS + QUARTER_MS }),
      )
      const row = { signature: 'jsonwebtoken/expired', system: 'jsonwebtoken', symptom: 'jwt expired' }
      expect(await reader.signatures(EVERYTHING)).toEqual([
        { ...other, confidence: 'likely', count: 2 },
        { ...row, confidence: 'likely', count: 2 },
        { ...row, confidence: 'certain', count: 1 },
      ])
      const quarter = { from_ms: START_MS + QUARTER_MS, to_ms: EVERYTHING.to_ms }
      expect(await reader.signatures(quarter)).toEqual([{ ...other, confidence: 'likely', count: 1 }])
    })

    it('moves the count of a signature with a revision, in time and by name', async () => {
      const { writer, reader } = await both()
      await writer.append(failures({}))
      const [{ id }] = (await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 1 })) as [Incident]
      const later = START_MS + DAY_MS
      await writer.append(
        batch({
          incidents: [
            { id, incident: incident({ time_ms: later, signature: 'nginx/401', system: 'nginx' }), added: [] },
          ],
        }),
      )
      expect(await reader.signatures({ from_ms: 0, to_ms: later - HOUR_MS })).toEqual([])
      expect(await reader.signatures(EVERYTHING)).toEqual([
        { signature: 'nginx/401', system: 'nginx', symptom: 'jwt expired', confidence: 'likely', count: 1 },
      ])
    })

    it('counts each failing subject once, however often and over whatever time it fails', async () => {
      const { writer, reader } = await both()
      const times = [START_MS, START_MS + QUARTER_MS, START_MS + 3 * DAY_MS]
      for (const time_ms of times) {
        await writer.append(
          failures({ time_ms, subject: 'sub:00000000000000aa' }, { time_ms, subject: 'sub:00000000000000bb' }, {}),
        )
      }
      await writer.append(failures({ subject: 'sub:00000000000000cc', time_ms: START_MS + DAY_MS }))
      expect(await reader.failedSubjects(EVERYTHING)).toEqual({ count: 3, at_least: false })
      expect(await reader.failedSubjects({ from_ms: START_MS, to_ms: START_MS + HOUR_MS })).toEqual({
        count: 2,
        at_least: false,
      })
    })

    it('says "at least" when more subjects fail than it keeps, and counts what it left out', async () => {
      const { writer, reader } = await both()
      await writer.append(failures(...Array.from({ length: 3000 }, (_, i) => ({ subject: `made-up-${i}` }))))
      const { count, at_least } = await reader.failedSubjects(EVERYTHING)
      expect(at_least).toBe(true)
      expect(count).toBeGreaterThanOrEqual(500)
      expect(count).toBeLessThan(3000)
      expect((await reader.limits()).reached).toEqual([{ name: 'affected_subjects', count: 3000 - count }])
    })

    it('counts unrecognised records in the range', async () => {
      const { writer, reader } = await both()
      const record = (time_ms: number) => ({ template: 't', system: 'app', sample: 's', time_ms, stream: 'x' })
      await writer.append(batch({ unrecognised: [record(START_MS), record(START_MS + 1), record(START_MS + DAY_MS)] }))
      expect(await reader.unrecognisedCount(EVERYTHING)).toBe(3)
      expect(await reader.unrecognisedCount({ from_ms: START_MS - HOUR_MS, to_ms: START_MS + HOUR_MS })).toBe(2)
    })

    it('drops these figures with the incidents and says from when on detail is left', async () => {
      const { writer, reader } = await both()
      const now_ms = START_MS + 20 * DAY_MS
      const record = { template: 't', system: 'app', sample: 's', time_ms: START_MS, stream: 'x' }
      await writer.append(batch({ unrecognised: [record] }))
      await writer.append(failures({ subject: 'sub:00000000000000aa' }, { time_ms: now_ms }))
      while (await writer.retain({ detail_days: 2, rollup_days: 100 }, now_ms));
      expect(await reader.signatures(EVERYTHING)).toMatchObject([{ count: 1 }])
      expect(await reader.failedSubjects(EVERYTHING)).toEqual({ count: 0, at_least: false })
      expect(await reader.unrecognisedCount(EVERYTHING)).toBe(0)
      expect((await reader.limits()).detail_from_ms).toBe(Math.floor((now_ms - 2 * DAY_MS) / HOUR_MS) * HOUR_MS)
    })
  })
}
