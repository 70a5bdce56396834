/**
 * Why a resource server must refuse (or accept) what it is presented with, told from its state and from the true time.
 * Follows the order in which its library looks at a token; the bench never presents what would make two orders disagree.
 */

import type { Library } from './plan.ts'
import type { Presented } from './presented.ts'
import type { Reason } from './truth-row.ts'

/** `perhaps`: whether it fetched the key in time, nobody but itself can tell; what it does decides. */
export type KeyState = 'known' | 'stale' | 'unreachable' | 'perhaps stale' | 'perhaps unreachable'

export interface ValidatorState {
  library: Library
  route: string
  /** Its clock minus true time, s. */
  offset_s: number
  /** Why its clock is off, if it is. */
  clockFault: 'validator ahead' | 'validator behind' | 'drift' | null
  leeway_s: number
  /** Whether it has the key that a token of this issuer names. */
  keys: KeyState
  audience: string
  /** Set up for an issuer of another name. */
  wrongIssuer: boolean
  introspectionDown: boolean
}

/** Stamps are whole seconds: this close to an instant, what the server did decides, s … */
const MARGIN_S = 1.3

/** When a request took place, true time, s; on a busy machine that may be seconds. */
export interface Span {
  from_s: number
  to_s: number
}

export interface Outcome {
  reason: Reason | null
  inDoubt: boolean
  /** The server did what it should not have done, in words; nothing is scored then. */
  contradiction?: string
}

/** `refused`: what the server did. */
export function reasonOf(
  presented: Presented,
  method: 'GET' | 'POST',
  validator: ValidatorState,
  span: Span,
  refused: boolean,
): Outcome {
  const { candidate, sure, inDoubt = false } = expectation(presented, method, validator, span)
  if (refused && candidate === null)
    return {
      reason: UNCLEAR,
      inDoubt: true,
      contradiction: `a good request was refused: ${describe(presented, validator)}`,
    }
  if (!refused && candidate !== null && sure)
    return {
      ...{ reason: null, inDoubt: false },
      contradiction: `${candidate.fault} was let through: ${describe(presented, validator)}`,
    }
  return { reason: refused ? candidate : null, inDoubt: refused && inDoubt }
}

const UNCLEAR: Reason = { fault: 'unclear', cause: 'unknown', subcauses: ['unspecified'] }

interface Expectation {
  candidate: Reason | null
  sure: boolean
  inDoubt?: boolean
}

function expectation(presented: Presented, method: 'GET' | 'POST', validator: ValidatorState, span: Span): Expectation {
  const true_s = (span.from_s + span.to_s) / 2
  // … and nobody sees when within its time the server looked at it.
  const margin_s = MARGIN_S + (span.to_s - span.from_s) / 2
  const { flaw, scope, audience, iat_s, exp_s, revoked } = presented
  const { library, route, leeway_s, offset_s } = validator
  const sure = (candidate: Reason | null) => ({ candidate, sure: true })
  if (flaw === 'missing') return sure({ fault: 'no token', cause: 'malformed', subcauses: ['missing'] })
  const opaque = library === 'introspection'
  if (opaque) {
    if (validator.introspectionDown)
      return sure({ fault: 'introspection down', cause: 'outage', subcauses: ['introspection_unavailable'] })
    if (flaw !== 'none')
      return sure({ fault: 'inactive at introspection', cause: 'revocation', subcauses: ['inactive'] })
    if (revoked) return sure({ fault: 'revocation', cause: 'revocation', subcauses: ['token_revoked', 'inactive'] })
  } else {
    if (flaw === 'garbage')
      return sure({ fault: 'malformed token', cause: 'malformed', subcauses: ['structure', 'encoding'] })
    const unreachable: Reason = { fault: 'keys unreachable', cause: 'outage', subcauses: ['jwks_unavailable'] }
    if (validator.keys === 'unreachable') return sure(unreachable)
    if (flaw === 'foreign')
      return sure({ fault: 'wrong issuer', cause: 'misconfiguration', subcauses: ['key_not_found', 'issuer_mismatch'] })
    const stale: Reason = { fault: 'stale keys', cause: 'misconfiguration', subcauses: ['stale_jwks'] }
    if (validator.keys === 'stale') return sure(stale)
    if (validator.keys !== 'known') {
      const otherwise = expectation(presented, method, { ...validator, keys: 'known' }, span)
      const candidate = validator.keys === 'perhaps stale' ? stale : unreachable
      return { candidate, sure: otherwise.sure && otherwise.candidate !== null, inDoubt: otherwise.candidate !== null }
    }
    if (flaw === 'truncated')
      return sure({ fault: 'malformed token', cause: 'malformed', subcauses: ['signature', 'structure', 'encoding'] })
    if (flaw === 'tampered') return sure({ fault: 'tampered token', cause: 'malformed', subcauses: ['signature'] })
  }
  const looksAtClaims = library !== 'mod_auth_openidc'
  if (looksAtClaims && !opaque) {
    if (validator.wrongIssuer)
      return sure({ fault: 'wrong issuer', cause: 'misconfiguration', subcauses: ['issuer_mismatch'] })
    if (audience !== validator.audience)
      return sure({ fault: 'wrong audience', cause: 'misconfiguration', subcauses: ['audience_mismatch'] })
  }
  // An introspecting service asks the issuer, whose clock is right.
  const here_s = true_s + (opaque ? 0 : offset_s)
  const overdue_s = here_s - leeway_s - exp_s
  if (overdue_s > -margin_s) {
    const expired = true_s + margin_s > exp_s
    const candidate: Reason = expired
      ? { fault: 'natural expiry', cause: 'expiry', subcauses: ['access_token'] }
      : { fault: validator.clockFault ?? 'validator ahead', cause: 'skew', subcauses: ['fresh_token_expired'] }
    return { candidate, sure: overdue_s > margin_s }
  }
  const early_s = iat_s - here_s - leeway_s
  const mayBeEarly = validator.clockFault === 'validator behind' || validator.clockFault === 'drift'
  if (looksAtClaims && !opaque && mayBeEarly && early_s > -margin_s) {
    // nbf and iat are the same instant here; which of the two a library trips over first is no matter of cause.
    const iatFirst = library === 'pyjwt' || library === 'ruby-jwt'
    const candidate: Reason = {
      ...{ fault: validator.clockFault ?? 'validator behind', cause: 'skew' },
      subcauses: iatFirst ? ['issued_in_future', 'not_yet_valid'] : ['not_yet_valid'],
    }
    return { candidate, sure: early_s > margin_s }
  }
  if (looksAtClaims && !scope.split(' ').includes(`${route}:${method === 'GET' ? 'read' : 'write'}`))
    return sure({ fault: 'insufficient scope', cause: 'misuse', subcauses: ['insufficient_scope'] })
  return sure(null)
}

const describe = ({ token: _, ...presented }: Presented, validator: ValidatorState): string =>
  JSON.stringify({ ...presented, ...validator })
