/** Wraps the making of a token, on the side that makes it or on the side that asks for it. */
import { ATTRIBUTE } from './attributes.ts'
import { defined } from './token-facts.ts'
import { traceStep } from './trace-step.ts'

export interface TokenIssuance {
  /** `access_token` (default), `id_token`, `refresh_token` … */
  kind?: string
  /** OAuth 2.0 grant type; `refresh_token` makes it a refresh. */
  grant_type?: string
  client_id?: string
  issuer?: string
  audience?: string
  library?: string
}

/** Runs `issue`; the token is what it returns, or its `access_token`. */
export function traceTokenIssuance<T>(issuance: TokenIssuance, issue: () => T): T {
  return traceStep(issuanceStep(issuance), issue, tokenIn)
}

export function issuanceStep({
  kind = 'access_token',
  grant_type,
  client_id,
  issuer,
  audience,
  library,
}: TokenIssuance) {
  return {
    step: grant_type === 'refresh_token' ? ('refresh' as const) : ('issuance' as const),
    span_name: 'auth.token.issue',
    event_name: 'auth.token.issuance',
    counter: 'auth.token.issuances',
    attributes: defined({
      [ATTRIBUTE.kind]: kind,
      [ATTRIBUTE.grant]: grant_type,
      [ATTRIBUTE.client]: client_id,
      [ATTRIBUTE.issuer]: issuer,
      [ATTRIBUTE.audience]: audience,
      [ATTRIBUTE.library]: library,
    }),
  }
}

/** RFC 6749 §5.1: a token response; libraries that sign return the token itself. */
function tokenIn(result: unknown): string | undefined {
  if (typeof result === 'string') return result
  const token = (result as { access_token?: unknown } | null)?.access_token
  return typeof token === 'string' ? token : undefined
}
