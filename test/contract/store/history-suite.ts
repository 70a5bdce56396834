/** The history part of the store's contract: what is remembered, in any order, how long; and incidents that become one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_FILTER } from '../../../src/core/filter.ts'
import type { HistoryFact } from '../../../src/core/history.ts'
import type { StoreReader } from '../../../src/core/ports/store.ts'
import { freshStores } from './fresh-stores.ts'
import { batch, DAY_MS, EVERYTHING, failures, HOUR_MS, incident, observation, START_MS, success } from './made-up.ts'
import type { StoreEngine } from './store-engine.ts'

const POLICY = { detail_days: 35, rollup_days: 400 }

export function describeHistory(engine: StoreEngine): void {
  describe(`the history of a store on ${engine.name}`, () => {
    const open = freshStores(engine)

    const fact = (differences: Partial<HistoryFact> = {}): HistoryFact => ({
      party: 'token',
      key: 'jwt:3fa9c1d2e4b5a697',
      deed: 'issued',
      host: 'auth-1',
      detail: 'web',
      first_ms: START_MS,
      last_ms: START_MS,
      count: 1,
      ...differences,
    })
    const ask = async (store: Pick<StoreReader, 'history'>, { party, key }: HistoryFact = fact()) =>
      (await store.history([{ party, key, from_ms: START_MS, to_ms: START_MS }]))[0]!

    it('answers with what was appended, word for word, and knows nothing of others', async () => {
      const { writer, reader } = await open()
      const issued = fact({ iat_ms: START_MS - 1000, exp_ms: START_MS + 299_000 })
      await writer.append(batch({ history: [issued] }))
      expect(await ask(writer)).toEqual([issued])
      expect(await ask(reader)).toEqual([issued])
      expect(await ask(writer, fact({ key: 'jwt:0000000000000000' }))).toEqual([])
      expect(await ask(writer, fact({ party: 'session' }))).toEqual([])
    })

    it('merges what is said of one identity in any order and any cut into batches', async () => {
      const times = fc.array(fc.integer({ min: 0, max: 50_000 }), { minLength: 1, maxLength: 12 })
      await fc.assert(
        fc.asyncProperty(times, fc.integer({ min: 1, max: 4 }), async (offsets, size) => {
          const { writer } = await open()
          const facts = offsets.map((ms) =>
            fact({
              party: 'client',
              key: 'web',
              first_ms: START_MS + ms,
              last_ms: START_MS + ms,
              exp_ms: START_MS + 2 * ms,
            }),
          )
          for (let i = 0; i < facts.length; i += size) await writer.append(batch({ history: facts.slice(i, i + size) }))
          const [first_ms, last_ms] = [Math.min(...offsets), Math.max(...offsets)].map((ms) => START_MS + ms)
          expect(await ask(writer, facts[0])).toEqual([
            { ...facts[0], first_ms, last_ms, count: offsets.length, exp_ms: START_MS + 2 * Math.max(...offsets) },
          ])
        }),
        { numRuns: 15 },
      )
    })

    it('keeps apart what happened in different slots, at different hosts and to different clients', async () => {
      const { writer } = await open()
      const slotted = (differences: Partial<HistoryFact>) => fact({ party: 'host', key: 'orders-1', ...differences })
      const later = { first_ms: START_MS + HOUR_MS, last_ms: START_MS + HOUR_MS }
      await writer.append(
        batch({ history: [slotted({}), slotted({ detail: 'batch' }), slotted({ deed: 'accepted' }), slotted(later)] }),
      )
      expect(await ask(writer, slotted({}))).toHaveLength(3)
      const [whole] = await writer.history([
        { party: 'host', key: 'orders-1', from_ms: START_MS, to_ms: START_MS + HOUR_MS },
      ])
      expect(whole).toHaveLength(4)
      expect(whole![0]!.first_ms).toBe(START_MS + HOUR_MS)
    })

    it('answers many questions at once as it answers each alone, also where there is more than an answer may hold', async () => {
      const { writer } = await open()
      const minutes = Array.from({ length: 700 }, (_, minute) => START_MS + minute * 60_000)
      await writer.append(
        batch({
          history: minutes.flatMap((first_ms) => [
            fact({ party: 'client', key: 'web', first_ms, last_ms: first_ms }),
            fact({ party: 'host', key: 'orders-1', first_ms, last_ms: first_ms + 5 }),
          ]),
        }),
      )
      const minute = fc.integer({ min: -20, max: 720 })
      const question = fc.record({ party: fc.constantFrom('client', 'host'), start: minute, length: minute })
      await fc.assert(
        fc.asyncProperty(fc.array(question, { maxLength: 8 }), async (drawn) => {
          const questions = drawn.map(({ party, start, length }) => ({
            party: party as HistoryFact['party'],
            key: party === 'client' ? 'web' : 'orders-1',
            from_ms: START_MS + start * 60_000,
            to_ms: START_MS + (start + Math.max(length, 0)) * 60_000,
          }))
          const alone: HistoryFact[][] = []
          for (const one of questions) alone.push((await writer.history([one]))[0]!)
          expect(await writer.history(questions)).toEqual(alone)
        }),
        { numRuns: 40 },
      )
    })

    it('forgets a token some time after its expiry, but not one that was refused, nor what the data has not outlived', async () => {
      const { writer } = await open()
      const gone = fact({ key: 'jwt:00000000000000aa', exp_ms: START_MS + 300_000 })
      const refused = fact({ key: 'jwt:00000000000000bb', exp_ms: START_MS + 300_000 })
      await writer.append(batch({ history: [gone, refused, { ...refused, deed: 'access_token', host: 'orders-1' }] }))
      const retain = async (now_ms: number) => {
        while (await writer.retain(POLICY, now_ms));
      }
      await retain(START_MS + 30 * DAY_MS)
      expect(await ask(writer, gone)).toHaveLength(1)
      await writer.append(batch({ successes: [success({ time_ms: START_MS + 3 * DAY_MS })] }))
      await retain(START_MS + 30 * DAY_MS)
      expect(await ask(writer, gone)).toEqual([])
      expect(await ask(writer, refused)).toHaveLength(2)
    })

    it('lists incidents oldest first, page by page, with what speaks of them', async () => {
      const { writer } = await open()
      const times = [5, 1, 1, 3, 9]
      await writer.append(failures(...times.map((ms) => ({ time_ms: START_MS + ms }))))
      const seen: number[] = []
      let after: { time_ms: number; id: string } | undefined
      for (;;) {
        const page = await writer.page({ from_ms: START_MS, to_ms: START_MS + 9, limit: 2, ...(after && { after }) })
        if (page.length === 0) break
        for (const { incident } of page) seen.push(incident.time_ms - START_MS)
        const { time_ms, id } = page.at(-1)!.incident
        after = { time_ms, id }
      }
      expect(seen).toEqual([1, 1, 3, 5])
    })

    it('makes one incident of two: records move, counts fall by one, ids still find it', async () => {
      const { writer, reader } = await open()
      const bare = { cause: 'unknown', subcause: 'unspecified', request_id: 'gateway-17', host: 'gw-1' } as const
      const spoken = [
        observation({ offset: 1 }),
        observation({ offset: 2, stream: '00000000000000b2', time_ms: START_MS + 5 }),
      ]
      await writer.append(
        batch({
          incidents: [
            { incident: incident({ host: 'orders-1' }), added: [spoken[0]!] },
            { incident: incident(bare), added: [spoken[1]!] },
          ],
        }),
      )
      const [kept, other] = await writer.page({ from_ms: 0, to_ms: EVERYTHING.to_ms, limit: 10 })
      const { id } = kept!.incident
      const change = {
        id,
        absorbs: [other!.incident.id],
        incident: incident({ host: 'orders-1', other_request_ids: ['gateway-17'] }),
        added: [],
      }
      await writer.append(batch({ incidents: [change] }))
      await writer.append(batch({ incidents: [change] }))
      const [only, ...rest] = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 10 })
      expect(rest).toEqual([])
      expect(only).toMatchObject({ id, observations: 2, other_request_ids: ['gateway-17'] })
      expect(await reader.observations(id)).toEqual(spoken)
      expect((await reader.causes(EVERYTHING, NO_FILTER)).map(({ count }) => count)).toEqual([1])
      const around = { from_ms: START_MS - 1000, to_ms: START_MS + 1000, by_time: false }
      const [found] = await writer.neighbours([{ ...around, request_id: 'gateway-17' }])
      expect(found!.map((one) => one.incident.id)).toEqual([id])
    })
  })
}
