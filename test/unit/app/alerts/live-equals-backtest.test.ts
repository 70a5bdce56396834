import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { Notice, Sink } from '../../../../src/alerts/notice.ts'
import { ownRuleSchema } from '../../../../src/alerts/rules/own/own-rule-spec.ts'
import { Alerting } from '../../../../src/app/alerts/alerting.ts'
import { backtest } from '../../../../src/app/alerts/backtest.ts'
import type { Alert } from '../../../../src/core/alert.ts'
import type { IncidentChange } from '../../../../src/core/ports/store.ts'
import { openReader, openWriter } from '../../../../src/store/index.ts'
import { batch, EVERYTHING, incident } from '../../../contract/store/made-up.ts'
import { planFleet } from '../../../simulation/alerts/plan-fleet.ts'
import { simulateEvents } from '../../../simulation/alerts/simulate-events.ts'

/** Traffic is read from the store as the wall clock goes, which here stands still. */
const RULES = {
  failure_burn: false,
  own: [
    ownRuleSchema.parse({
      name: 'many_tokens',
      metric: 'tokens',
      by: ['host'],
      where: { cause: ['skew', 'expiry'] },
      condition: { above: 12 },
      for: '2m',
    }),
  ],
} as const

const undo: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function newStore() {
  const directory = mkdtempSync(join(tmpdir(), 'authtop-alerting-'))
  undo.push(() => rmSync(directory, { recursive: true, force: true }))
  const place = join(directory, 'store.db')
  const writer = await openWriter(place)
  undo.push(() => writer.close())
  const reader = await openReader(place)
  undo.push(() => reader.close())
  return { writer, reader }
}

const facts = ({ id, rule, labels, started_ms, fired_ms, resolved_ms, peak, summary }: Alert) => ({
  id,
  rule,
  labels,
  started_ms,
  fired_ms,
  resolved_ms,
  peak,
  summary,
})

it('what fires live, with restarts in the middle, is what a backtest over the store says', async () => {
  const { writer, reader } = await newStore()
  const plan = planFleet({ seed: 11, hosts: 6, days: 1, hard: false, incidents: 50 })
  const clock = { now: 0 }
  const notices: Notice[] = []
  const sink: Sink = {
    send: async (notice) => {
      notices.push(notice)
      return { ok: true }
    },
  }
  const start = () =>
    Alerting.start({
      writer,
      reader,
      rules: RULES,
      sinks: new Map([['test', { sink, severities: undefined }]]),
      repeat_ms: 1e12,
      now: () => clock.now,
      signal: new AbortController().signal,
      note: (text) => {
        throw new Error(text)
      },
    })
  let alerting = await start()
  alerting.caughtUp()
  let waiting: IncidentChange[] = []
  let commits = 0
  for (const { event, received_ms } of simulateEvents(plan)) {
    const proof = alerting.witness.observe(event)
    if (event.outcome === 'failure') {
      const { received_collector_ms, host, client_id, issuer, token } = event
      waiting.push({
        incident: {
          ...incident({ time_ms: event.time_ms!, cause: event.cause!, subcause: event.subcause! }),
          ...{ received_collector_ms, host, client_id, issuer, token },
          ...(proof !== null && { clock_proof: proof }),
        } as IncidentChange['incident'],
        added: [],
      })
    }
    clock.now = received_ms
    if (waiting.length === 0) continue
    await writer.append(batch({ incidents: waiting, now_ms: clock.now }))
    alerting.committed(waiting)
    waiting = []
    await new Promise((resolve) => setImmediate(resolve))
    if (++commits % 300 === 0) {
      await alerting.stop()
      alerting = await start()
      alerting.caughtUp()
    }
  }
  clock.now += 4 * 3_600_000
  await alerting.stop()
  alerting = await start()
  alerting.caughtUp()
  await alerting.stop()

  const live = (await reader.alerts(EVERYTHING, 1000))
    .filter((a) => a.fired_ms !== null)
    .sort((a, b) => a.started_ms - b.started_ms)
  const [tested] = await backtest(reader, [RULES], { from_ms: 0, to_ms: clock.now })
  expect(live.length).toBeGreaterThan(3)
  expect(new Set(live.map((a) => a.rule))).toContain('many_tokens')
  expect(tested!.map(facts)).toEqual(live.map(facts))
  const fired = notices.filter((n) => n.reason === 'fired').map((n) => n.alert.id)
  expect(new Set(fired).size).toBe(fired.length)
  expect(fired.sort()).toEqual(live.map((a) => a.id).sort())
}, 60_000)

it('one that is to end while it catches up with history leaves it to the next start', async () => {
  const { writer, reader } = await newStore()
  const start_ms = Date.UTC(2026, 9, 5, 9)
  const refused = Array.from({ length: 12 }, (_unused, i) => ({
    incident: {
      ...incident({ time_ms: start_ms + i * 5_000, cause: 'skew', subcause: 'not_yet_valid' }),
      host: 'reports-1',
      token: `jwt:${i}`,
      clock_proof: { offset_ms: -30_000, mover: 'host' },
    } as IncidentChange['incident'],
    added: [],
  }))
  await writer.append(batch({ incidents: refused, now_ms: start_ms + 60_000 }))
  const run = async (signal: AbortSignal) => {
    const alerting = await Alerting.start({
      ...{ writer, reader, signal, rules: RULES, sinks: new Map(), repeat_ms: 1e12 },
      now: () => start_ms + 60_000,
      note: (text) => {
        throw new Error(text)
      },
    })
    alerting.caughtUp()
    await alerting.stop()
  }
  await run(AbortSignal.abort())
  expect(await writer.alertState('alerting')).toBeNull()
  expect(await reader.alerts(EVERYTHING, 10)).toEqual([])
  await run(new AbortController().signal)
  expect((await reader.alerts(EVERYTHING, 10)).map(({ rule, state }) => [rule, state])).toEqual([
    ['skew_spike', 'firing'],
  ])
})
