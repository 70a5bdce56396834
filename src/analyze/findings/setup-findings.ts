/**
 * Two sides that were set up differently: a service whose expectation changed for everybody (a deploy), or a client that
 * alone is set up wrongly. Invariant: a deploy is said only where the service was at work before it without such refusals.
 */
import type { Subcause } from '../../core/cause.ts'
import type { Finding, FindingKind } from '../../core/finding.ts'
import { toMinute as at } from '../../core/instant-words.ts'
import { remedyOf } from '../../core/remedy/remedy-of.ts'
import { type FindingFacts, type Gathered, gather, goesOn, sampleOf } from './facts.ts'
import { only } from './only.ts'
import { count, share, some } from './words.ts'

const CHANGES = [
  { subcause: 'audience_mismatch', kind: 'audience_changed', what: 'audience' },
  { subcause: 'issuer_mismatch', kind: 'issuer_changed', what: 'issuer' },
] as const satisfies readonly { subcause: Subcause; kind: FindingKind; what: string }[]
/** Failures of a client's own set-up; a service that changed has its own finding. */
const OF_CLIENTS: ReadonlySet<Subcause> = new Set([
  'audience_mismatch',
  'issuer_mismatch',
  'redirect_uri',
  'grant_type',
  'scope_not_allowed',
  'wrong_token_type',
  'wrong_client',
  'pkce',
])
/** This many clients are hit by a change of the service; one or few are wrong themselves. */
const CLIENTS_OF_DEPLOY = 2
/** Fewer refusals are strays of several clients. */
const DEPLOY_SUPPORT = 10
/** A change is one only where the service was at work for this long before it without such refusals; ms. */
const QUIET_MS = 5 * 60_000
/** Fewer failures of a client are somebody trying something out. */
const CLIENT_SUPPORT = 5

export function setupFindings(facts: FindingFacts): Finding[] {
  const found: Finding[] = []
  const deployed = new Set<string>()
  for (const { subcause, kind, what } of CHANGES)
    for (const g of gather(facts.failures, (f) => f.subcause === subcause, ['service'])) {
      const before = atWorkBefore(facts, g)
      if (before === null || g.others.client_id.length < CLIENTS_OF_DEPLOY || g.count < DEPLOY_SUPPORT) continue
      deployed.add(`${subcause} ${g.at.service}`)
      found.push(deploy(facts, g, kind, subcause, what, before))
    }
  const own = (f: FindingFacts['failures'][number]) =>
    f.client_id !== '' &&
    f.subcause !== null &&
    OF_CLIENTS.has(f.subcause) &&
    !deployed.has(`${f.subcause} ${f.service}`)
  for (const g of gather(facts.failures, own, ['client_id']))
    if (g.count >= CLIENT_SUPPORT) found.push(misconfigured(facts, g))
  return found
}

/** Since when the service was at work before the first refusal; null where it refused from the start. */
function atWorkBefore(facts: FindingFacts, g: Gathered): number | null {
  let first = Infinity
  for (const groups of [facts.successes, facts.failures])
    for (const { kind, service, from_ms } of groups)
      if (kind === 'validation' && service === g.at.service) first = Math.min(first, from_ms)
  return g.from_ms - first >= QUIET_MS ? first : null
}

function deploy(
  facts: FindingFacts,
  g: Gathered,
  kind: FindingKind,
  subcause: 'audience_mismatch' | 'issuer_mismatch',
  what: string,
  before_ms: number,
): Finding {
  const remedy = remedyOf('misconfiguration', subcause)
  const service = g.at.service || some(g.others.host) || 'a service'
  const wanted = saidOf(facts, subcause, g)
  return {
    kind,
    severity: goesOn(facts, g.to_ms) ? 'critical' : 'warning',
    cause: 'misconfiguration',
    subcause,
    ...(g.at.service === '' ? {} : { service: g.at.service! }),
    ...only(g.others, 'host', 'issuer'),
    from_ms: g.from_ms,
    to_ms: g.to_ms,
    incidents: g.count,
    title: `${service} refuses the ${what} of tokens since ${at(g.from_ms)}: something was deployed or reconfigured then`,
    why: [
      `${count(g.count, 'token')} of ${count(g.others.client_id.length, 'client')} refused (${some(g.others.client_id)})`,
      `none from ${at(before_ms)} until then, while it was at work`,
      ...wanted,
    ],
    fix: [
      `Look at what was deployed on ${service} about ${at(g.from_ms)} and put its ${what} setting back`,
      remedy.fix,
    ],
    links: remedy.links,
  }
}

function misconfigured(facts: FindingFacts, g: Gathered): Finding {
  const [subcause, most] = g.subcauses[0]!
  const cause = facts.failures.find((f) => f.client_id === g.at.client_id && f.subcause === subcause)!.cause!
  const remedy = remedyOf(cause, subcause as never)
  return {
    kind: 'client_misconfigured',
    severity: 'warning',
    cause,
    subcause,
    client_id: g.at.client_id!,
    ...only(g.others, 'service', 'issuer'),
    from_ms: g.from_ms,
    to_ms: g.to_ms,
    incidents: g.count,
    title: `Client ${g.at.client_id} is set up wrongly: ${remedy.title.toLowerCase()}`,
    why: [
      `${count(g.count, 'request')} refused, ${share(most, g.count)} of them for this reason${g.others.service.length === 0 ? '' : `, at ${some(g.others.service)}`}`,
      `first at ${at(g.from_ms)}, last before ${at(g.to_ms)}`,
      ...saidOf(facts, subcause, g),
    ],
    fix: [remedy.checks[0], remedy.fix],
    links: remedy.links,
  }
}

/** What was expected and what came instead, in the words of the newest record that said so. */
function saidOf(facts: FindingFacts, subcause: Subcause, g: Gathered): string[] {
  const [place, value] =
    g.at.client_id !== undefined ? (['client_id', g.at.client_id] as const) : (['service', g.at.service ?? ''] as const)
  const ofService = place === 'service' ? { subcause } : {}
  for (const incident of sampleOf(facts, { cause: 'misconfiguration', ...ofService, place, value })) {
    const { expected, got } = incident.evidence
    if (incident.subcause === subcause && (expected !== undefined || got !== undefined))
      return [`expected ${expected ?? '(not said)'}, got ${got ?? '(not said)'}`]
  }
  return []
}
