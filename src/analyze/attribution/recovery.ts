/** Did the same client get a new token soon after? Told apart per user where records name one. */
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { clientFacts } from './client-facts.ts'
import { momentOf } from './moment.ts'

/** Later than this nobody waited for it; ms. */
const SOON_MS = 60_000

/** ms from the failure to the next issuance; undefined where there was none within a minute, or nobody can tell. */
export function recoveredAfter(told: Told, background: Background): number | undefined {
  if (told.client_id === undefined) return undefined
  const at_ms = momentOf(told, background)?.at_ms ?? told.time_ms
  let soonest: number | undefined
  for (const { deed, own, first_ms, last_ms } of clientFacts(told, background)) {
    if (deed !== 'issued' && deed !== 'refreshed') continue
    if (told.subject !== undefined && !own) continue
    // A slot knows its first and last: between them the first one after the failure is not known, the last is a bound.
    const time_ms = first_ms >= at_ms ? first_ms : last_ms
    if (time_ms < at_ms || time_ms - at_ms > SOON_MS) continue
    soonest = Math.min(soonest ?? Infinity, Math.round(time_ms - at_ms))
  }
  return soonest
}
