/**
 * An issuer that makes good tokens and, on request, tokens with exactly one fault.
 * A faulty token is middle-aged and otherwise in order, so that a validator whose clock is some minutes off still
 * stumbles over the injected fault and nothing else.
 */
import { createHmac, randomUUID } from 'node:crypto'
import { exportJWK, exportSPKI, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose'
import type { Fault } from './faults.ts'

export const ISSUER = 'https://auth.example.com'
export const AUDIENCE = 'orders-api'
/** What a good token lives; seconds. */
export const LIFETIME_S = 600
/** How old a faulty but unexpired token is; seconds. */
const MIDDLE_AGE_S = 300

export interface TokenForge {
  issuer: string
  audience: string
  /** What a validator trusts: one key, `key-1`, as PEM and as JWKS. */
  publicPem: string
  jwks: JSONWebKeySet
  /** A token to present; undefined = none. Made on this machine's clock, now. */
  token(fault: Fault | 'none'): Promise<string | undefined>
}

export async function openTokenForge(): Promise<TokenForge> {
  const trusted = await generateKeyPair('RS256', { extractable: true })
  const stranger = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(trusted.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' }

  function sign(
    claims: Record<string, unknown>,
    age_s = MIDDLE_AGE_S,
    { key = trusted, kid = 'key-1' } = {},
  ): Promise<string> {
    const iat = Math.floor(Date.now() / 1000) - age_s
    const payload = {
      ...{ iss: ISSUER, aud: AUDIENCE, sub: 'user-17', client_id: 'web-shop', scope: 'orders:read', jti: randomUUID() },
      ...{ iat, nbf: iat, exp: iat + LIFETIME_S, ...claims },
    }
    return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(key.privateKey)
  }

  const make: Record<Fault | 'none', () => Promise<string | undefined>> = {
    none: () => sign({}),
    expired_just_now: () => sign({}, LIFETIME_S + 20),
    expired_hours_ago: () => sign({}, LIFETIME_S + 6 * 3600),
    not_yet_valid: () => sign({ nbf: Math.floor(Date.now() / 1000) + 120 }),
    issued_in_future: () => sign({ nbf: undefined }, -120),
    fresh_to_a_clock_behind: () => sign({ nbf: Math.floor(Date.now() / 1000) }),
    fresh_to_a_clock_ahead: () => sign({ exp: Math.floor(Date.now() / 1000) + 200 }, 0),
    wrong_audience: () => sign({ aud: 'billing-api' }),
    wrong_issuer: () => sign({ iss: 'https://old-auth.example.com' }),
    unknown_key: () => sign({}, MIDDLE_AGE_S, { key: stranger, kid: 'key-9' }),
    wrong_algorithm: async () => hmacSigned(await sign({})),
    forged_claims: async () => forged(await sign({})),
    wrong_key: () => sign({}, MIDDLE_AGE_S, { key: stranger }),
    garbage: async () => randomUUID(),
    missing: async () => undefined,
    expiry_missing: () => sign({ exp: undefined }),
    expiry_not_a_number: () => sign({ exp: 'tomorrow' }),
  }
  return {
    ...{ issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [jwk] } },
    publicPem: await exportSPKI(trusted.publicKey),
    token: (fault) => make[fault](),
  }
}

function forged(token: string): string {
  const [header, payload, signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString())
  return [header, encode({ ...claims, scope: 'orders:read orders:admin' }), signature].join('.')
}

/** The algorithm-confusion trick: HMAC where the validator expects RSA (RFC 8725 §2.1). */
function hmacSigned(token: string): string {
  const signed = `${encode({ alg: 'HS256', kid: 'key-1' })}.${token.split('.')[1]}`
  return `${signed}.${createHmac('sha256', 'the public key').update(signed).digest('base64url')}`
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
