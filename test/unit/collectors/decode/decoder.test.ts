/** What no single format's sample can show: mixtures, wrappers, hostile input, and who may speak. */
import { describe, expect, test } from 'vitest'
import { Decoder } from '../../../../collectors/decode/decoder.ts'
import { MAX_ATTRIBUTES } from '../../../../collectors/decode/draft.ts'
import { newFormatMemory } from '../../../../collectors/decode/format-memory.ts'
import { loadFormatSources } from '../../../../collectors/formats/load.ts'

const set = loadFormatSources()
const NOW = Date.UTC(2026, 10, 20)
const decoder = new Decoder(set, 'UTC', () => NOW)
const decode = (text: string) => decoder.decode({ text }, newFormatMemory())
const json = (object: unknown) => decode(JSON.stringify(object))
const AT = Date.UTC(2026, 10, 16, 9, 12, 1)

test('a mixed stream is decoded record by record, whatever was learned before', () => {
  const memory = newFormatMemory()
  const texts = set.formats.flatMap((f) =>
    f.source.samples.map((s) => ({ text: s.text, alone: decode(s.text).format })),
  )
  for (let round = 0; round < 3; round++)
    for (const [i, { text, alone }] of texts.entries()) {
      decoder.decode({ text: texts[(i * 7 + round) % texts.length]!.text }, memory)
      expect(decoder.decode({ text }, memory).format).toBe(alone)
    }
})

describe('speech', () => {
  const WORDS = 'jwt expired invalid_token AADSTS700082'
  test.each([
    [
      'pino-http',
      {
        level: 30,
        time: 1794820321123,
        pid: 1,
        hostname: 'h',
        req: {
          method: 'GET',
          url: `/${WORDS}`,
          query: { q: WORDS },
          params: { id: WORDS },
          headers: { 'user-agent': WORDS, referer: WORDS, cookie: WORDS, 'x-forwarded-for': WORDS },
        },
        msg: 'request completed',
      },
    ],
    [
      'user names and clients',
      {
        level: 'info',
        message: 'login failed',
        user: WORDS,
        username: WORDS,
        client_id: WORDS,
        email: WORDS,
        sub: WORDS,
      },
    ],
    [
      'unknown fields',
      { time: 1794820321, msg: 'x', anything: WORDS, nested: { deep: { er: WORDS } }, list: [WORDS, { a: WORDS }] },
    ],
    [
      'Caddy',
      {
        level: 'info',
        ts: 1794820321.1,
        msg: 'handled request',
        request: { method: 'GET', uri: WORDS, host: WORDS, headers: { 'User-Agent': [WORDS] } },
        status: 401,
      },
    ],
    [
      'nginx',
      {
        remote_addr: '10.0.0.7',
        request: `GET /${WORDS} HTTP/1.1`,
        status: 401,
        http_user_agent: WORDS,
        http_referer: WORDS,
        remote_user: WORDS,
      },
    ],
    [
      'Serilog template',
      {
        '@t': '2026-11-16T09:12:01Z',
        '@mt': 'User {UserName} asked {RequestPath} with {Agent}',
        UserName: WORDS,
        RequestPath: WORDS,
        Agent: WORDS,
      },
    ],
  ])('never holds what a remote party fills in: %s', (_, object) => {
    const { speech } = json(object)
    for (const word of ['expired', 'invalid_token', 'AADSTS']) expect(speech).not.toContain(word)
  })

  test.each([
    `10.0.0.7 - ${'jwt expired'} [16/Nov/2026:09:12:01 +0000] "GET /jwt%20expired HTTP/1.1" 401 1 "jwt expired" "jwt expired"`,
    '2026/11/16 09:12:01 [error] 7#7: *1 upstream timed out, client: 10.0.0.7, server: jwt expired, request: "GET /jwt expired HTTP/1.1", host: "jwt expired"',
    'INFO:     10.0.0.7:1 - "GET /jwt%20expired HTTP/1.1" 401 Unauthorized',
    '2026-11-16 09:12:01,123 WARN  [org.keycloak.events] (x-1) type="LOGIN_ERROR", realmId="1", clientId="jwt expired", error="invalid_user_credentials", username="jwt expired", redirect_uri="http://jwt expired"',
    'time=2026-11-16T09:12:01Z level=info msg=done path="/jwt expired" ua="jwt expired" user="jwt expired"',
    'Started GET "/x?jwt expired" for 10.0.0.7 at 2026-11-16 09:12:01 +0000',
  ])('never holds what a remote party fills in: %s', (text) => expect(decode(text).speech).not.toContain('expired'))

  test('holds every cause of a nested error', () => {
    const { speech, attributes } = json({
      level: 50,
      time: 1794820321123,
      err: {
        type: 'OuterError',
        message: 'a',
        stack: 'OuterError: a\n    at x',
        cause: { name: 'MiddleError', message: 'b', cause: { message: 'c', code: 'ERR_C' } },
        aggregateErrors: [{ message: 'd' }],
      },
      msg: 'm',
    })
    for (const said of ['m', 'OuterError: a', 'MiddleError: b', 'c', 'code=ERR_C', 'd'])
      expect(speech.split('\n')).toContain(said)
    expect(attributes).toMatchObject({
      'exception.type': 'OuterError',
      'exception.message': 'a',
      'err.cause.message': 'b',
      'err.cause.cause.code': 'ERR_C',
    })
  })

  test('holds what a resource server answers, not what it was asked', () => {
    const { speech, attributes } = json({
      level: 30,
      time: 1794820321123,
      req: { headers: { 'www-authenticate': 'x', authorization: 'y' } },
      res: { statusCode: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
      msg: 'request completed',
    })
    expect(speech).toBe('request completed\nwww-authenticate=Bearer error="invalid_token"')
    expect(attributes['http.response.header.www_authenticate']).toBe('Bearer error="invalid_token"')
  })
})

describe('request and trace ids under their many names', () => {
  test.each([
    'reqId',
    'req_id',
    'request_id',
    'requestId',
    'RequestId',
    'request-id',
    'x-request-id',
    'X-Request-ID',
    'correlationId',
    'correlation_id',
    'X-Correlation-ID',
    'awsRequestId',
  ])('%s', (name) =>
    expect(json({ level: 'info', message: 'x', [name]: 'abc-1' }).attributes['request.id']).toBe('abc-1'),
  )
  test.each(['trace_id', 'traceId', 'trace.id', 'dd.trace_id', 'otelTraceID', '@tr'])('%s', (name) =>
    expect(json({ level: 'info', message: 'x', [name]: '0AF7651916cd43dd8448eb211c80319c' }).trace_id).toBe(
      '0af7651916cd43dd8448eb211c80319c',
    ),
  )
  test('a traceparent header gives the trace, and not its caller’s span as one’s own', () => {
    const record = json({
      level: 30,
      time: 1,
      msg: 'x',
      req: { headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } },
    })
    expect(record.trace_id).toBe('0af7651916cd43dd8448eb211c80319c')
    expect(record.span_id).toBeUndefined()
  })
  test('containers do not hide them', () => {
    for (const outer of ['Properties', 'metadata', 'context', 'mdc', 'extra', 'fields', 'jsonPayload'])
      expect(json({ level: 'info', message: 'x', [outer]: { request_id: 'q' } }).attributes['request.id']).toBe('q')
    expect(decode('[requestId=0b7c1d2e] token rejected').attributes['request.id']).toBe('0b7c1d2e')
  })
})

