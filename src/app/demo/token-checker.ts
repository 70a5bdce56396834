/**
 * What a service does with a bearer token: verifies it with jose by its own clock, its own key set and its own idea of
 * the audience, then looks at the deny list and the scope. Logging is left to the service.
 */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { HostClock } from './host-clock.ts'
import { ISSUER } from './issuer.ts'
import { InsufficientScopeError, UnauthorizedError } from './oauth-error.ts'

export interface CheckerOptions {
  clock: HostClock
  /** Tolerance, seconds (jose's `clockTolerance`). */
  leeway_s: number
  /** Longest age a token may have, seconds; also makes jose look at `iat`. */
  maxAge_s?: number
  audience: string
  jwks: JSONWebKeySet
  /** Token ids of withdrawn grants, as the issuer publishes them to the services. */
  denied: ReadonlySet<string>
}

/** `challenge`: what goes into WWW-Authenticate (RFC 6750 §3). */
export type Verdict = { status: 200; payload: JWTPayload } | { status: 401 | 403; error: Error; challenge: string }

export class TokenChecker {
  readonly clock: HostClock
  readonly leeway_s: number
  readonly maxAge_s: number | undefined
  audience: string
  #keys: JWTVerifyGetKey
  #kids: ReadonlySet<string>
  readonly #denied: ReadonlySet<string>

  constructor({ clock, leeway_s, maxAge_s, audience, jwks, denied }: CheckerOptions) {
    this.clock = clock
    this.leeway_s = leeway_s
    this.maxAge_s = maxAge_s
    this.audience = audience
    this.#denied = denied
    this.#keys = createLocalJWKSet(jwks)
    this.#kids = kidsOf(jwks)
  }

  loadKeys(jwks: JSONWebKeySet): void {
    this.#keys = createLocalJWKSet(jwks)
    this.#kids = kidsOf(jwks)
  }

  knowsKey(kid: string): boolean {
    return this.#kids.has(kid)
  }

  async check(token: string | undefined, neededScope: string): Promise<Verdict> {
    try {
      if (token === undefined) throw new UnauthorizedError('credentials_required')
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer: ISSUER,
        audience: this.audience,
        currentDate: new Date(this.clock.now_ms()),
        clockTolerance: this.leeway_s,
        ...(this.maxAge_s === undefined ? {} : { maxTokenAge: this.maxAge_s }),
      })
      if (payload.jti !== undefined && this.#denied.has(payload.jti)) throw new UnauthorizedError('revoked_token')
      if (!String(payload.scope).split(' ').includes(neededScope)) throw new InsufficientScopeError()
      return { status: 200, payload }
    } catch (error) {
      if (error instanceof InsufficientScopeError)
        return {
          status: 403,
          error,
          challenge: challenge('insufficient_scope', error.message, ` scope="${neededScope}"`),
        }
      if (error instanceof UnauthorizedError)
        return {
          status: 401,
          error,
          challenge:
            error.code === 'credentials_required' ? 'Bearer realm="api"' : challenge('invalid_token', error.message),
        }
      if (error instanceof errors.JOSEError)
        return { status: 401, error, challenge: challenge('invalid_token', error.message) }
      throw error
    }
  }
}

function challenge(error: string, description: string, more = ''): string {
  return `Bearer realm="api", error="${error}", error_description="${description.replaceAll('"', "'")}"${more === '' ? '' : `,${more}`}`
}

function kidsOf(jwks: JSONWebKeySet): ReadonlySet<string> {
  return new Set(jwks.keys.flatMap(({ kid }) => (kid === undefined ? [] : [kid])))
}
