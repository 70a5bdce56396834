/**
 * "Fetch failed", "connection refused": who was it that did not answer? A socket's error does not name it; what this host
 * otherwise asks for does: one that has each token introspected needs no key set.
 */
import type { Deed } from '../../core/history.ts'
import { VERIFIED } from '../history/facts-of.ts'
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { asSaid, type Verdict } from './verdict.ts'

/** Signatures of a socket's error are this unspecific; one that names the key set or the endpoint is more so. */
const NAMELESS_SPECIFICITY = 40

export function unreachable(told: Told, { facts }: Background): Verdict {
  const nameless = told.reported_subcause === 'jwks_unavailable' && told.specificity <= NAMELESS_SPECIFICITY
  if (!nameless && told.reported_subcause !== 'issuer_unavailable') return asSaid(told, [])
  let [introspected, verified] = [0, 0]
  for (const { deed, count } of facts('host', told.host)) {
    if (deed === 'inactive') introspected += count
    else if (CHECKED_HERE.has(deed)) verified += count
  }
  // Who weighs tokens and never finds anything out by itself asks the issuer about each.
  if (introspected <= verified || introspected === 0) return asSaid(told, [])
  return {
    cause: 'outage',
    subcause: 'introspection_unavailable',
    confidence: 'likely',
    why: [`${told.host} asks the issuer about each token: it was told ${introspected} times that one is not active`],
  }
}

/** What a host finds out by itself, with the key set. */
const CHECKED_HERE: ReadonlySet<Deed> = new Set<Deed>(
  [...VERIFIED, 'signature', 'key_not_found'].filter(
    (deed) => deed !== 'accepted' && deed !== 'insufficient_scope',
  ) as Deed[],
)
