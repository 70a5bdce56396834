import { context, metrics, SpanStatusCode, trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import * as plainJose from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  ATTRIBUTE,
  instrumentJose,
  instrumentJsonwebtoken,
  instrumentJwtBearer,
  instrumentOidcProvider,
  traceTokenIssuance,
  traceTokenValidation,
} from '../../../../src/telemetry/instrumentation/index.ts'

const SECRET = new TextEncoder().encode('a secret of 32 bytes for this test')
const CLAIMS = { iss: 'https://id.example', aud: 'orders', sub: 'alice', client_id: 'web' }
const signed = (expiresIn: number, key: string | Uint8Array = SECRET) =>
  jsonwebtoken.sign(CLAIMS, Buffer.from(key), { expiresIn, keyid: 'k1' })

test('without an SDK results and errors pass through', async () => {
  expect(traceTokenValidation({ token: 'x' }, () => 7)).toBe(7)
  expect(await traceTokenIssuance({}, async () => 'token')).toBe('token')
  const error = new Error('jwt expired')
  expect(() =>
    traceTokenValidation({}, () => {
      throw error
    }),
  ).toThrow(error)
  await expect(traceTokenValidation({}, () => Promise.reject(error))).rejects.toBe(error)
})

describe('with an SDK', () => {
  const exporter = new InMemorySpanExporter()
  beforeEach(() => {
    exporter.reset()
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
  })
  afterEach(() => {
    trace.disable()
    context.disable()
    metrics.disable()
  })
  const spans = () => exporter.getFinishedSpans()

  test('an accepted token is told with its facts and never itself', async () => {
    const jose = instrumentJose(plainJose)
    const token = signed(60)
    const { payload } = await jose.jwtVerify(token, SECRET, { audience: 'orders', clockTolerance: 5 })
    expect(payload.sub).toBe('alice')
    const [span] = spans()
    expect(span).toMatchObject({
      name: 'auth.token.validate',
      attributes: {
        [ATTRIBUTE.step]: 'validation',
        [ATTRIBUTE.outcome]: 'success',
        [ATTRIBUTE.issuer]: 'https://id.example',
        [ATTRIBUTE.audience]: 'orders',
        [ATTRIBUTE.client]: 'web',
        [ATTRIBUTE.key_id]: 'k1',
        [ATTRIBUTE.algorithm]: 'HS256',
        [ATTRIBUTE.lifetime]: 60,
        [ATTRIBUTE.leeway]: 5,
        [ATTRIBUTE.library]: 'jose',
      },
    })
    expect(span!.attributes[ATTRIBUTE.fingerprint]).toMatch(/^jwt:[0-9a-f]{16}$/)
    const told = JSON.stringify(span!.attributes)
    expect(told).not.toContain(token.slice(-20))
    expect(told).not.toContain('alice')
  })

  test('refusals name the cause that the library names', async () => {
    const undo = instrumentJsonwebtoken(jsonwebtoken)
    const jose = instrumentJose(plainJose)
    const other = Buffer.from('another secret of enough bytes....')
    const trials: [() => unknown, string][] = [
      [() => jsonwebtoken.verify(signed(-60), Buffer.from(SECRET)), 'access_token'],
      [() => jsonwebtoken.verify(signed(60), other), 'signature'],
      [() => jsonwebtoken.verify(signed(60), Buffer.from(SECRET), { audience: 'billing' }), 'audience_mismatch'],
      [() => jsonwebtoken.verify('no token', Buffer.from(SECRET)), 'structure'],
      [() => jose.jwtVerify(signed(-60), SECRET), 'access_token'],
      [() => jose.jwtVerify(signed(60), new Uint8Array(other)), 'signature'],
      [() => jose.jwtVerify(signed(60), SECRET, { issuer: 'https://other.example' }), 'issuer_mismatch'],
      [() => jose.jwtVerify(signed(60), SECRET, { requiredClaims: ['scope'] }), 'claim_missing'],
    ]
    for (const [run, subcause] of trials) {
      exporter.reset()
      await expect((async () => run())()).rejects.toThrow()
      const failed = spans().filter((span) => span.name === 'auth.token.validate')
      expect(failed).toHaveLength(1)
      expect(failed[0]!.attributes[ATTRIBUTE.subcause]).toBe(subcause)
      expect(failed[0]!.status.code).toBe(SpanStatusCode.ERROR)
    }
    undo()
  })

  test('jsonwebtoken with a callback still calls it, once', async () => {
    const undo = instrumentJsonwebtoken(jsonwebtoken)
    const token = await new Promise<string>((resolve, reject) =>
      jsonwebtoken.sign(CLAIMS, Buffer.from(SECRET), { expiresIn: 60 }, (error, made) =>
        made === undefined ? reject(error) : resolve(made),
      ),
    )
    const error = await new Promise((resolve) => jsonwebtoken.verify(token, 'wrong', (refused) => resolve(refused)))
    undo()
    expect(error).toMatchObject({ message: 'invalid signature' })
    expect(spans().map((span) => span.attributes[ATTRIBUTE.outcome])).toEqual(['success', 'failure'])
  })

  test('a secret in an error message is not told', () => {
    const token = signed(60)
    expect(() =>
      traceTokenValidation({ token }, () => {
        throw new Error(`cannot use token ${token}`)
      }),
    ).toThrow()
    expect(JSON.stringify([spans()[0]!.events, spans()[0]!.status])).not.toContain(token.slice(-20))
  })

  test('bearer middleware goes on as it did, and its refusals are told', async () => {
    const refusal = Object.assign(new Error('Unauthorized'), { error: 'insufficient_scope' })
    const run = (authorization: string) =>
      new Promise((resolve) =>
        instrumentJwtBearer((request, _response, next) =>
          next(request.headers.authorization === 'Bearer good' ? undefined : refusal),
        )({ headers: { authorization } }, {}, resolve),
      )
    expect(await run('Bearer good')).toBeUndefined()
    expect(await run('Bearer bad')).toBe(refusal)
    expect(spans().map((span) => span.attributes[ATTRIBUTE.subcause])).toEqual([undefined, 'insufficient_scope'])
  })

  test('oidc-provider tells of grants and refused grants', () => {
    const listeners: Record<string, (...args: unknown[]) => void> = {}
    instrumentOidcProvider({
      issuer: 'https://id.example',
      on: (event, listener) => {
        listeners[event] = listener
      },
    })
    const oidc = { client: { clientId: 'web' }, params: { grant_type: 'refresh_token' } }
    listeners['grant.success']!({ oidc, body: { access_token: signed(60) } })
    listeners['grant.error']!({ oidc }, Object.assign(new Error('bad'), { error: 'invalid_client' }))
    expect(spans().map(({ attributes }) => [attributes[ATTRIBUTE.step], attributes[ATTRIBUTE.outcome]])).toEqual([
      ['refresh', 'success'],
      ['refresh', 'failure'],
    ])
    expect(spans()[1]!.attributes).toMatchObject({
      [ATTRIBUTE.subcause]: 'client_credentials',
      [ATTRIBUTE.client]: 'web',
    })
  })
})
