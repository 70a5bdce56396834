/**
 * What may be said about a token: its fingerprint and the claims that explain failures, never the token itself.
 * The work is the redactor's, so that an application and the text logs beside it say the same.
 */
import { randomBytes } from 'node:crypto'
import type { Attributes } from '@opentelemetry/api'
import type { TokenFacts } from '../../core/token-facts.ts'
import { Redactor } from '../../redact/redactor.ts'
import { ATTRIBUTE } from './attributes.ts'

/** 32 bytes in hex. The same in every application and in the store: fingerprints join; without it they join within one process. */
const KEY_VARIABLE = 'AUTHTOP_FINGERPRINT_KEY'
const KEY = /^[0-9a-f]{64}$/i

let redactor: Redactor | undefined

function redaction(): Redactor {
  if (redactor === undefined) {
    const given = process.env[KEY_VARIABLE] ?? ''
    redactor = new Redactor(KEY.test(given) ? Buffer.from(given, 'hex') : randomBytes(32))
  }
  return redactor
}

/** Facts of a token as it travels, with or without `Bearer`. */
export function tokenAttributes(token: string, now_ms: number): Attributes {
  const bare = token.replace(/^(?:Bearer|DPoP) +/i, '')
  const facts: TokenFacts = redaction().redact(bare).tokens[0] ?? {
    fingerprint: redaction().fingerprint('opaque', bare),
  }
  const { iat_ms, nbf_ms, exp_ms } = facts
  return defined({
    [ATTRIBUTE.fingerprint]: facts.fingerprint,
    [ATTRIBUTE.issuer]: facts.iss,
    [ATTRIBUTE.audience]: facts.aud,
    [ATTRIBUTE.client]: facts.client_id,
    [ATTRIBUTE.key_id]: facts.kid,
    [ATTRIBUTE.algorithm]: facts.alg,
    [ATTRIBUTE.subject]: facts.subject,
    [ATTRIBUTE.issued_at]: seconds(iat_ms),
    [ATTRIBUTE.not_before]: seconds(nbf_ms),
    [ATTRIBUTE.expires_at]: seconds(exp_ms),
    [ATTRIBUTE.lifetime]: iat_ms === undefined || exp_ms === undefined ? undefined : (exp_ms - iat_ms) / 1000,
    [ATTRIBUTE.age]: iat_ms === undefined ? undefined : (now_ms - iat_ms) / 1000,
  })
}

/** Text of an error without the secrets that libraries put into it. */
export function withoutSecrets(text: string): string {
  return redaction().redact(text).text
}

export function defined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000
}
