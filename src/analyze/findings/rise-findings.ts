/**
 * A cause that grew against the period before, where no other finding tells why. Shares of the requests are compared, so that
 * more traffic is no rise. Invariant: only said where there was enough traffic before to know what is usual.
 */
import type { Cause } from '../../core/cause.ts'
import type { Finding } from '../../core/finding.ts'
import { toMinute as at } from '../../core/instant-words.ts'
import type { GroupCount } from '../../core/ports/store.ts'
import { type FindingFacts, gather, severityOf } from './facts.ts'
import { only } from './only.ts'
import { count, some } from './words.ts'

/** Fewer failures are noise, and fewer requests before are no habit. */
const SUPPORT = 20
const HABIT = 200
/** Smaller growth comes with any week. */
const TIMES = 3
/** How far beyond chance, in standard deviations of a count (Poisson). */
const SIGMAS = 5
/** Explained by other findings to this share, it needs none of its own. */
const EXPLAINED = 0.5

export function riseFindings(facts: FindingFacts, others: readonly Finding[]): Finding[] {
  const failures = facts.before.filter((g) => g.outcome === 'failure')
  const requests = total(facts.failures) + total(facts.successes)
  const requestsBefore = total(facts.before)
  if (requestsBefore < HABIT || requests === 0) return []
  return (Object.keys(WORDS) as Cause[]).flatMap((cause) => {
    const [g] = gather(facts.failures, (f) => f.cause === cause, [])
    if (g === undefined || g.count < SUPPORT) return []
    const usual = (total(failures.filter((f) => f.cause === cause)) * requests) / requestsBefore
    if (g.count < usual * TIMES || g.count - usual < SIGMAS * Math.sqrt(Math.max(usual, 1))) return []
    const told = others.reduce((sum, f) => (f.cause === cause ? sum + f.incidents : sum), 0)
    if (told >= g.count * EXPLAINED) return []
    return [
      {
        kind: 'cause_rise' as const,
        severity: severityOf(facts, g) === 'info' ? ('info' as const) : ('warning' as const),
        cause,
        subcause: g.subcauses[0]?.[0] ?? null,
        ...only(g.others, 'service', 'host', 'client_id', 'issuer'),
        from_ms: g.from_ms,
        to_ms: g.to_ms,
        incidents: g.count,
        title: `${WORDS[cause]} rose to ${times(g.count, usual)} against the period before`,
        why: [
          `${count(g.count, 'failure')} in ${count(requests, 'request')}; as many requests had ${usual < 1 ? 'hardly any' : `about ${count(Math.round(usual), 'such failure')}`} before`,
          `mostly ${some(g.subcauses.map(([name, n]) => [name.replaceAll('_', ' '), n] as const))}`,
          ...(g.others.service.length === 0 ? [] : [`at ${some(g.others.service)}`]),
          ...(g.others.client_id.length === 0 ? [] : [`by ${some(g.others.client_id)}`]),
          `first at ${at(g.from_ms)}`,
        ],
        fix: [`authtop failures --cause ${cause} shows them one by one; look at what changed about ${at(g.from_ms)}`],
        links: [],
      },
    ]
  })
}

const WORDS: Readonly<Record<Cause, string>> = {
  expiry: 'Expired tokens',
  skew: 'Failures by clock skew',
  revocation: 'Withdrawn tokens',
  misconfiguration: 'Failures by set-up',
  malformed: 'Malformed tokens',
  misuse: 'Misused tokens',
  outage: 'Failures by outages',
  unknown: 'Failures without a stated reason',
}

function total(groups: readonly Pick<GroupCount, 'count'>[]): number {
  return groups.reduce((sum, g) => sum + g.count, 0)
}

function times(now: number, usual: number): string {
  return usual < 1 ? `${now} from next to none` : `${(now / usual).toFixed(1)} times the usual`
}
