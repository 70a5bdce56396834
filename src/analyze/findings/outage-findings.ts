/** Parties that did not answer: issuer, its keys, introspection, limits. */
import type { Finding } from '../../core/finding.ts'
import { toMinute as at } from '../../core/instant-words.ts'
import { remedyOf } from '../../core/remedy/remedy-of.ts'
import { type FindingFacts, type Gathered, gather, goesOn } from './facts.ts'
import { only } from './only.ts'
import { count, some } from './words.ts'

const WHAT = {
  jwks_unavailable: 'The endpoint of the signing keys (JWKS)',
  introspection_unavailable: 'Token introspection',
  issuer_unavailable: 'The issuer',
  rate_limited: 'The issuer’s rate limit',
  server_error: 'A server behind authentication',
} as const
type Outage = keyof typeof WHAT

/** A failed call or two are retried and forgotten. */
const SUPPORT = 3
/** From so many on somebody must look now: whoever does not answer will fail the next request, too. */
const URGENT = 5

export function outageFindings(facts: FindingFacts): Finding[] {
  return (Object.keys(WHAT) as Outage[]).flatMap((subcause) =>
    partiesOf(facts, subcause).map((g) => {
      const remedy = remedyOf('outage', subcause)
      const ongoing = goesOn(facts, g.to_ms)
      const whose = g.others.issuer.length === 0 ? '' : ` of ${some(g.others.issuer)}`
      const verb = subcause === 'rate_limited' ? 'turns requests away' : 'does not answer'
      const past = subcause === 'rate_limited' ? 'turned requests away' : 'did not answer'
      return {
        kind: 'outage' as const,
        severity: ongoing && g.count >= URGENT ? ('critical' as const) : ('warning' as const),
        cause: 'outage' as const,
        subcause,
        ...only(g.others, 'issuer', 'host', 'service'),
        from_ms: g.from_ms,
        to_ms: g.to_ms,
        incidents: g.count,
        title: ongoing
          ? `${WHAT[subcause]}${whose} ${verb} since ${at(g.from_ms)}`
          : `${WHAT[subcause]}${whose} ${past} between ${at(g.from_ms)} and ${at(g.to_ms)}`,
        why: [
          `${count(g.count, 'request')} failed${g.others.host.length === 0 ? '' : `, seen from ${some(g.others.host)}`}`,
          ...(g.others.host.length === 1 ? ['only one host saw it: look at its network first'] : []),
        ],
        fix: [remedy.checks[0], remedy.fix],
        links: remedy.links,
      }
    }),
  )
}

/** Each issuer has its outage; what names none belongs to the only one, where there is one. */
function partiesOf(facts: FindingFacts, subcause: Outage): Gathered[] {
  const failed = (f: FindingFacts['failures'][number]) => f.subcause === subcause
  const all = gather(facts.failures, failed, [])
  const apart = gather(facts.failures, failed, ['issuer'])
  return (all[0]?.others.issuer.length ?? 0) > 1 ? apart.filter(enough) : all.filter(enough)
}

function enough({ count: failures }: Gathered): boolean {
  return failures >= SUPPORT
}
