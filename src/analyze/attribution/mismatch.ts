/**
 * Wrong audience or issuer: the cause is what was said; since when, and whether one client or all of them are met, says
 * whether a deploy of the service or the set-up of a client did it.
 */
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { seconds } from './seconds.ts'
import { asSaid, type Verdict } from './verdict.ts'

export function mismatch(told: Told, { facts }: Background): Verdict {
  const { expected, got } = told.evidence
  const why: string[] = []
  const words = [expected === undefined ? '' : `expected ${expected}`, got === undefined ? '' : `got ${got}`]
  const said = words.filter((word) => word !== '').join(', ')
  if (said !== '') why.push(said)
  const here = facts('host', told.host)
  const refused = here.filter(({ deed }) => deed === told.reported_subcause)
  const clients = new Set(refused.map(({ detail }) => detail).filter((client) => client !== ''))
  const first_ms = Math.min(...refused.map((fact) => fact.first_ms))
  const accepted = here.filter(({ deed }) => deed === 'accepted')
  const before = accepted.some((fact) => fact.first_ms < first_ms)
  const since = accepted.some(({ last_ms }) => last_ms > first_ms)
  if (before && !since && refused.length > 0)
    why.push(
      `${told.host} accepted tokens until this began ${seconds(Math.max(0, told.time_ms - first_ms))} before, and none since: a deploy or a change of its settings`,
    )
  else if (since && clients.size === 1)
    why.push(`only ${[...clients][0]} is refused for it here, others are accepted: the set-up of that client`)
  return asSaid(told, why)
}
