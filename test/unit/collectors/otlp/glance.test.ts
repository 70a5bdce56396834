import { type Attributes, SpanKind } from '@opentelemetry/api'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Encoding, type ReadBy, type ReadRequest, readRequest } from '../../../../collectors/otlp/read-request.ts'
import type { Signal } from '../../../../collectors/otlp/telemetry.ts'
import { Glance } from '../../../../collectors/otlp/wire/glance.ts'
import { loadSignatures } from '../../../../src/signatures/load.ts'
import { StemScanner } from '../../../../src/signatures/stem-scanner.ts'
import { logBodies, refused, spanBodies } from './sdk-bodies.ts'

const STEMS = ['<401>', '<invalid token>', 'jwt', 'grpc', '<iss>', '90020', '<status>']
const texts = fc.oneof(
  fc.string({ maxLength: 90 }),
  fc
    .tuple(
      fc.constantFrom('', 'x', ' ', '"', 'é', '1'),
      fc.constantFrom('401', 'invalid token', 'JWT', 'iss', 'status', 'a grpc b'),
    )
    .map(([beside, word]) => `${beside}${word}${beside}`.padEnd(65, beside)),
)
const numbers = fc.oneof(fc.constantFrom(401, 403, 16, 0, -401, 90020, 1e300, Number.NaN), fc.integer(), fc.double())
const value = fc.oneof(
  texts,
  numbers,
  fc.boolean(),
  fc.array(texts, { maxLength: 3 }),
  fc.array(numbers, { maxLength: 3 }),
)
const key = fc.oneof(
  fc.constantFrom('url.path', 'http.route', 'user_agent.original', 'iss', 'rpc.grpc.status_code', 'error.type', 'n'),
  fc.string({ minLength: 1, maxLength: 12 }),
)
const attributes = fc.dictionary(key, value, { maxKeys: 6 })

function reader(scanner: StemScanner) {
  const glance = new Glance((bytes, from, to) => scanner.within(bytes, from, to))
  const telling = ({ parts }: ReadRequest) =>
    parts.flatMap(({ records }) => records.filter((r) => scanner.test(r.text.slice(r.telling_from ?? 0))))
  const count = ({ parts }: ReadRequest) => parts.reduce((sum, { records, passed }) => sum + records.length + passed, 0)
  return { glance, telling, count }
}

describe('a look at what arrives, before it is decoded', () => {
  const sent: Record<Signal, (records: [string, Attributes][], fails: boolean) => ReturnType<typeof spanBodies>> = {
    traces: (records, fails) =>
      spanBodies((start) => {
        for (const [name, own] of records) {
          const span = start(name)
          span.setAttributes(own)
          if (fails) refused(span)
          else span.end()
        }
      }),
    logs: (records) =>
      logBodies((logger) => {
        for (const [body, own] of records) logger.emit({ body, attributes: own })
      }),
  }

  const encodings: readonly Encoding[] = ['protobuf', 'json']
  const ways = encodings.flatMap((encoding) => (Object.keys(sent) as Signal[]).map((signal) => ({ encoding, signal })))
  test.each(ways)(
    'passes over nothing among $signal in $encoding that a signature may match in, and counts every record',
    async ({ encoding, signal }) => {
      const { glance, telling, count } = reader(new StemScanner(STEMS))
      const several = fc.array(fc.tuple(texts, attributes as fc.Arbitrary<Attributes>), { minLength: 2, maxLength: 6 })
      await fc.assert(
        fc.asyncProperty(several, fc.boolean(), async (records, fails) => {
          const body = (await sent[signal](records, fails))[encoding]
          const all = await readRequest(body, encoding, signal)
          const looked = await readRequest(body, encoding, signal, { glance })
          expect(telling(looked)).toEqual(telling(all))
          expect(count(looked)).toBe(records.length)
        }),
        { numRuns: 300, seed: 8 },
      )
    },
  )

  const outcome = (bytes: Uint8Array, encoding: Encoding, by: ReadBy = {}, signal: Signal = 'traces') =>
    readRequest(bytes, encoding, signal, by).then(
      ({ rejected, parts }) => ({
        rejected,
        count: parts.map(({ records, passed }) => records.length + passed),
        exchanges: parts.map(({ exchanges }) => exchanges),
      }),
      (error: Error) => error.message,
    )

  test.each(encodings)(
    'whatever is broken in %s is left to the decoder, which says what is wrong',
    async (encoding) => {
      const { glance } = reader(new StemScanner(STEMS))
      const good = (
        await spanBodies((start) => {
          start('first').end()
          start('GET /', SpanKind.CLIENT)
            .setAttributes({ 'url.path': '/a\n"b"\u0001', 'server.port': 443, ok: true, load: -0.25, list: ['a', 'b'] })
            .setStatus({ code: 2 })
            .end()
          refused(start('GET /'))
        })
      )[encoding]
      const bytes = fc.constantFrom(...'"\\{}[],:0123456789-.eEtfn_ \n\u0000'.split('').map((c) => c.charCodeAt(0)))
      await fc.assert(
        fc.asyncProperty(fc.nat(good.length - 1), fc.oneof(fc.nat(255), bytes), async (at, byte) => {
          const bytes = good.map((b, i) => (i === at ? byte : b))
          expect(await outcome(bytes, encoding, { glance })).toEqual(await outcome(bytes, encoding))
        }),
        { numRuns: 1_500, seed: 8 },
      )
    },
  )

  test('an ordinary web span is passed over with the signatures there are, and still tells of the clocks', async () => {
    const { stems } = await loadSignatures([])
    const { glance } = reader(new StemScanner(stems))
    const bodies = await spanBodies((start) => {
      for (const kind of [SpanKind.CLIENT, SpanKind.CLIENT, SpanKind.INTERNAL, SpanKind.INTERNAL]) {
        const span = start('GET /orders/:id', kind)
        span.setAttributes({
          'http.request.method': 'GET',
          'http.route': '/orders/:id',
          'http.response.status_code': 200,
          'url.full': 'https://orders.example.com/orders/17?page=2',
          'url.path': '/orders/17',
          'server.address': 'orders.example.com',
          'network.protocol.version': '1.1',
          'rpc.system': 'grpc',
          'rpc.service': 'shop.Orders',
          'rpc.method': 'Get',
          'rpc.grpc.status_code': 0,
          'db.system.name': 'postgresql',
          'db.query.text': 'SELECT id, total FROM orders WHERE id = $1',
          'messaging.destination.name': 'orders',
          'user_agent.original':
            'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36',
        })
        span.end()
      }
    })
    for (const encoding of encodings) {
      const { parts } = await readRequest(bodies[encoding], encoding, 'traces', { glance })
      expect(parts.map(({ records, passed, exchanges }) => [records.length, passed, exchanges.length])).toEqual([
        [1, 1, 2],
        [1, 1, 0],
      ])
    }
  })
})