describe('what a wrapper knew fills what the record does not say', () => {
  const envelope = {
    wrapper: 'cri',
    logged_writer_ms: AT + 5,
    logged_resolution_ms: 1,
    severity: 17,
    host: 'node-1',
    service: 'orders',
  }
  test('time, severity, host and service', () => {
    expect(decoder.decode({ text: 'token refused', envelope }, newFormatMemory())).toMatchObject({
      format: 'text',
      logged_writer_ms: AT + 5,
      logged_resolution_ms: 1,
      severity: 17,
      resource: { 'host.name': 'node-1', 'service.name': 'orders' },
    })
  })
  test('the record’s own words come first', () => {
    const text = '{"level":30,"time":1794820321123,"pid":1,"hostname":"own","name":"api","msg":"x"}'
    expect(decoder.decode({ text, envelope }, newFormatMemory())).toMatchObject({
      logged_writer_ms: AT + 123,
      severity: 9,
      resource: { 'host.name': 'own', 'service.name': 'api' },
    })
  })
  test('a stamp without a zone beside a wrapper that knows the moment differs from it by its zone only', () => {
    const text = '2026-11-16 14:42:01,123 - auth - ERROR - x'
    expect(
      decoder.decode({ text, envelope: { ...envelope, logged_writer_ms: AT + 124 } }, newFormatMemory())
        .logged_writer_ms,
    ).toBe(AT + 123)
    // Nine minutes are no zone: both stay as they are.
    expect(
      decoder.decode({ text: '2026-11-16 09:21:01,123 - auth - ERROR - x', envelope }, newFormatMemory())
        .logged_writer_ms,
    ).toBe(AT + 123 + 540_000)
  })
})

test('a stamp without a zone is read in the zone given and remembered as naive', () => {
  const memory = newFormatMemory()
  const berlin = new Decoder(set, 'Europe/Berlin')
  expect(berlin.decode({ text: '2026-11-16 10:12:01,123 - auth - ERROR - x' }, memory).logged_writer_ms).toBe(AT + 123)
  expect(memory.naive).toBe(true)
  expect(berlin.decode({ text: '{"level":30,"time":1794820321123,"msg":"x"}' }, memory).logged_writer_ms).toBe(AT + 123)
  expect(memory.naive).toBe(false)
})

