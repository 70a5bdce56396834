/** What alerting keeps in a store and asks of it, executed against any engine; part of core/ports/alert-store.ts. */

import { describe, expect, it } from 'vitest'
import type { Alert } from '../../../src/core/alert.ts'
import { NO_FILTER } from '../../../src/core/filter.ts'
import { openDesk } from '../../../src/store/index.ts'
import { freshStores } from './fresh-stores.ts'
import { batch, EVERYTHING, failures, HOUR_MS, incident, MINUTE_MS, START_MS, success } from './made-up.ts'
import type { StoreEngine } from './store-engine.ts'

export function alert(differences: Partial<Alert> = {}): Alert {
  return {
    id: 'a1',
    rule: 'skew_spike',
    severity: 'critical',
    labels: { host: 'api-1' },
    state: 'firing',
    started_ms: START_MS,
    fired_ms: START_MS + 5,
    resolved_ms: null,
    peak: 3.5,
    summary: 'api-1 is 5 s ahead',
    why: ['one', 'two'],
    fix: ['chronyc'],
    command: 'authtop failures --host api-1',
    acknowledged_ms: null,
    ...differences,
  }
}

export function describeAlertQuestions(engine: StoreEngine): void {
  describe(`what alerting keeps in a store on ${engine.name}`, () => {
    const both = freshStores(engine)
    const delivery = (dedupe: string) => ({ sink: 'hook', dedupe, body: '{}', created_ms: START_MS })

    it('is nothing in an empty store', async () => {
      const { writer, reader } = await both()
      expect(await reader.alerts(EVERYTHING, 10)).toEqual([])
      expect(await reader.silences(0)).toEqual([])
      expect(await reader.failureRows(EVERYTHING, null, 10)).toEqual([])
      expect(await reader.activity(EVERYTHING, MINUTE_MS)).toEqual([])
      expect(await reader.waiting()).toEqual([])
      expect(await writer.alertState('engine')).toBeNull()
      expect(await writer.due(START_MS, 10)).toEqual([])
    })

    it('gives alerts back whole, the newest start first, and only those alive in the range', async () => {
      const { writer, reader } = await both()
      const over = alert({
        id: 'a0',
        state: 'resolved',
        started_ms: START_MS - HOUR_MS,
        resolved_ms: START_MS - 60_000,
      })
      await writer.saveAlerts({ alerts: [over, alert()], state: { engine: 'x' }, deliveries: [] })
      expect(await reader.alerts(EVERYTHING, 10)).toEqual([alert(), over])
      expect(await reader.alerts({ from_ms: START_MS, to_ms: START_MS + 1 }, 10)).toEqual([alert()])
      expect(await reader.alerts(EVERYTHING, 1)).toEqual([alert()])
      await writer.saveAlerts({ alerts: [alert({ peak: 9 })], state: { engine: 'y' }, deliveries: [] })
      expect((await reader.alerts(EVERYTHING, 10))[0]).toEqual(alert({ peak: 9 }))
      expect(await writer.alertState('engine')).toBe('y')
    })

    it('hands out each delivery until it is settled, and takes the same notice only once', async () => {
      const { writer, reader } = await both()
      await writer.saveAlerts({
        alerts: [],
        state: {},
        deliveries: [delivery('one'), delivery('two'), delivery('one')],
      })
      const [one, two] = await writer.due(START_MS, 10)
      expect(await writer.due(START_MS, 10)).toHaveLength(2)
      expect(await writer.due(START_MS - 1, 10)).toEqual([])
      expect(one).toEqual({ id: one!.id, ...delivery('one'), attempts: 0, next_ms: START_MS, error: null })
      await writer.settle([
        { id: one!.id, done: true },
        { id: two!.id, done: false, next_ms: START_MS + 1000, error: '503' },
      ])
      expect(await writer.due(START_MS, 10)).toEqual([])
      expect(await reader.waiting()).toEqual([{ sink: 'hook', count: 1, oldest_ms: START_MS, error: '503' }])
      expect(await writer.due(START_MS + 1000, 10)).toMatchObject([{ dedupe: 'two', attempts: 1, error: '503' }])
      await writer.saveAlerts({ alerts: [], state: {}, deliveries: [delivery('one')] })
      expect(await writer.due(START_MS + 500, 10)).toEqual([])
    })

    it('lets people silence and acknowledge while the writer is open', async () => {
      const { place, writer, reader, atEnd } = await both()
      await writer.saveAlerts({ alerts: [alert()], state: {}, deliveries: [] })
      const desk = await openDesk(place.location)
      atEnd(() => desk.close())
      const silence = { id: 's1', matchers: { host: 'api-1' }, from_ms: 10, to_ms: START_MS, comment: 'works' }
      await desk.silence(silence)
      expect(await reader.silences(0)).toEqual([silence])
      expect(await reader.silences(START_MS)).toEqual([])
      expect(await desk.unsilence('s1', 50)).toBe(true)
      expect(await desk.unsilence('s1', 50)).toBe(false)
      expect(await reader.silences(49)).toEqual([{ ...silence, to_ms: 50 }])
      expect(await desk.acknowledge('a1', 77)).toBe(true)
      expect(await desk.acknowledge('nobody', 77)).toBe(false)
      await writer.saveAlerts({ alerts: [alert({ peak: 4 })], state: {}, deliveries: [] })
      expect(await reader.alerts(EVERYTHING, 10)).toEqual([alert({ peak: 4, acknowledged_ms: 77 })])
    })

    it('gives failures to rules in order of time, page by page, with when they arrived and what they prove', async () => {
      const { writer, reader } = await both()
      const clock_proof = { kind: 'received_before_expiry', offset_ms: -5_201, mover: 'issuer' } as const
      await writer.append(
        failures(
          {
            time_ms: START_MS + 2,
            host: 'b',
            token: 'jwt:3fa9c1d2e4b5a697',
            received_collector_ms: START_MS + 9,
            clock_proof,
          },
          { time_ms: START_MS + 1, host: 'a', issuer: 'i', client_id: 'c', service: 's' },
          { time_ms: START_MS + 2, host: 'c' },
        ),
      )
      const rows = await reader.failureRows(EVERYTHING, null, 10)
      expect(rows.map((r) => r.host)).toEqual(['a', 'b', 'c'])
      expect(rows[0]).toEqual({
        id: rows[0]!.id,
        time_ms: START_MS + 1,
        received_collector_ms: null,
        cause: 'expiry',
        subcause: 'access_token',
        confidence: 'likely',
        host: 'a',
        service: 's',
        client_id: 'c',
        issuer: 'i',
        proof: null,
      })
      expect(rows[1]).toMatchObject({
        received_collector_ms: START_MS + 9,
        token: 'jwt:3fa9c1d2e4b5a697',
        proof: clock_proof,
      })
      expect(await reader.failureRows(EVERYTHING, rows[1]!, 10)).toEqual([rows[2]])
      expect(await reader.failureRows(EVERYTHING, null, 1)).toEqual([rows[0]])
      expect((await reader.failureRowsSince(0, 10)).map((r) => r.host)).toEqual(['b', 'a', 'c'])
      const [first] = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 10 })
      expect((await reader.incident(String(rows[1]!.id)))?.clock_proof).toEqual(clock_proof)
      expect(first?.host).toBe('c')
    })

    it('gives back what was seen of the sources step by step', async () => {
      const { writer, reader } = await both()
      const step = (start_ms: number, records: number) => ({
        start_ms,
        sources: [
          { name: '/var/log/a.log', records, recognised: 3 },
          { name: '/var/log/b.log', records: 0, recognised: 0 },
        ],
        templates: [{ system: 'portal', template: 'login went <n> wrong', count: 2 }],
        time_services: [{ host: 'a', by: 'chrony', offset_s: -0.25, error_s: null, synchronised: true }],
      })
      const bare = { start_ms: START_MS + 600_000, sources: [], templates: [], time_services: [] }
      const save = (watched: Parameters<typeof writer.saveAlerts>[0]['watched']) =>
        writer.saveAlerts({ alerts: [], state: {}, deliveries: [], ...(watched && { watched }) })
      await save([step(START_MS, 5), bare])
      await save([step(START_MS, 7)])
      expect(await reader.watchSteps(EVERYTHING)).toEqual([step(START_MS, 7), bare])
      expect(await reader.watchSteps({ from_ms: START_MS + 1, to_ms: START_MS + 600_000 })).toEqual([])
    })

    it('counts the traffic by steps', async () => {
      const { writer, reader } = await both()
      await writer.append(
        batch({
          successes: [success({ service: 'a' }), success({ service: 'b', time_ms: START_MS + MINUTE_MS })],
          incidents: [{ incident: incident({ service: 'a', time_ms: START_MS + 2 * MINUTE_MS }), added: [] }],
        }),
      )
      // START_MS is two minutes before the hour.
      expect(await reader.activity(EVERYTHING, 5 * MINUTE_MS)).toEqual([
        { start_ms: START_MS - 3 * MINUTE_MS, successes: 2, failures: 0 },
        { start_ms: START_MS + 2 * MINUTE_MS, successes: 0, failures: 1 },
      ])
      expect(await reader.dimensionSeries('service', EVERYTHING, 5 * MINUTE_MS, NO_FILTER)).toEqual([
        { start_ms: START_MS - 3 * MINUTE_MS, value: 'a', successes: 1, failures: 0 },
        { start_ms: START_MS - 3 * MINUTE_MS, value: 'b', successes: 1, failures: 0 },
        { start_ms: START_MS + 2 * MINUTE_MS, value: 'a', successes: 0, failures: 1 },
      ])
      await expect(reader.activity(EVERYTHING, 1000)).rejects.toThrow(RangeError)
    })
  })
}
