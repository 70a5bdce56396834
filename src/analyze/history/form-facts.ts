/**
 * Of what form the tokens are that a record carries whole: the algorithm they name and the claims they lack. Only a token
 * that was read itself tells what it lacks; what a message leaves out proves nothing.
 * Invariant: names come from closed lists, so that made-up tokens add none.
 */
import type { AuthEvent } from '../../core/auth-event.ts'
import { type HistoryFact, TOKEN_ALGORITHMS, type TokenForm } from '../../core/history.ts'
import type { TokenFacts } from '../../core/token-facts.ts'
import { UNNAMED } from './facts-of.ts'

/** Names of issuers longer than this are none; characters. */
const ISSUER_LIMIT = 200

export function formFacts(tokens: readonly TokenFacts[], event: AuthEvent, time_ms: number): HistoryFact[] {
  const facts: HistoryFact[] = []
  for (const token of tokens) {
    // Opaque tokens and encrypted ones show nothing of themselves.
    if (token.alg === undefined || !token.fingerprint.startsWith('jwt:')) continue
    const issuer = (token.iss ?? event.issuer ?? UNNAMED).slice(0, ISSUER_LIMIT)
    for (const form of formsOf(token)) {
      facts.push({
        party: 'form',
        key: issuer,
        deed: form,
        host: '',
        detail: token.client_id ?? event.client_id ?? '',
        first_ms: time_ms,
        last_ms: time_ms,
        count: 1,
      })
    }
  }
  return facts
}

function formsOf(token: TokenFacts): TokenForm[] {
  const { alg, exp_ms, aud, kid } = token
  const forms: TokenForm[] = [`alg ${TOKEN_ALGORITHMS.find((known) => known === alg) ?? 'other'}`]
  // Of a token that the log cut off only the head is known.
  const claims = [token.iss, token.subject, token.jti, token.iat_ms, token.nbf_ms, exp_ms, aud]
  if (claims.some((claim) => claim !== undefined)) {
    if (exp_ms === undefined) forms.push('without exp')
    if (aud === undefined) forms.push('without aud')
  }
  if (kid === undefined) forms.push('without kid')
  return forms
}
