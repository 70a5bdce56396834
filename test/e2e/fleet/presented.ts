/** What a caller presents, with what the bench knows about it and the service has to find out. */
import { randomBytes, randomUUID } from 'node:crypto'
import { generateKeyPair, SignJWT } from 'jose'

export interface Presented {
  /** Undefined: the request carries no token. */
  token: string | undefined
  /** `foreign`: signed by a key that is none of this issuer's. */
  flaw: 'none' | 'missing' | 'garbage' | 'truncated' | 'tampered' | 'foreign'
  kid: string | undefined
  scope: string
  audience: string
  /** Issuer's clock, s. */
  iat_s: number
  exp_s: number
  revoked: boolean
}

const NOTHING: Presented = {
  ...{ token: undefined, flaw: 'missing', kid: undefined, scope: '', audience: '' },
  ...{ iat_s: 0, exp_s: Number.POSITIVE_INFINITY, revoked: false },
}

export const noToken = (): Presented => ({ ...NOTHING })

export function jwtPresented(token: string): Presented {
  const [header, payload] = token.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
  const { scope, aud, iat, exp } = payload
  return { token, flaw: 'none', kid: header.kid, scope, audience: aud, iat_s: iat, exp_s: exp, revoked: false }
}

/** `life_s`: its lifetime; it begins now. */
export function opaquePresented(token: string, audience: string, scope: string, life_s: number): Presented {
  const iat_s = Math.floor(Date.now() / 1000)
  return { token, flaw: 'none', kid: undefined, scope, audience, iat_s, exp_s: iat_s + life_s, revoked: false }
}

/** Another scope under the old signature. */
export function tampered(whole: Presented): Presented {
  const [header, payload, signature] = whole.token!.split('.')
  const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString())
  const forged = Buffer.from(JSON.stringify({ ...claims, scope: `${claims.scope} admin` })).toString('base64url')
  return { ...whole, token: [header, forged, signature].join('.'), flaw: 'tampered' }
}

/** As a header of limited length leaves it: the signature's end is missing. */
export function truncated(whole: Presented): Presented {
  return { ...whole, token: whole.token!.slice(0, -40), flaw: 'truncated' }
}

export const garbage = (): Presented => ({ ...NOTHING, token: randomBytes(24).toString('hex'), flaw: 'garbage' })

/** A token of somebody else's issuer: nobody here knows its key. */
export async function foreign(whole: Presented): Promise<Presented> {
  const { privateKey } = await generateKeyPair('RS256')
  const { scope, audience, iat_s, exp_s } = whole
  const kid = `other-${randomUUID().slice(0, 8)}`
  const token = await new SignJWT({ scope, client_id: 'guest', sub: 'guest', jti: randomUUID() })
    .setProtectedHeader({ alg: 'RS256', kid })
    .setIssuer('https://id.other.example')
    .setAudience(audience)
    .setIssuedAt(iat_s)
    .setExpirationTime(exp_s)
    .sign(privateKey)
  return { ...whole, token, flaw: 'foreign', kid }
}
