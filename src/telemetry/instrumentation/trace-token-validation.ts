/** Wraps the check of a token, whatever does the checking. */
import { ATTRIBUTE } from './attributes.ts'
import { defined } from './token-facts.ts'
import { traceStep } from './trace-step.ts'

export interface TokenValidation {
  /** The token as it came, with or without `Bearer`; only its fingerprint and times leave this process. */
  token?: string | undefined
  /** `access_token` (default), `id_token`, `refresh_token` … */
  kind?: string
  /** Tolerance granted for clock differences; s. */
  leeway_s?: number
  /** Who decides: `jose`, `jsonwebtoken` … */
  library?: string
}

/**
 * Runs `validate` and tells how it ended: a throw or a rejection is a refused token. What it returns or throws is passed
 * through. Works for functions that return a promise and for those that do not.
 */
export function traceTokenValidation<T>(validation: TokenValidation, validate: () => T): T {
  const { token, kind = 'access_token', leeway_s, library } = validation
  return traceStep(
    {
      step: 'validation',
      span_name: 'auth.token.validate',
      event_name: 'auth.token.validation',
      counter: 'auth.token.validations',
      token,
      attributes: defined({
        [ATTRIBUTE.kind]: kind,
        [ATTRIBUTE.leeway]: leeway_s,
        [ATTRIBUTE.library]: library,
      }),
    },
    validate,
  )
}
