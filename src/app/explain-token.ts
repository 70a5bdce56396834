/**
 * A JWT looked at by itself: what it says, and what would make a validator refuse it at a given instant. Only its facts
 * are looked at (step 2 keeps no more); its signature cannot be judged without the issuer's key, and that is said.
 */
import type { Cause, Subcause } from '../core/cause.ts'
import type { Remedy } from '../core/remedy/remedy.ts'
import { remedyOf } from '../core/remedy/remedy-of.ts'
import type { TokenFacts } from '../core/token-facts.ts'
import type { Redactor } from '../redact/redactor.ts'

export interface TokenRemark {
  /** Null for advice that is no reason to refuse. */
  cause: Cause | null
  subcause: Subcause | null
  text: string
}

export interface TokenExplanation {
  facts: TokenFacts
  at_ms: number
  /** Reasons to refuse it first, then advice. */
  remarks: TokenRemark[]
  remedy: Remedy | null
}

/** A compact JWS or an unsecured JWT: header, payload, signature (RFC 7515 §3.1), alone or behind `Bearer`. */
const COMPACT = /^(?:bearer\s+)?(ey[\w-]{8,}\.[\w-]*\.[\w-]*)$/i
/** Longer access tokens outlive every revocation and rotation; ms (RFC 9700 §2.2.2 asks for short-lived ones). */
const LONG_LIFETIME_MS = 24 * 3_600_000
/** `iat` in milliseconds instead of seconds (RFC 7519 §2, NumericDate) puts a token tens of thousands of years ahead. */
const ABSURD_MS = Date.UTC(2200, 0)

export function isToken(text: string): boolean {
  return COMPACT.test(text.trim())
}

/** Null when the text is no token that can be decoded. */
export function explainToken(text: string, redactor: Redactor, at_ms: number): TokenExplanation | null {
  const token = COMPACT.exec(text.trim())?.[1]
  if (token === undefined) return null
  const [facts] = redactor.redact(token).tokens
  if (facts === undefined) return null
  const remarks = [...refusals(facts, token, at_ms), ...advice(facts)]
  const [first] = remarks
  return {
    facts,
    at_ms,
    remarks,
    remedy: first === undefined || first.cause === null ? null : remedyOf(first.cause, first.subcause as never),
  }
}

function refusals(facts: TokenFacts, token: string, at_ms: number): TokenRemark[] {
  const found: TokenRemark[] = []
  const refuse = (cause: Cause, subcause: Subcause, text: string) => found.push({ cause, subcause, text })
  if (facts.alg?.toLowerCase() === 'none' || token.endsWith('.'))
    refuse('misconfiguration', 'algorithm', 'it is unsecured (alg none): validators must refuse it (RFC 8725 §3.1)')
  if (facts.nbf_ms !== undefined && facts.nbf_ms > at_ms)
    refuse('skew', 'not_yet_valid', `not valid yet: its not-before lies in the future`)
  if (facts.iat_ms !== undefined && facts.iat_ms > at_ms)
    refuse(
      'skew',
      'issued_in_future',
      `issued in the future: the issuer's clock is ahead, or the one compared with is behind`,
    )
  if (facts.exp_ms !== undefined && facts.exp_ms <= at_ms) refuse('expiry', 'access_token', `expired`)
  for (const [name, ms] of [
    ['exp', facts.exp_ms],
    ['iat', facts.iat_ms],
  ] as const)
    if (ms !== undefined && ms > ABSURD_MS)
      refuse('malformed', 'claim_invalid', `${name} is not in seconds since the epoch (RFC 7519 §2)`)
  return found
}

function advice(facts: TokenFacts): TokenRemark[] {
  const texts: string[] = []
  if (facts.exp_ms === undefined) texts.push('has no expiry (exp): many validators refuse it, and it never ends')
  if (facts.aud === undefined)
    texts.push('names no audience (aud): validators that check it will refuse it (RFC 9068 §2.2)')
  if (facts.iss === undefined) texts.push('names no issuer (iss)')
  if (facts.kid === undefined && facts.alg !== undefined && !facts.alg.startsWith('HS'))
    texts.push('names no key (kid): after a rotation validators must guess which one (RFC 7517 §4.5)')
  if (facts.alg?.startsWith('HS'))
    texts.push('is signed with a shared secret: every validator could also issue it (RFC 8725 §3.2)')
  if (facts.iat_ms !== undefined && facts.exp_ms !== undefined && facts.exp_ms - facts.iat_ms > LONG_LIFETIME_MS)
    texts.push('lives longer than a day: it outlasts revocations and rotations')
  return texts.map((text) => ({ cause: null, subcause: null, text }))
}