test('queries are not kept, except what an OAuth redirect reports', () => {
  const url = (path: string) => json({ level: 30, time: 1, msg: 'x', req: { url: path } }).attributes
  expect(url('/cb?code=s3cret&state=1')).toEqual({ 'url.path': '/cb' })
  expect(url('https://h/cb?code=1&error=access_denied&error_description=no#x')).toEqual({
    'url.path': '/cb',
    'url.query': 'error=access_denied&error_description=no',
  })
})

test('of headers only those with a meaning are kept', () => {
  const headers = { host: 'api:8080', accept: '*/*', cookie: 'session=1', 'user-agent': 'curl', 'x-custom': 'y' }
  expect(json({ level: 30, time: 1, msg: 'x', req: { headers } }).attributes).toEqual({
    'server.address': 'api',
    'user_agent.original': 'curl',
  })
})

describe('hostile records', () => {
  test('10,000 levels of nesting are a value', () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000)
    expect(decode(`{"level":30,"time":1794820321123,"msg":"x","a":${deep}}`)).toMatchObject({ body: 'x' })
    expect(decode(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`).format).toBeTruthy()
    expect(decode('{'.repeat(100_000)).format).toBe('text')
  })

  test('prototype keys are harmless', () => {
    const record = decode(
      '{"level":30,"time":1794820321123,"msg":"x","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":{"__proto__":"y"},"toString":"z","hasOwnProperty":1}',
    )
    expect(record.body).toBe('x')
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(Object.getPrototypeOf(record.attributes)).toBe(Object.prototype)
    expect(record.attributes.toString).toBe('z')
    expect(decode('level=info msg=x __proto__=y constructor=z').body).toBe('x')
  })

  test('many, long and made-up keys stay within bounds', () => {
    const memory = newFormatMemory()
    for (let i = 0; i < 50; i++) {
      const object: Record<string, unknown> = { level: 30, time: 1794820321123, msg: 'x' }
      for (let k = 0; k < 500; k++) object[`k${i}_${k}`] = 'v'
      const record = decoder.decode({ text: JSON.stringify(object) }, memory)
      expect(Object.keys(record.attributes).length).toBeLessThanOrEqual(MAX_ATTRIBUTES)
    }
    expect(json({ level: 30, time: 1794820321123, msg: 'x', reqId: 'still' }).attributes['request.id']).toBe('still')
    expect(
      json({ level: 30, time: 1, msg: 'x'.repeat(1_000_000), a: 'y'.repeat(1_000_000) }).speech.length,
    ).toBeLessThanOrEqual(65_536)
  })

  test('values of the wrong type are no failure', () => {
    for (const value of [null, true, [], {}, [[]], 1e308, -1, '', { a: null }, [null, 1]])
      expect(
        json({
          level: value,
          time: value,
          msg: value,
          err: value,
          req: value,
          res: value,
          pid: value,
          hostname: value,
          status: value,
          error: value,
        }).format,
      ).toBeTruthy()
  })

  test('a status that is none is kept under its own name', () => {
    expect(json({ message: 'x', level: 'info', status: 'error' }).attributes).toEqual({ status: 'error' })
    expect(json({ message: 'x', level: 'info', status: '401' }).attributes).toEqual({
      'http.response.status_code': 401,
    })
  })
})

test('colours inside a JSON message are removed', () => {
  expect(json({ level: 'info', message: '\u001b[31mjwt expired\u001b[39m' }).body).toBe('jwt expired')
})

test('instants on error objects stay reachable', () => {
  const { attributes } = json({
    level: 50,
    time: 1,
    msg: 'x',
    err: {
      type: 'NotBeforeError',
      message: 'jwt not active',
      date: '2026-11-16T09:17:01.000Z',
      payload: { exp: 1794820000, aud: ['a', 'b'] },
    },
  })
  expect(attributes).toMatchObject({
    'err.date': '2026-11-16T09:17:01.000Z',
    'err.payload.exp': 1794820000,
    'err.payload.aud': 'a b',
  })
})

test('text of no known layout is all speech', () => {
  expect(decode('JsonWebTokenError: invalid signature')).toEqual({
    format: 'text',
    body: 'JsonWebTokenError: invalid signature',
    speech: 'JsonWebTokenError: invalid signature',
    attributes: {},
    resource: {},
  })
  expect(decode('').speech).toBe('')
})

test('attributes written as lists of keys and values, as OTLP has them in JSON, are fields like others', () => {
  const span = {
    name: 'authenticate',
    attributes: [
      { key: 'oauth.error', value: { stringValue: 'invalid_token' } },
      { key: 'http.response.status_code', value: { intValue: '401' } },
      { key: '__proto__', value: { stringValue: 'x' } },
    ],
    status: { code: 2, message: 'token expired' },
  }
  for (const record of [json(span), json({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })]) {
    expect(record.attributes).toMatchObject({ 'oauth.error': 'invalid_token', 'http.response.status_code': 401 })
    expect(record.speech).toContain('token expired')
  }
})
