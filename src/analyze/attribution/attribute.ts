/**
 * The one place where a cause is decided: from what was reported, the clocks and what happened before, at once and again
 * whenever more is known. Each family of reports has its rule in a file of its own; this one chooses.
 * Pure. Invariant: what was reported is kept beside what was decided, every decision carries its reasons with numbers, and
 * the same incident with the same background always gets the same verdict.
 */
import type { Subcause } from '../../core/cause.ts'
import { emitterName } from '../../core/emitter-name.ts'
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { credentials } from './credentials.ts'
import { early } from './early.ts'
import { expired } from './expired.ts'
import { keys } from './keys.ts'
import { mismatch } from './mismatch.ts'
import { outageShadow } from './outage-shadow.ts'
import { recoveredAfter } from './recovery.ts'
import { seconds } from './seconds.ts'
import { unreachable } from './unreachable.ts'
import { unstated } from './unstated.ts'
import { asSaid, type Verdict } from './verdict.ts'
import { revoked } from './withdrawn.ts'

export function attribute(told: Told, background: Background): Told {
  const verdict = outageShadow(told, background) ?? decide(told, background)
  const { recovered_ms: _, ...unhealed } = told
  const rest: Told = unhealed
  const recovered_ms = HEALS.has(verdict.subcause) ? recoveredAfter(told, background) : undefined
  if (recovered_ms !== undefined) rest.recovered_ms = recovered_ms
  const healed = recovered_ms === undefined ? [] : [`${told.client_id} got a new token ${seconds(recovered_ms)} later`]
  // The reason comes first, because lists show one line; what was said is the weakest of them.
  return { ...rest, ...verdict, why: [...verdict.why, ...healed, `${emitterName(told.system)} said: ${told.symptom}`] }
}

/** What a client can mend by itself. */
const HEALS: ReadonlySet<Subcause> = new Set(['access_token', 'id_token', 'session', 'fresh_token_expired'])

function decide(told: Told, background: Background): Verdict {
  switch (told.reported_subcause) {
    case 'key_not_found':
    case 'stale_jwks':
    case 'signature':
      return keys(told, background)
    case 'audience_mismatch':
    case 'issuer_mismatch':
      return mismatch(told, background)
    case 'client_credentials':
      return credentials(told, background)
    case 'request_time_skewed':
      return asSaid(told, [])
  }
  switch (told.reported_cause) {
    case 'expiry':
      return expired(told, background)
    case 'skew':
      return told.reported_subcause === 'fresh_token_expired' ? expired(told, background) : early(told, background)
    case 'revocation':
      return revoked(told, background)
    case 'outage':
      return unreachable(told, background)
    case 'unknown':
      return unstated(told, background)
    default:
      return asSaid(told, stated(told))
  }
}

function stated({ evidence: { expected, got } }: Told): string[] {
  const words = [expected === undefined ? '' : `expected ${expected}`, got === undefined ? '' : `got ${got}`]
  const said = words.filter((word) => word !== '').join(', ')
  return said === '' ? [] : [said]
}
