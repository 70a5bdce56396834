/** What the Collector's file exporter writes, in each of its forms, read as files are. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import zlib from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { openFileSource } from '../../../collectors/file/file-source.ts'
import { MESSAGE_LIMIT_BYTES } from '../../../collectors/file/framing.ts'
import { Classifier } from '../../../src/app/classifier.ts'
import { ClockKeeper } from '../../../src/app/clock-keeper.ts'
import { ingest } from '../../../src/app/ingest.ts'
import { loadKnowledge } from '../../../src/app/knowledge.ts'
import { NO_FILTER } from '../../../src/core/filter.ts'
import { openReader, openWriter } from '../../../src/store/index.ts'
import { logBodies, refused, spanBodies } from '../collectors/otlp/sdk-bodies.ts'

const knowledge = await loadKnowledge({})
const METRICS = '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"jwt expired"}]}]}]}'
/** ExportMetricsServiceRequest with one metric, whose name (1) is text. */
const METRICS_PROTOBUF = Buffer.from([0x0a, 9, 0x12, 7, 0x12, 5, 0x0a, 3, 0x6a, 0x77, 0x74])
const SPANS = 12

/** Two requests, the second with log records: as two batches of one Collector. */
const spans = await spanBodies((start) => {
  for (let i = 0; i < SPANS; i++) {
    const span = start(`GET /orders/${i}`)
    if (i % 3 === 0) refused(span)
    else span.end()
  }
})
const logs = await logBodies((logger) => {
  for (const message of ['jwt expired', 'all is well', 'invalid signature'])
    logger.emit({ body: 'refused', attributes: { 'exception.message': message }, timestamp: 1_794_820_320_000 })
})
const FAILURES = SPANS / 3 + 2

const line = (body: Uint8Array | string) => Buffer.concat([Buffer.from(body), Buffer.from('\n')])
const framed = (message: Uint8Array) => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(message.length)
  return Buffer.concat([length, message])
}
const zstd = (bytes: Uint8Array | string) => zlib.zstdCompressSync(Buffer.from(bytes))
const json = [spans.json, METRICS, logs.json] as const
const protobuf = [spans.protobuf, METRICS_PROTOBUF, logs.protobuf] as const

const FORMS: Readonly<Record<string, Buffer>> = {
  'lines of JSON': Buffer.concat(json.map(line)),
  'protobuf behind lengths': Buffer.concat(protobuf.map(framed)),
  'JSON compressed message by message': Buffer.concat(json.map((body) => framed(zstd(body)))),
  'protobuf compressed message by message': Buffer.concat(protobuf.map((body) => framed(zstd(body)))),
  'lines of JSON in one compressed stream': zstd(Buffer.concat(json.map(line))),
  'protobuf in a compressed stream of several frames': Buffer.concat(protobuf.map((body) => zstd(framed(body)))),
}

describe('telemetry in files', () => {
  const undo: (() => unknown)[] = []
  afterEach(() => {
    for (const step of undo.splice(0).reverse()) step()
  })

  function folder(): string {
    const made = mkdtempSync(join(tmpdir(), 'authtop-otlp-files-'))
    undo.push(() => rmSync(made, { recursive: true, force: true }))
    return made
  }

  /** Reads the file to its end into the store of its folder. */
  async function read(path: string, store: string) {
    const writer = await openWriter(store)
    const known = await writer.streams()
    const source = await openFileSource([path], { follow: false, known, notice: () => {}, now: Date.now })
    const signal = new AbortController().signal
    await ingest(
      {
        source,
        reading: {
          classifier: new Classifier(knowledge, await writer.fingerprintKey(), 'UTC'),
          formats: knowledge.formats,
          zone: 'UTC',
          now: Date.now,
        },
        writer,
        clocks: await ClockKeeper.restore(await writer.clockRows()),
        known,
        now: Date.now,
      },
      signal,
    )
    await source.close()
    const [state] = await writer.streams()
    await writer.close()
    const reader = await openReader(store)
    const found = await reader.incidents({
      range: { from_ms: 0, to_ms: 4_000_000_000_000 },
      filter: NO_FILTER,
      limit: 100,
      order: 'time',
    } as Parameters<typeof reader.incidents>[0])
    await reader.close()
    return { incidents: found, counters: state!.counters }
  }

  for (const [form, bytes] of Object.entries(FORMS))
    test(`${form}: every span, event and log record speaks`, async () => {
      const path = join(folder(), 'telemetry')
      writeFileSync(path, bytes)
      const { incidents, counters } = await read(path, `${path}.db`)
      expect(incidents.map(({ service, host }) => `${service}@${host}`)).toEqual(
        Array.from({ length: FAILURES }, () => 'orders@api-1'),
      )
      expect(counters).toMatchObject({ records: SPANS + 3 + 1, recognised: FAILURES, cut_records: 0 })
    })

  test('a message that is only half there is read when it is whole, and no record twice', async () => {
    const path = join(folder(), 'telemetry')
    const whole = FORMS['protobuf behind lengths']!
    const half = whole.length - 40
    writeFileSync(path, whole.subarray(0, half))
    expect((await read(path, `${path}.db`)).counters.recognised).toBe(SPANS / 3)
    appendFileSync(path, whole.subarray(half))
    const { incidents, counters } = await read(path, `${path}.db`)
    expect(incidents).toHaveLength(FAILURES)
    expect(counters).toMatchObject({ records: SPANS + 3 + 1, recognised: FAILURES })
  })

  test('a message that is none is counted, and the next one is read', async () => {
    const path = join(folder(), 'telemetry')
    const huge = Buffer.alloc(4)
    huge.writeUInt32BE(MESSAGE_LIMIT_BYTES + 1)
    writeFileSync(
      path,
      Buffer.concat([
        framed(protobuf[0]),
        framed(Buffer.from('no protobuf')),
        framed(zstd(Buffer.alloc(MESSAGE_LIMIT_BYTES + 1))),
        huge,
        Buffer.alloc(MESSAGE_LIMIT_BYTES + 1),
        framed(protobuf[2]),
      ]),
    )
    const { incidents, counters } = await read(path, `${path}.db`)
    expect(incidents).toHaveLength(FAILURES)
    expect(counters.cut_records).toBe(3)
    expect(counters.cut_bytes).toBeGreaterThan(MESSAGE_LIMIT_BYTES)
  })

  test('a batch of thousands of spans in one line of several MiB is read to its end', async () => {
    const many = await spanBodies((start) => {
      for (let i = 0; i < 3_000; i++) {
        const span = start('GET /orders/:id')
        span.setAttribute('note', 'x'.repeat(700))
        if (i < 2_999) span.end()
        else refused(span)
      }
    })
    expect(many.json.length).toBeGreaterThan(3 * 1024 * 1024)
    const path = join(folder(), 'telemetry')
    writeFileSync(path, line(many.json))
    const { incidents, counters } = await read(path, `${path}.db`)
    expect(incidents).toHaveLength(1)
    expect(counters).toMatchObject({ records: 3_000, cut_records: 0 })
    const framedPath = join(folder(), 'telemetry')
    writeFileSync(framedPath, framed(many.protobuf))
    expect((await read(framedPath, `${framedPath}.db`)).counters).toMatchObject({ records: 3_000, recognised: 1 })
  })
})
