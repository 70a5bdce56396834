import { type Span, SpanKind } from '@opentelemetry/api'
import fc from 'fast-check'
import protobuf from 'protobufjs/minimal.js'
import { describe, expect, test } from 'vitest'
import { EntrySpans } from '../../../../collectors/otlp/entry-spans.ts'
import { RECORDS_LIMIT } from '../../../../collectors/otlp/limits.ts'
import { type Encoding, readRequest } from '../../../../collectors/otlp/read-request.ts'
import { MalformedTelemetry, type Signal } from '../../../../collectors/otlp/telemetry.ts'
import { Glance } from '../../../../collectors/otlp/wire/glance.ts'
import { endedSpans, logBodies, refused, serialised, spanBodies } from './sdk-bodies.ts'

const json = (value: unknown) => Buffer.from(JSON.stringify(value))

async function records(body: Uint8Array, encoding: Encoding, signal: Signal) {
  return (await readRequest(body, encoding, signal)).parts.flatMap((part) =>
    part.records.map((record) => ({ name: part.info.name, ...record })),
  )
}

describe('an export request of the official SDK', () => {
  test('gives the same records in protobuf and in JSON', async () => {
    const bodies = await spanBodies((start) => {
      refused(start('GET /orders/:id'))
      start('verify', SpanKind.INTERNAL).setAttribute('deep', [1.5, 2]).addEvent('note', { a: true }).end()
    })
    const [fromProtobuf, fromJson] = [
      await records(bodies.protobuf, 'protobuf', 'traces'),
      await records(bodies.json, 'json', 'traces'),
    ]
    expect(fromProtobuf).toHaveLength(2)
    expect(fromProtobuf).toEqual(fromJson)
  })

  test('a span keeps its end as its time, its length beside it, and service, host and kind in its stream', async () => {
    const { protobuf: body } = await spanBodies((start) => start('GET /orders/:id').end(new Date(1_895_000_000_250)))
    const [span] = await records(body, 'protobuf', 'traces')
    expect(span).toMatchObject({
      name: 'otlp orders@api-1 server spans',
      envelope: { wrapper: 'otlp', logged_writer_ms: 1_895_000_000_250, host: 'api-1', service: 'orders' },
    })
    expect(JSON.parse(span!.text)).toMatchObject({ otlp: 'span', span_name: 'GET /orders/:id', span_kind: 'server' })
  })

  test('an exception event becomes the span’s error, and the status code is not said twice', async () => {
    const { json: body } = await spanBodies((start) => {
      const span = start('GET /')
      span.setAttribute('error.type', '401')
      refused(span)
    })
    const [span] = await records(body, 'json', 'traces')
    const text = JSON.parse(span!.text)
    expect(text.exception).toMatchObject([{ type: 'TokenExpiredError', message: 'jwt expired' }])
    expect(text['error.type']).toBeUndefined()
    expect(text.summary).toBe('TokenExpiredError: jwt expired')
  })

  test('a log record with attributes is structured, one that is only a line stays that line', async () => {
    const bodies = await logBodies((logger) => {
      logger.emit({ body: 'token refused', attributes: { 'exception.message': 'jwt expired' }, severityNumber: 17 })
      logger.emit({ body: '{"level":50,"msg":"jwt expired"}', attributes: { 'log.file.name': 'app.log' } })
      logger.emit({ body: { message: 'jwt expired' } })
    })
    const found = await records(bodies.protobuf, 'protobuf', 'logs')
    expect(found).toEqual(await records(bodies.json, 'json', 'logs'))
    expect(JSON.parse(found[0]!.text)).toMatchObject({ otlp: 'log', message: 'token refused' })
    expect(found[0]!.envelope?.severity).toBe(17)
    expect(found[1]!.text).toBe('{"level":50,"msg":"jwt expired"}')
    expect(found[2]!.text).toBe('{"message":"jwt expired"}')
  })
})

