/**
 * auth-1, the demo's authorization server: signs access tokens with jose under its own clock, hands out opaque refresh
 * tokens, rotates its key and withdraws grants. Its log is pino JSON whose messages are oidc-provider's event names
 * (`grant.success`, `grant.error`, `grant.revoked`). Who asks for tokens and when is left to the clients.
 */
import { type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK, SignJWT } from 'jose'
import type { Logger } from 'pino'
import type { Books } from './books.ts'
import type { HostClock } from './host-clock.ts'
import { InvalidGrant } from './oauth-error.ts'
import type { Random } from './random.ts'

export const ISSUER = 'https://auth.demo.test'
export const AUDIENCE = 'https://api.demo.test'

type GrantType = 'authorization_code' | 'refresh_token' | 'client_credentials'

export interface TokenRequest {
  client_id: string
  grant_type: GrantType
  scope: string
  /** Access token lifetime of this client, seconds. */
  lifetime_s: number
  /** The user; for a client on its own its client id. */
  subject: string
  /** Whether the token carries nbf; the standard leaves it open. */
  nbf: boolean
  /** Asks for a refresh token too. */
  offline: boolean
}

/** What the client holds, with what the books need to know about it. */
export interface IssuedToken {
  access_token: string
  /** Opaque; empty where none was asked for. */
  refresh_token: string
  client_id: string
  jti: string
  kid: string
  scope: string
  iat_s: number
  exp_s: number
  /** Null where the token carries none. */
  nbf_s: number | null
  grant: Grant
}

export interface Grant {
  id: string
  client_id: string
  subject: string
  revoked: boolean
}

interface SigningKey {
  kid: string
  privateKey: CryptoKey
  jwk: JWK
}

const ALG = 'ES256'

export class Issuer {
  readonly #clock: HostClock
  readonly #log: Logger
  readonly #random: Random
  /** The key in use first, then the one before it, whose tokens may still be alive. */
  readonly #keys: SigningKey[] = []
  readonly #books: Books
  /** Live refresh tokens; each is good for one refresh (RFC 9700 §4.14.2). */
  readonly #refreshTokens = new Map<string, Grant>()

  private constructor(clock: HostClock, log: Logger, random: Random, books: Books) {
    this.#books = books
    this.#clock = clock
    this.#log = log
    this.#random = random
  }

  static async create(clock: HostClock, log: Logger, random: Random, books: Books): Promise<Issuer> {
    const issuer = new Issuer(clock, log, random, books)
    await issuer.#takeNewKey()
    return issuer
  }

  /** The published key set (RFC 7517 §5). */
  jwks(): JSONWebKeySet {
    return { keys: this.#keys.map((key) => key.jwk) }
  }

  /** Signs with a new key from now on; tokens of the key before it stay good, older ones do not. */
  async rotateKey(): Promise<void> {
    const key = await this.#takeNewKey()
    this.#log.info({ kid: key.kid, previous_kid: this.#keys[1]?.kid }, 'signing key rotated')
  }

  async issue(request: TokenRequest): Promise<IssuedToken> {
    const grant = { id: this.#random.hex(16), client_id: request.client_id, subject: request.subject, revoked: false }
    const token = await this.#mint(request, grant)
    this.#books.succeeded('issuance')
    return token
  }

  /** RFC 6749 §6 with rotation. @throws InvalidGrant when the grant was withdrawn. */
  async refresh(refresh_token: string, request: TokenRequest): Promise<IssuedToken> {
    const { client_id } = request
    const grant_type = 'refresh_token'
    const grant = this.#refreshTokens.get(refresh_token)
    if (grant === undefined) throw new Error(`${client_id} presents a refresh token that was never issued`)
    if (grant.revoked) {
      const err = new InvalidGrant('refresh token has been revoked')
      // The parameters as they came in, refresh token included: what careless servers log.
      const params = { grant_type, client_id, refresh_token }
      this.#log.warn({ reqId: this.#random.uuid(), client_id, params, err }, 'grant.error')
      this.#books.refused('revocation/token_revoked')
      throw err
    }
    this.#refreshTokens.delete(refresh_token)
    const token = await this.#mint({ ...request, grant_type }, grant)
    this.#books.succeeded('refresh')
    return token
  }

  /** The holder has thrown its refresh token away (logout, a new login). */
  forget(refresh_token: string): void {
    this.#refreshTokens.delete(refresh_token)
  }

  /** RFC 7009: withdraws the grant and with it all of its tokens. */
  revoke(grant: Grant): void {
    grant.revoked = true
    this.#log.info({ reqId: this.#random.uuid(), client_id: grant.client_id, grant_id: grant.id }, 'grant.revoked')
  }

  async #mint(request: TokenRequest, grant: Grant): Promise<IssuedToken> {
    const key = this.#keys[0] as SigningKey
    const iat_s = Math.floor(this.#clock.now_ms() / 1000)
    const nbf_s = request.nbf ? iat_s : null
    const exp_s = iat_s + request.lifetime_s
    const jti = this.#random.hex(20)
    const { client_id, scope, subject, grant_type } = request
    const signer = new SignJWT({ client_id, scope, jti })
      .setProtectedHeader({ alg: ALG, typ: 'at+jwt', kid: key.kid })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setIssuedAt(iat_s)
      .setExpirationTime(exp_s)
    if (nbf_s !== null) signer.setNotBefore(nbf_s)
    const access_token = await signer.sign(key.privateKey)
    const refresh_token = request.offline ? this.#random.hex(43) : ''
    if (request.offline) this.#refreshTokens.set(refresh_token, grant)
    this.#log.info(
      {
        reqId: this.#random.uuid(),
        client_id,
        grant_type,
        sub: subject,
        scope,
        kid: key.kid,
        jti,
        iat: iat_s,
        exp: exp_s,
        expires_in: request.lifetime_s,
      },
      'grant.success',
    )
    return {
      access_token,
      refresh_token,
      client_id,
      jti,
      kid: key.kid,
      scope,
      iat_s,
      exp_s,
      nbf_s,
      grant,
    }
  }

  async #takeNewKey(): Promise<SigningKey> {
    const { privateKey, publicKey } = await generateKeyPair(ALG)
    const kid = `sig-${this.#random.hex(8)}`
    const key = { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: ALG, use: 'sig' } }
    this.#keys.unshift(key)
    this.#keys.length = Math.min(this.#keys.length, 2)
    return key
  }
}
