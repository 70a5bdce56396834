import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { identityOf } from '../../../collectors/push/identity.ts'
import { Inbox } from '../../../collectors/push/inbox.ts'
import { Classifier } from '../../../src/app/classifier.ts'
import { ClockKeeper } from '../../../src/app/clock-keeper.ts'
import { ingest } from '../../../src/app/ingest.ts'
import { loadKnowledge } from '../../../src/app/knowledge.ts'
import { NO_FILTER } from '../../../src/core/filter.ts'
import { StoreRefusal, type StoreWriter } from '../../../src/core/ports/store.ts'
import { openReader, openWriter } from '../../../src/store/index.ts'

const WHEN_MS = Date.UTC(2026, 10, 16, 9, 12)
const RANGE = { from_ms: WHEN_MS - 3_600_000, to_ms: WHEN_MS + 3_600_000 }
const EXPIRED =
  '{"level":50,"time":1794820320000,"msg":"jwt expired","err":{"type":"TokenExpiredError","message":"jwt expired"}}'
const ACCEPTED = '10.0.0.7 - - [16/Nov/2026:09:12:01 +0000] "POST /oauth2/token HTTP/1.1" 200 1240 "-" "okhttp/4.12.0"'

const knowledge = await loadKnowledge({})

describe('records that are pushed', () => {
  const undo: (() => unknown)[] = []
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step()
  })

  function newStore(): string {
    const directory = mkdtempSync(join(tmpdir(), 'authtop-push-'))
    undo.push(() => rmSync(directory, { recursive: true, force: true }))
    return join(directory, 'store.db')
  }

  /** A run of the ingest over one inbox. */
  async function start(store: string, writerOf = (writer: StoreWriter) => writer) {
    const writer = writerOf(await openWriter(store))
    const classifier = new Classifier(knowledge, await writer.fingerprintKey(), 'UTC')
    const inbox = new Inbox()
    const abort = new AbortController()
    const source = {
      deliveries: (signal: AbortSignal) => inbox.deliveries(signal),
      renew: async () => {},
      close: async () => inbox.close(),
    }
    const [known, delivered] = [await writer.streams(), await writer.deliveries()]
    const running = ingest(
      {
        source: null,
        pushed: [source],
        delivered,
        writer,
        reading: { classifier, formats: knowledge.formats, zone: 'UTC', now: () => WHEN_MS },
        clocks: await ClockKeeper.restore(await writer.clockRows()),
        known,
        now: () => WHEN_MS,
      },
      abort.signal,
    )
    return {
      send: (digest: string | null, ...texts: string[]) =>
        inbox.deliver(
          {
            digest: digest?.repeat(32) ?? null,
            parts: [
              {
                info: { stream: 'otlp:0011223344556677', name: 'otlp orders logs', identity: null },
                records: texts.map((text) => ({ text, identity: identityOf(text) })),
              },
            ],
            received_collector_ms: WHEN_MS,
          },
          texts.join('').length,
        ),
      async stop() {
        abort.abort()
        await running
        await writer.close()
      },
    }
  }

  async function counted(store: string) {
    const reader = await openReader(store)
    const kinds = await reader.kinds(RANGE, NO_FILTER)
    const incidents = await reader.incidents({ range: RANGE, filter: NO_FILTER, limit: 10 })
    const [source] = await reader.sources()
    await reader.close()
    return {
      successes: kinds.filter((k) => k.outcome === 'success').reduce((sum, k) => sum + k.count, 0),
      failures: kinds.filter((k) => k.outcome === 'failure').reduce((sum, k) => sum + k.count, 0),
      observations: incidents.map((i) => i.observations),
      source,
    }
  }

  test('wait for another program that holds a lock on the store, and are taken when it lets go', async () => {
    const store = newStore()
    const locked = new StoreRefusal('second_writer', 'another program holds a lock', 'close it')
    let refusals = 1
    const run = await start(
      store,
      (writer) =>
        new Proxy(writer, {
          get(target, name) {
            const value = Reflect.get(target, name) as unknown
            if (typeof value !== 'function') return value
            if (name === 'append' && refusals-- > 0) return () => Promise.reject(locked)
            return value.bind(target)
          },
        }),
    )
    expect(await run.send('a', EXPIRED)).toBe('committed')
    await run.stop()
    const reader = await openReader(store)
    undo.push(() => reader.close())
    expect(await reader.lastFailureId()).toBe(1)
  })

  test('are in the store when their sender is told so', async () => {
    const store = newStore()
    const run = await start(store)
    expect(await run.send('aa', EXPIRED, ACCEPTED)).toBe('committed')
    expect(await counted(store)).toMatchObject({ successes: 1, failures: 1, observations: [1] })
    await run.stop()
  })

  test('are counted once when the request is repeated, at once, later, or after a restart', async () => {
    const store = newStore()
    const run = await start(store)
    const both = await Promise.all([run.send('aa', EXPIRED, ACCEPTED), run.send('aa', EXPIRED, ACCEPTED)])
    expect(both).toEqual(['committed', 'committed'])
    expect(await run.send('aa', EXPIRED, ACCEPTED)).toBe('committed')
    await run.stop()
    const again = await start(store)
    expect(await again.send('aa', EXPIRED, ACCEPTED)).toBe('committed')
    await again.stop()
    const { source, ...counts } = await counted(store)
    expect(counts).toEqual({ successes: 1, failures: 1, observations: [1] })
    expect(source?.counters).toMatchObject({ records: 2, recognised: 2 })
  })

  test('are counted once when an agent puts them into another request', async () => {
    const store = newStore()
    const run = await start(store)
    await run.send('aa', EXPIRED, ACCEPTED)
    await run.send('bb', ACCEPTED, 'nothing of interest', EXPIRED)
    await run.stop()
    expect(await counted(store)).toMatchObject({ successes: 1, failures: 1, observations: [1] })
  })

  test('a failure repeated in another request after a restart is known by its place', async () => {
    const store = newStore()
    const run = await start(store)
    await run.send('aa', EXPIRED)
    await run.stop()
    const again = await start(store)
    await again.send('bb', EXPIRED)
    await again.stop()
    expect(await counted(store)).toMatchObject({ failures: 1, observations: [1] })
  })

  test('are refused when there is no room, and taken again when there is', async () => {
    const inbox = new Inbox()
    const content = { digest: null, parts: [], received_collector_ms: WHEN_MS }
    const large = inbox.deliver(content, 64 * 1024 * 1024)
    expect(inbox.full).toBe(true)
    expect(await inbox.deliver(content, 1)).toBe('full')
    const deliveries = inbox.deliveries(new AbortController().signal)[Symbol.asyncIterator]()
    ;(await deliveries.next()).value!.committed()
    expect(await large).toBe('committed')
    expect(inbox.full).toBe(false)
    inbox.close()
  })
})
