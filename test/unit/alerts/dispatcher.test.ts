import { expect, it } from 'vitest'
import { Dispatcher } from '../../../src/alerts/dispatcher.ts'
import type { SendResult } from '../../../src/alerts/notice.ts'
import type { Delivery, DeliveryEnd } from '../../../src/core/ports/alert-store.ts'

/** An outbox in memory with the store's contract. */
function outbox(...sinks: string[]) {
  const rows = sinks.map((sink, i): Delivery & { done: boolean } => ({
    id: i + 1,
    sink,
    dedupe: `${i}`,
    body: JSON.stringify({ dedupe: `${i}` }),
    created_ms: 0,
    attempts: 0,
    next_ms: 0,
    error: null,
    done: false,
  }))
  return {
    rows,
    due: async (now: number) =>
      rows.filter(
        (r) =>
          !r.done &&
          r.next_ms <= now &&
          !rows.some((e) => !e.done && e.sink === r.sink && e.id < r.id && e.next_ms > now),
      ),
    settle: async (ends: readonly DeliveryEnd[]) => {
      for (const end of ends) {
        const row = rows.find((r) => r.id === end.id)!
        row.attempts++
        row.done = end.done
        if (!end.done) row.next_ms = end.next_ms
      }
    },
  }
}

function dispatcher(box: ReturnType<typeof outbox>, answers: Record<string, SendResult[]>) {
  const sent: string[] = []
  const failed: string[] = []
  const clock = { now: 0 }
  const sinks = new Map(
    Object.entries(answers).map(([name, list]) => [
      name,
      {
        send: async ({ dedupe }: { dedupe: string }) => {
          sent.push(`${name} ${dedupe}`)
          return list.shift() ?? ({ ok: true } as const)
        },
      },
    ]),
  )
  const d = new Dispatcher({
    outbox: box,
    sinkOf: (name) => sinks.get(name),
    now: () => clock.now,
    random: () => 1,
    failed: (sink, error, gaveUp) => failed.push(`${sink} ${error} ${gaveUp}`),
    delivered: () => {},
  })
  return { d, sent, failed, clock }
}

const busy: SendResult = { ok: false, retry: true, error: '503' }

it('a notice that is refused for now comes again, later each time, and those behind it wait', async () => {
  const box = outbox('a', 'a', 'b')
  const { d, sent, clock } = dispatcher(box, { a: [busy, busy], b: [] })
  await d.kick()
  expect(sent).toEqual(['a 0', 'b 2'])
  expect(box.rows[0]!.next_ms).toBe(1_000)
  clock.now = 1_000
  await d.kick()
  expect(box.rows[0]!.next_ms).toBe(3_000)
  clock.now = 3_000
  await d.kick()
  expect(sent).toEqual(['a 0', 'b 2', 'a 0', 'a 0', 'a 1'])
  expect(box.rows.every((r) => r.done)).toBe(true)
})

it('the pause that a receiver asks for is honoured', async () => {
  const box = outbox('a')
  const { d } = dispatcher(box, { a: [{ ...busy, after_ms: 90_000 }] })
  await d.kick()
  expect(box.rows[0]!.next_ms).toBe(90_000)
})

it('what is refused for good, or for a whole day, is given up and said so', async () => {
  const box = outbox('a', 'b')
  const { d, failed, clock } = dispatcher(box, { a: [{ ok: false, retry: false, error: '404' }], b: [busy, busy] })
  await d.kick()
  clock.now = 25 * 3_600_000
  await d.kick()
  expect(failed).toEqual(['a 404 true', 'b 503 false', 'b 503 true'])
  expect(box.rows.every((r) => r.done)).toBe(true)
})

it('a notice for a sink that is no more is dropped and said so', async () => {
  const { d, failed } = dispatcher(outbox('gone'), {})
  await d.kick()
  expect(failed).toEqual(['gone no such sink in the config any more true'])
})
