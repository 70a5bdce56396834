/** Hosts that hold old signing keys, and the rotations behind it. */
import type { Finding } from '../../core/finding.ts'
import { toMinute as at } from '../../core/instant-words.ts'
import { remedyOf } from '../../core/remedy/remedy-of.ts'
import { type FindingFacts, gather, requestsAt, sampleOf, severityOf } from './facts.ts'
import { only } from './only.ts'
import { count, some } from './words.ts'

/** A rotation shows on this many hosts at least. */
const HOSTS_OF_ROTATION = 2

export function keyFindings(facts: FindingFacts): Finding[] {
  const remedy = remedyOf('misconfiguration', 'stale_jwks')
  const stale = (g: FindingFacts['failures'][number]) => g.subcause === 'stale_jwks'
  const found: Finding[] = gather(facts.failures, stale, ['host']).map((g) => {
    const kids = new Set(
      sampleOf(facts, { cause: 'misconfiguration', subcause: 'stale_jwks', place: 'host', value: g.at.host! }).flatMap(
        ({ evidence }) => evidence.kid ?? [],
      ),
    )
    const where = g.at.host || some(g.others.service) || 'a host that its records do not name'
    return {
      kind: 'stale_jwks',
      severity: severityOf(facts, g, requestsAt(facts, 'host', g.at.host!)),
      cause: 'misconfiguration',
      subcause: 'stale_jwks',
      ...(g.at.host === '' ? {} : { host: g.at.host! }),
      ...only(g.others, 'service', 'issuer'),
      from_ms: g.from_ms,
      to_ms: g.to_ms,
      incidents: g.count,
      title: `${where} checks signatures with old keys since ${at(g.from_ms)}`,
      why: [
        `${count(g.count, 'token')} signed with a key it does not hold, until ${at(g.to_ms)}`,
        ...(kids.size === 0 ? [] : [`key ids asked for: ${[...kids].slice(0, 3).join(', ')}`]),
        ...(g.others.client_id.length === 0 ? [] : [`clients: ${some(g.others.client_id)}`]),
      ],
      fix: [`Make ${where} fetch the keys anew (restart it if nothing else does)`, remedy.fix],
      links: remedy.links,
    }
  })
  for (const g of gather(facts.failures, stale, ['issuer'])) {
    if (g.others.host.length < HOSTS_OF_ROTATION) continue
    const issuer = g.at.issuer === '' ? 'the issuer' : g.at.issuer!
    found.push({
      kind: 'key_rotated',
      severity: 'info',
      cause: 'misconfiguration',
      subcause: 'stale_jwks',
      ...(g.at.issuer === '' ? {} : { issuer }),
      from_ms: g.from_ms,
      to_ms: g.to_ms,
      incidents: g.count,
      title: `${issuer} rotated its signing key about ${at(g.from_ms)}; ${count(g.others.host.length, 'host')} did not follow at once`,
      why: [`tokens with a new key were refused on ${some(g.others.host)} from then on`],
      fix: ['Publish a new key in the JWKS for at least as long as validators cache it before signing with it'],
      links: remedy.links,
    })
  }
  return found
}
