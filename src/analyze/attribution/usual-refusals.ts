/**
 * What is mostly wrong with tokens hereabouts: of those that other hosts weighed within minutes, how many had run out, were broken,
 * were fine. The last thing to go by where a record says neither whose token it was nor anything about it.
 * Invariant: a host whose clock is off does not count, for it calls too many or too few expired.
 */
import type { Deed } from '../../core/history.ts'
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'

export interface UsualRefusals {
  /** Called expired by all others. */
  expired: number
  /** Not intact, by all others. */
  broken: number
  /** Of the tokens that those weighed who say what they accept: share that had run out; null where too few are known. */
  expired_share: number | null
}

/** Fewer tokens are no share; count. */
const LEAST = 20

export function usualRefusals({ host, issuer }: Told, { clocks, facts }: Background): UsualRefusals {
  const hosts = new Map<string, { expired: number; accepted: number }>()
  let broken = 0
  for (const { deed, host: other, count } of facts('fleet', '')) {
    if (other === host || other === '' || clocks.atFault(other, issuer) === 'host') continue
    if (BROKEN.has(deed)) broken += count
    if (deed !== 'access_token' && deed !== 'accepted') continue
    const sums = hosts.get(other) ?? { expired: 0, accepted: 0 }
    sums[deed === 'accepted' ? 'accepted' : 'expired'] += count
    hosts.set(other, sums)
  }
  const all = [...hosts.values()]
  const frank = all.filter(({ accepted }) => accepted > 0)
  const ranOut = frank.reduce((sum, { expired }) => sum + expired, 0)
  const weighed = frank.reduce((sum, { accepted }) => sum + accepted, ranOut)
  return {
    expired: all.reduce((sum, { expired }) => sum + expired, 0),
    broken,
    expired_share: weighed < LEAST ? null : ranOut / weighed,
  }
}

/** What a server that introspects calls inactive, too, because its issuer does not know it. */
const BROKEN: ReadonlySet<Deed> = new Set<Deed>(['structure', 'encoding', 'signature', 'key_not_found'])