describe('failed spans of one trace', () => {
  const ID = (n: number) => n.toString(16).padStart(16, 'a')
  const failed = (n: number, parent: number, more = {}) => ({
    traceId: 'ab'.repeat(16),
    spanId: ID(n),
    parentSpanId: ID(parent),
    name: `span ${n}`,
    kind: 1,
    status: { code: 2, message: 'jwt expired' },
    ...more,
  })
  const resource = (service: string, spans: unknown[]) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
    scopeSpans: [{ spans }],
  })
  async function entries(...resourceSpans: unknown[]) {
    const found = await records(json({ resourceSpans }), 'json', 'traces')
    return Object.fromEntries(
      found.map(({ text }) => JSON.parse(text)).map((span) => [span.span_name.slice(5), span.entry_span_id]),
    )
  }

  test('an error on its way up through spans within spans has one entry, also through spans that say nothing', async () => {
    const silent = failed(3, 2, { status: {} })
    expect(await entries(resource('api', [failed(4, 3), silent, failed(2, 1), failed(1, 0)]))).toEqual({
      1: ID(1),
      2: ID(1),
      3: undefined,
      4: ID(1),
    })
  })

  test('spans beside one another are failures of their own, and so are those of another service', async () => {
    const siblings = resource('api', [failed(4, 1), failed(5, 1), failed(1, 0, { status: {} })])
    expect(await entries(siblings, resource('web', [failed(0, 9)]))).toMatchObject({ 4: ID(4), 5: ID(5), 0: ID(0) })
  })

  test('a parent that comes in a later request bears the name its child was told under, over spans that are only counted', async () => {
    const spans = await endedSpans((start) => {
      const fail = (span: Span) => {
        span.recordException(new TypeError('jwt expired'))
        span.end()
      }
      // The first span of a stream is looked at in any case.
      start('first', SpanKind.INTERNAL).end()
      const root = start('root', SpanKind.INTERNAL)
      const middle = start('middle', SpanKind.INTERNAL, root)
      fail(start('child', SpanKind.INTERNAL, middle))
      middle.end()
      fail(start('elsewhere', SpanKind.INTERNAL))
      fail(root)
    })
    const glance = new Glance((bytes, from, to) => Buffer.from(bytes).toString('latin1', from, to).includes('jwt'))
    for (const looked of [{}, { glance }])
      for (const encoding of ['protobuf', 'json'] as const) {
        const by = { ...looked, entries: new EntrySpans() }
        const names: Record<string, string | undefined> = {}
        for (const request of [spans.slice(0, 2), spans.slice(2, 3), spans.slice(3)])
          for (const { records } of (await readRequest(serialised(request)[encoding], encoding, 'traces', by)).parts)
            for (const { text } of records) names[JSON.parse(text).span_name] = JSON.parse(text).entry_span_id
        const { child, elsewhere, root, middle } = names
        expect(child).toBe(spans[1]!.spanContext().spanId)
        expect(elsewhere).toBe(spans[3]!.spanContext().spanId)
        expect([root, middle]).toEqual([child, undefined])
      }
  })

  test('a ring of parents, which nobody should send, has an end', async () => {
    expect(Object.keys(await entries(resource('api', [failed(1, 2), failed(2, 1)])))).toHaveLength(2)
  })
})

