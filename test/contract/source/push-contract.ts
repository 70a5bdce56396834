/**
 * What every PushSource promises (src/core/ports/push-source.ts), executed. How a text is sent, and what its sender is
 * told, is the source's own business.
 */
import { afterEach, describe, expect, test } from 'vitest'
import type { Delivery, PushSource, PushSourceOptions } from '../../../src/core/ports/push-source.ts'

/** `accepted`: it may be forgotten; `later`: it should come again; `refused`: it must not. */
export type Told = 'accepted' | 'later' | 'refused'

export interface PushUnderTest {
  open(options: PushSourceOptions): Promise<PushSource>
  /** Sends one record with this text and waits for the answer. */
  send(text: string): Promise<Told>
  /** Sends what no sender should; absent where everything is welcome. */
  sendBroken?(): Promise<Told>
  /** Sends without the token that is needed. */
  sendUnauthorised?(): Promise<Told>
}

const OPTIONS = { notice: () => {}, now: () => 1_700_000_000_000 }

/** Time given to an answer that must not come yet; ms. */
const QUIET_MS = 150

export function pushContract(name: string, make: () => Promise<PushUnderTest>): void {
  describe(`${name} keeps the push contract`, () => {
    const undo: (() => Promise<unknown>)[] = []
    afterEach(async () => {
      for (const step of undo.splice(0).reverse()) await step()
    })

    async function opened() {
      const under = await make()
      const source = await under.open(OPTIONS)
      const abort = new AbortController()
      const deliveries = source.deliveries(abort.signal)[Symbol.asyncIterator]()
      undo.push(() => source.close())
      return { under, source, abort, next: async () => (await deliveries.next()).value as Delivery }
    }

    test('a sender is told "accepted" only after the delivery was committed', async () => {
      const { under, next } = await opened()
      let told: Told | 'nothing' = 'nothing'
      const sending = under.send('jwt expired').then((answer) => {
        told = answer
      })
      const delivery = await next()
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
      expect(told).toBe('nothing')
      delivery.committed()
      await sending
      expect(told).toBe('accepted')
    })

    test('records come with their text, a stream, an identity and the time of receipt', async () => {
      const { under, next } = await opened()
      const sending = under.send('jwt expired')
      const delivery = await next()
      expect(delivery.received_collector_ms).toBe(OPTIONS.now())
      const [{ info, records }] = delivery.parts as [Delivery['parts'][number]]
      expect(records).toHaveLength(1)
      expect(records[0]!.text).toContain('jwt expired')
      expect(Number.isSafeInteger(records[0]!.identity)).toBe(true)
      expect(info.stream).not.toBe('')
      expect(info.name).not.toBe('')
      expect(info.identity).toBeNull()
      delivery.committed()
      await sending
    })

    test('the same thing sent again is the same delivery, another is another', async () => {
      const { under, next } = await opened()
      const seen: Delivery[] = []
      for (const text of ['one: jwt expired', 'one: jwt expired', 'two: jwt expired']) {
        const sending = under.send(text)
        const delivery = await next()
        seen.push(delivery)
        delivery.committed()
        await sending
      }
      const [first, again, other] = seen.map((d) => ({ digest: d.digest, identity: d.parts[0]!.records[0]!.identity }))
      if (first!.digest !== null) expect(again).toEqual(first)
      expect(other!.identity).not.toBe(first!.identity)
      if (first!.digest !== null) expect(other!.digest).not.toBe(first!.digest)
    })

    test('what is refused must come again', async () => {
      const { under, next } = await opened()
      const sending = under.send('jwt expired')
      const delivery = await next()
      delivery.refused(new Error('no room'))
      expect(await sending).toBe('later')
    })

    test('closing answers what still waits, and ends the iteration', async () => {
      const { under, source, next } = await opened()
      const sending = under.send('jwt expired').catch(() => 'later')
      await next()
      const end = next()
      await source.close()
      expect(await sending).toBe('later')
      expect(await end).toBeUndefined()
    })

    test('an abort ends the iteration while it waits', async () => {
      const { abort, next } = await opened()
      const end = next()
      abort.abort()
      expect(await end).toBeUndefined()
    })

    test('broken bodies are refused for good, and the next good one is taken', async () => {
      const { under, next } = await opened()
      if (under.sendBroken === undefined) return
      expect(await under.sendBroken()).toBe('refused')
      const sending = under.send('jwt expired')
      ;(await next()).committed()
      expect(await sending).toBe('accepted')
    })

    test('without the token nothing is taken', async () => {
      const { under } = await opened()
      if (under.sendUnauthorised === undefined) return
      expect(await under.sendUnauthorised()).toBe('refused')
    })
  })
}
