/** No record of the request states a reason: what the status means by the standard, or what is known of the token. */
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { asSaid, type Verdict } from './verdict.ts'
import { withdrawn } from './withdrawn.ts'

const FORBIDDEN = 403

export function unstated(told: Told, background: Background): Verdict {
  const known = withdrawn(told, background)
  if (known !== null) return known
  if (told.http_status === FORBIDDEN && carriedToken(told))
    return {
      cause: 'misuse',
      subcause: 'insufficient_scope',
      confidence: 'possible',
      why: ['no record states a reason; 403 to a request with a token means that it lacks a scope (RFC 6750 §3.1)'],
    }
  return asSaid(told, ['no record of this request states a reason'])
}

function carriedToken({ token, token_id, client_id, subject, session }: Told): boolean {
  return [token, token_id, client_id, subject, session].some((field) => field !== undefined)
}
