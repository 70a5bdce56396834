/** No record of the request states a reason: what the status means by the standard, or what is known of the token. */
import type { Deed } from '../../core/history.ts'
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
  return carriedNone(told, background) ?? asSaid(told, ['no record of this request states a reason'])
}

/** So many stated refusals show that a host says why it refuses a token; count. */
const STATED = 5

/**
 * A host that says of each token why it refuses it, and says nothing of this request, had none to weigh: mod_auth_openidc,
 * Spring Security and others keep silent about requests without a token, or say it below the level that is logged.
 */
function carriedNone(told: Told, { spoken, facts }: Background): Verdict | null {
  if (told.http_status !== UNAUTHORIZED || carriedToken(told)) return null
  for (const host of new Set(spoken.map((one) => one.host))) {
    if (host === undefined) continue
    const here = facts('host', host)
    if (here.some(({ deed }) => deed === 'missing')) continue
    const stated = here.reduce((sum, { deed, count }) => (OF_TOKENS.has(deed) ? sum + count : sum), 0)
    if (stated < STATED) continue
    const said = `${host} said of ${stated} other tokens within minutes why it refused them, and nothing of this request`
    return {
      cause: 'malformed',
      subcause: 'missing',
      confidence: 'possible',
      why: [`${said}: it probably carried no token`],
    }
  }
  return null
}

/** What a resource server says of a token that it weighed by itself. */
const OF_TOKENS: ReadonlySet<Deed> = new Set<Deed>([
  ...['access_token', 'not_yet_valid', 'issued_in_future', 'signature', 'structure', 'encoding', 'key_not_found'],
  ...['stale_jwks', 'audience_mismatch', 'issuer_mismatch', 'algorithm', 'claim_missing', 'claim_invalid'],
] as Deed[])
const UNAUTHORIZED = 401

function carriedToken({ token, token_id, client_id, subject, session }: Told): boolean {
  return [token, token_id, client_id, subject, session].some((field) => field !== undefined)
}