describe('a body nobody should send', () => {
  test('spans without ids are rejected one by one, the rest is taken', async () => {
    const body = json({
      resourceSpans: [
        { scopeSpans: [{ spans: [{ name: 'a' }, { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }] }] },
      ],
    })
    const read = await readRequest(body, 'json', 'traces')
    expect(read.rejected).toBe(1)
    expect(read.parts.flatMap((part) => part.records)).toHaveLength(1)
  })

  test('protobuf of any bytes is read or malformed, never anything else', async () => {
    const { protobuf: good } = await spanBodies((start) => refused(start('GET /')))
    const broken = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.nat(good.length).map((length) => good.slice(0, length)),
      fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => good.map((b, i) => (i === at ? byte : b))),
    )
    await fc.assert(
      fc.asyncProperty(broken, fc.constantFrom<Signal>('traces', 'logs'), async (bytes, signal) => {
        await readRequest(bytes, 'protobuf', signal).catch((error) => expect(error).toBeInstanceOf(MalformedTelemetry))
      }),
      { numRuns: 2_000, seed: 8 },
    )
  })

  test('JSON of any shape is read or malformed, never anything else', async () => {
    const { json: good } = await spanBodies((start) => refused(start('GET /')))
    const text = Buffer.from(good).toString('utf8')
    const values = [...text.matchAll(/(?<=":)(?:"[^"]*"|-?\d+)/g)]
    const junk = fc.constantFrom(
      'null',
      '-1',
      '1e99',
      '{}',
      '[]',
      '[null]',
      '{"__proto__":[]}',
      '"\\u0000"',
      'true',
      '[[',
      '',
    )
    await fc.assert(
      fc.asyncProperty(fc.nat(values.length - 1), junk, async (nth, instead) => {
        const [value] = values[nth]!
        const at = values[nth]!.index
        const body = Buffer.from(text.slice(0, at) + instead + text.slice(at + value.length))
        await readRequest(body, 'json', 'traces').catch((error) => expect(error).toBeInstanceOf(MalformedTelemetry))
      }),
      { numRuns: 400, seed: 8 },
    )
    for (const text of ['', '[]', 'null', '{', '"x"', '{"resourceSpans":{}}'])
      await expect(readRequest(Buffer.from(text), 'json', 'traces')).rejects.toThrow(MalformedTelemetry)
  })

  test('values nested without end are refused before they exhaust the stack', async () => {
    let value: Uint8Array = protobuf.Writer.create().uint32(10).string('x').finish()
    for (let i = 0; i < 200; i++) {
      const list = protobuf.Writer.create().uint32(10).bytes(value).finish()
      value = protobuf.Writer.create().uint32(42).bytes(list).finish()
    }
    const wrap = (field: number, bytes: Uint8Array) =>
      protobuf.Writer.create()
        .uint32((field << 3) | 2)
        .bytes(bytes)
        .finish()
    const pair = Buffer.concat([wrap(1, Buffer.from('k')), wrap(2, value)])
    const body = wrap(1, wrap(2, wrap(2, wrap(9, pair))))
    await expect(readRequest(body, 'protobuf', 'traces')).rejects.toThrow(/nested/)
    await expect(readRequest(Buffer.from('['.repeat(100_000)), 'json', 'traces')).rejects.toThrow(/nested/)
  })

  test('masses of empty parts are refused, however few bytes they take', async () => {
    const spans = Buffer.from([0x12, 0x00].concat([]))
      .toString('latin1')
      .repeat(RECORDS_LIMIT + 1)
    const wrap = (field: number, bytes: Uint8Array) =>
      protobuf.Writer.create()
        .uint32((field << 3) | 2)
        .bytes(bytes)
        .finish()
    const body = wrap(1, wrap(2, Buffer.from(spans, 'latin1')))
    await expect(readRequest(body, 'protobuf', 'traces')).rejects.toThrow(/more than/)
    await expect(readRequest(Buffer.from(`[${'{},'.repeat(800_000)}{}]`), 'json', 'traces')).rejects.toThrow(
      /more than/,
    )
  })

  test('a name that would change a prototype changes none', async () => {
    const attributes = [
      { key: '__proto__', value: { kvlistValue: { values: [{ key: 'x', value: { stringValue: 'y' } }] } } },
    ]
    const body = json({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'b' }, attributes }] }] }] })
    await readRequest(body, 'json', 'logs')
    expect(({} as { x?: string }).x).toBeUndefined()
  })
})
