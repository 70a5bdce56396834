/** The demo's log lines against the libraries whose layouts they claim to have. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import winston from 'winston'
import { accessLine } from '../../../src/app/demo/access-log.ts'
import { InsufficientScopeError, UnauthorizedError } from '../../../src/app/demo/oauth-error.ts'
import { type WinstonEntry, winstonJson, winstonSimple } from '../../../src/app/demo/winston-layout.ts'
import { writeStory } from '../../../src/app/demo/write-story.ts'
import { jsonOf } from './read-logs.ts'

const STAMP = '2026-11-16T09:14:00.250Z'

/** What winston itself writes for an entry, in one of its layouts. */
async function real(layout: winston.Logform.Format, entry: WinstonEntry): Promise<string> {
  const { combine, errors, timestamp } = winston.format
  let text = ''
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      text += chunk
      done()
    },
  })
  const { service, ...bindings } = entry.fields
  const logger = winston.createLogger({
    level: 'debug',
    defaultMeta: { service },
    format: combine(errors({ stack: true }), timestamp({ format: () => STAMP }), layout),
    transports: [new winston.transports.Stream({ stream, eol: '\n' })],
  })
  const child = logger.child(bindings)
  if (entry.error === undefined) child.log(entry.level, entry.message)
  else child.log(entry.level, entry.message, entry.error)
  await new Promise((done) => {
    logger.on('finish', done)
    logger.end()
  })
  return text
}

async function joseError(claims: Record<string, unknown>, otherKey = false): Promise<Error> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const keys = createLocalJWKSet({
    keys: [{ ...(await exportJWK(publicKey)), kid: otherKey ? 'other' : 'k', alg: 'ES256' }],
  })
  const token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(privateKey)
  return jwtVerify(token, keys, { audience: 'a' }).then(
    () => Promise.reject(new Error('the token was meant to be refused')),
    (error: Error) => error,
  )
}

describe('winston', () => {
  const fields = {
    service: 'reports',
    requestId: 'b6f616eff30acc9a8aad5de76f38982d',
    url: '/reports/1?format=csv',
    method: 'GET',
  }
  const entries = async (): Promise<WinstonEntry[]> => [
    {
      level: 'info',
      message: 'request completed',
      timestamp: STAMP,
      fields: { ...fields, status: 401, responseTime: 3 },
    },
    { level: 'info', message: 'jwks loaded', timestamp: STAMP, fields: { service: 'reports', kids: ['b', 'a'] } },
    {
      level: 'warn',
      message: 'token refused:',
      timestamp: STAMP,
      fields,
      error: await joseError({ aud: 'a', exp: 1, z: { b: 1, a: [2] } }),
    },
    { level: 'warn', message: 'token refused:', timestamp: STAMP, fields, error: await joseError({ aud: 'b' }) },
    { level: 'warn', message: 'token refused:', timestamp: STAMP, fields, error: await joseError({ aud: 'a' }, true) },
    {
      level: 'warn',
      message: 'token refused:',
      timestamp: STAMP,
      fields,
      error: new UnauthorizedError('revoked_token'),
    },
    { level: 'warn', message: 'token refused:', timestamp: STAMP, fields, error: new InsufficientScopeError() },
  ]

  test('writes the JSON lines that the demo writes', async () => {
    for (const entry of await entries()) expect(winstonJson(entry)).toBe(await real(winston.format.json(), entry))
  })

  test('writes the simple lines that the demo writes', async () => {
    for (const entry of await entries()) expect(winstonSimple(entry)).toBe(await real(winston.format.simple(), entry))
  })
})

describe('pino-http', () => {
  const dir = mkdtempSync(join(tmpdir(), 'authtop-layout-'))
  beforeAll(async () => {
    await writeStory({ dir, seed: 1 })
  })
  afterAll(() => rmSync(dir, { recursive: true }))

  // The order of keys as pino-http 11.0 with pino 10 writes them: bindings, then what the call adds, then the message.
  const REQUEST = ['id', 'method', 'url', 'headers', 'remoteAddress', 'remotePort']
  const TRACE = ['trace_id', 'span_id', 'trace_flags']

  test('has its keys in the order of the request-completed lines', () => {
    const lines = jsonOf(dir, 'orders-2').filter((line) => line.msg === 'request completed')
    expect(lines.length).toBeGreaterThan(100)
    for (const line of lines) {
      const trace = 'trace_id' in line ? TRACE : []
      expect(Object.keys(line)).toEqual([
        'level',
        'time',
        'pid',
        'hostname',
        'name',
        'req',
        ...trace,
        'res',
        'responseTime',
        'msg',
      ])
      expect(Object.keys(line.req as object)).toEqual(REQUEST)
      expect(Object.keys(line.res as object)).toEqual(['statusCode', 'headers'])
    }
  })

  test('has its error serialiser’s fields first in the refusals', () => {
    const lines = jsonOf(dir, 'orders-1').filter((line) => line.msg === 'token refused')
    expect(lines.length).toBeGreaterThan(50)
    for (const line of lines) {
      const keys = Object.keys(line.err as object)
      expect(keys.slice(0, 3)).toEqual(['type', 'message', 'stack'])
      expect(keys).toContain('code')
      expect((line.err as { stack: string }).stack).toMatch(/^\w+: .+\n {4}at /)
    }
  })

  test('carries trace context on some requests and not on others', () => {
    const lines = jsonOf(dir, 'orders-1').filter((line) => line.msg === 'token accepted')
    const traced = lines.filter((line) => 'trace_id' in line)
    expect(traced.length).toBeGreaterThan(0)
    expect(traced.length).toBeLessThan(lines.length)
    for (const line of traced) {
      const headers = (line.req as { headers: Record<string, string> }).headers
      expect(headers.traceparent).toMatch(new RegExp(`^00-${line.trace_id}-[0-9a-f]{16}-01$`))
    }
  })
})

test('the gateway writes what nginx writes for a JSON log_format of its own variables', () => {
  // nginx 1.22 with log_format … escape=json; only address, time and id were chosen to fit.
  const nginx =
    '{"time_iso8601":"2026-11-24T03:56:47+00:00","remote_addr":"127.0.0.1","request":"GET /orders/5588?a=1 HTTP/1.1","status":"401","body_bytes_sent":"2","request_time":"0.001","upstream_addr":"127.0.0.1:18098","upstream_status":"401","request_id":"59ac9f91fb4ed6a4a7b87c2f2d94a987","http_user_agent":"Mozi\\"lla/5.0"}\n'
  const request = {
    id: '59ac9f91fb4ed6a4a7b87c2f2d94a987',
    method: 'GET',
    url: '/orders/5588?a=1',
    headers: { 'user-agent': 'Mozi"lla/5.0' },
    remoteAddress: '10.20.0.2',
    remotePort: 40_000,
    trace: null,
  } as const
  const entry = { request, address: '127.0.0.1', upstream: '127.0.0.1:18098', status: 401, bytes: 2, took_ms: 1 }
  expect(accessLine({ ...entry, now_ms: Date.parse('2026-11-24T03:56:47.999Z') })).toBe(nginx)
})
