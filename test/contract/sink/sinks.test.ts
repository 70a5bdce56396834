import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { Notice } from '../../../src/alerts/notice.ts'
import { SINK_TYPES } from '../../../src/alerts/sinks/index.ts'
import { alert } from '../store/alert-questions.ts'
import { type Behaviour, RECEIVERS } from './receivers.ts'

/** They have no receiver to talk to here: a stream of this process, and a desktop. */
const OTHERS = ['stdout', 'desktop']

const notice: Notice = {
  reason: 'fired',
  at_ms: Date.UTC(2026, 10, 16),
  dedupe: 'a1/fired',
  alert: alert({ summary: 'api-1 is "5 s" ahead <!channel>' }),
}
const over: Notice = {
  ...notice,
  reason: 'resolved',
  dedupe: 'a1/resolved',
  alert: alert({ state: 'resolved', resolved_ms: notice.at_ms }),
}

const undo: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0)) await step()
})

async function sinkOf(type: string, behaviour: Behaviour, differences: Record<string, unknown> = {}) {
  const receiver = await RECEIVERS[type]!(behaviour)
  undo.push(() => receiver.close())
  const kind = SINK_TYPES.find((s) => s.type === type)!
  // Only who never answers is waited for in vain.
  const timeout = behaviour === 'slow' ? '400ms' : '15s'
  const sink = kind.open(kind.schema.parse({ timeout, ...receiver.config, ...differences }), {
    env: {},
    now: () => notice.at_ms,
  })
  return { receiver, send: (n: Notice) => sink.send(n, AbortSignal.timeout(20_000)) }
}

it('every sink is under contract', () => {
  expect([...Object.keys(RECEIVERS), ...OTHERS].sort()).toEqual(SINK_TYPES.map((s) => s.type).sort())
})

describe.each(Object.keys(RECEIVERS))('the %s sink', (type) => {
  it('delivers a beginning and an end', async () => {
    const { receiver, send } = await sinkOf(type, 'takes')
    expect(await send(notice)).toEqual({ ok: true })
    expect(await send(over)).toEqual({ ok: true })
    expect(receiver.arrived()).toHaveLength(2)
    expect(receiver.arrived()[0]).toContain('5 s')
  })

  it.each(['busy', 'asks', 'slow', 'closed'] as const)(
    'asks for another try when the receiver is %s',
    async (behaviour) => {
      const { send } = await sinkOf(type, behaviour)
      expect(await send(notice)).toMatchObject({ ok: false, retry: true })
    },
  )

  it('is final when the receiver refuses', async () => {
    const { send } = await sinkOf(type, 'refuses')
    expect(await send(notice)).toMatchObject({ ok: false, retry: false })
  })

  it('shows no secret in an error', async () => {
    for (const behaviour of ['refuses', 'closed'] as const) {
      const { receiver, send } = await sinkOf(type, behaviour)
      const result = await send(notice)
      const shown = result.ok ? '' : result.error
      for (const secret of [receiver.config.url, 'hmac-key', 'pd-key', 'og-key'])
        if (typeof secret === 'string') expect(shown).not.toContain(secret)
    }
  })
})

describe('over HTTP', () => {
  it('a broken connection asks for another try, and Retry-After is passed on', async () => {
    expect(await (await sinkOf('webhook', 'cut')).send(notice)).toMatchObject({ retry: true })
    expect(await (await sinkOf('slack', 'asks')).send(notice)).toMatchObject({ retry: true, after_ms: 7_000 })
  })

  it('a webhook is signed over its time and body, and carries the dedupe key', async () => {
    const { receiver, send } = await sinkOf('webhook', 'takes')
    await send(notice)
    const [, headers, body] = receiver.arrived()[0]!.split('\n') as [string, string, string]
    const sent = JSON.parse(headers) as Record<string, string>
    const expected = createHmac('sha256', 'hmac-key').update(`${sent['x-authtop-timestamp']}.${body}`).digest('hex')
    expect(sent['x-authtop-signature']).toBe(`sha256=${expected}`)
    expect(sent['idempotency-key']).toBe('a1/fired')
    expect(JSON.parse(body)).toMatchObject({ rule: 'skew_spike', labels: { host: 'api-1' }, reason: 'fired' })
  })

  it('a template is filled with what JSON needs escaped, and may name only what there is', async () => {
    const { receiver, send } = await sinkOf('webhook', 'takes', {
      template: '{"t":"{{summary}}","h":"{{labels.host}}"}',
    })
    await send(notice)
    expect(JSON.parse(receiver.arrived()[0]!.split('\n')[2]!)).toEqual({ t: notice.alert.summary, h: 'api-1' })
    const { schema } = SINK_TYPES.find((s) => s.type === 'webhook')!
    expect(schema.safeParse({ url: 'http://x', template: '{{summry}}' }).success).toBe(false)
  })

  it('Slack gets no mention out of a log', async () => {
    const { receiver, send } = await sinkOf('slack', 'takes')
    await send(notice)
    expect(JSON.parse(receiver.arrived()[0]!.split('\n')[2]!).text).toContain('&lt;!channel&gt;')
  })

  it('PagerDuty, Opsgenie and Alertmanager find the alert again by its id', async () => {
    const pager = await sinkOf('pagerduty', 'takes')
    await pager.send(notice)
    await pager.send(over)
    expect(pager.receiver.arrived().map((a) => JSON.parse(a.split('\n')[2]!))).toMatchObject([
      { event_action: 'trigger', dedup_key: 'a1', payload: { severity: 'critical', source: 'api-1' } },
      { event_action: 'resolve', dedup_key: 'a1' },
    ])
    const genie = await sinkOf('opsgenie', 'takes')
    await genie.send(over)
    expect(genie.receiver.arrived()[0]).toMatch(/^POST \/v2\/alerts\/a1\/close\?identifierType=alias/)
    const manager = await sinkOf('alertmanager', 'takes')
    await manager.send(over)
    expect(manager.receiver.arrived()[0]).toMatch(/^POST \/api\/v2\/alerts/)
    expect(JSON.parse(manager.receiver.arrived()[0]!.split('\n')[2]!)).toMatchObject([
      { labels: { alertname: 'skew_spike', host: 'api-1' }, endsAt: '2026-11-16T00:00:00.000Z' },
    ])
  })
})

it('no argument of a program is read by a shell', async () => {
  const { receiver, send } = await sinkOf('exec', 'takes')
  await send(notice)
  expect(JSON.parse(receiver.arrived()[0]!)).toMatchObject({ rule: 'skew_spike' })
})
