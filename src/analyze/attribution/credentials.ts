/** A refused client: one that never worked is set up wrong, one that worked until now has a secret that was rotated or ran out. */
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { seconds } from './seconds.ts'
import { asSaid, type Verdict } from './verdict.ts'

export function credentials(told: Told, { facts }: Background): Verdict {
  if (told.client_id === undefined) return asSaid(told, [])
  let worked_ms = -Infinity
  for (const { deed, first_ms, last_ms } of facts('client', told.client_id)) {
    if (deed !== 'issued' && deed !== 'refreshed') continue
    const time_ms = last_ms <= told.time_ms ? last_ms : first_ms
    if (time_ms <= told.time_ms) worked_ms = Math.max(worked_ms, time_ms)
  }
  return asSaid(told, [
    worked_ms === -Infinity
      ? `${told.client_id} was not seen to get a token before`
      : `${told.client_id} got a token ${seconds(told.time_ms - worked_ms)} before: its secret worked until then`,
  ])
}
