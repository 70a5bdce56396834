/**
 * Two sides that were set up differently: a service whose expectation changed for everybody (a deploy), or a client that
 * alone is set up wrongly. Invariant: a deploy is said only where a host was at work before it with far fewer such refusals.
 */
import type { Subcause } from '../../core/cause.ts'
import type { Finding, FindingKind } from '../../core/finding.ts'
import { toMinute as at } from '../../core/instant-words.ts'
import { remedyOf } from '../../core/remedy/remedy-of.ts'
import { settingOf } from './claim-fix.ts'
import { type FindingFacts, type Gathered, gather, goesOn, onsetKey, sampleOf } from './facts.ts'
import { only } from './only.ts'
import type { Onset } from './onset.ts'
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
/** Refusals that are nearly all one client's are its own doing; share. Of so many of them the client must be known; share. */
const ONE_CLIENT = 0.9
const CLIENT_KNOWN = 0.5
/** Fewer failures of a client are somebody trying something out. */
const CLIENT_SUPPORT = 5

export function setupFindings(facts: FindingFacts): Finding[] {
  const found: Finding[] = []
  const deployed = new Set<string>()
  for (const { subcause, kind, what } of CHANGES)
    for (const g of gather(facts.failures, (f) => f.subcause === subcause, ['service'])) {
      const onsets = onsetsAt(facts, subcause, g)
      if (onsets.length === 0 || isOneClients(g)) continue
      deployed.add(`${subcause} ${g.at.service}`)
      found.push(deploy(facts, g, kind, subcause, what, onsets))
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

interface HostOnset extends Onset {
  host: string
}

/** The service's hosts that began to refuse for this at one moment; a canary is one of several. */
function onsetsAt(facts: FindingFacts, subcause: Subcause, g: Gathered): HostOnset[] {
  const hosts = g.others.host.length === 0 ? [''] : g.others.host.map(([host]) => host)
  return hosts.flatMap((host) => {
    const onset = facts.onsets.get(onsetKey(subcause, host))
    return onset === undefined ? [] : [{ ...onset, host }]
  })
}

function isOneClients({ others: { client_id: clients }, count: all }: Gathered): boolean {
  const known = clients.reduce((sum, [, n]) => sum + n, 0)
  return known >= CLIENT_KNOWN * all && (clients[0]?.[1] ?? 0) >= ONE_CLIENT * known
}

function deploy(
  facts: FindingFacts,
  g: Gathered,
  kind: FindingKind,
  subcause: 'audience_mismatch' | 'issuer_mismatch',
  what: 'audience' | 'issuer',
  onsets: readonly HostOnset[],
): Finding {
  const remedy = remedyOf('misconfiguration', subcause)
  const service = g.at.service || some(g.others.host) || 'a service'
  const from_ms = Math.min(...onsets.map((onset) => onset.from_ms))
  const to_ms = Math.max(...onsets.map((onset) => onset.to_ms))
  const sum = (field: 'refused' | 'all' | 'strays') => onsets.reduce((total, onset) => total + onset[field], 0)
  const on = goesOn(facts, to_ms)
  const when = on ? `since ${at(from_ms)}` : `from ${at(from_ms)} until ${at(to_ms)}`
  const hosts = onsets.map(({ host, refused }) => [host, refused] as const).filter(([host]) => host !== '')
  const clients = g.others.client_id
  return {
    kind,
    severity: on ? 'critical' : 'warning',
    cause: 'misconfiguration',
    subcause,
    ...(g.at.service === '' ? {} : { service: g.at.service! }),
    ...only({ ...g.others, host: hosts }, 'host', 'issuer'),
    from_ms,
    to_ms,
    incidents: sum('refused'),
    title: on
      ? `${service} refuses the ${what} of tokens ${when}: something was deployed or reconfigured then`
      : `${service} refused the ${what} of tokens ${when}: something was deployed or reconfigured, and put right`,
    why: [
      `${share(sum('refused'), sum('all'))} of ${count(sum('all'), 'request')} refused for it${hosts.length === 0 ? '' : ` on ${some(hosts)}`}, ${sum('strays') === 0 ? 'none' : `${sum('strays')}`} at other times`,
      clients.length === 0 ? 'whose tokens they were, the records do not say' : `clients: ${some(clients)}`,
      ...saidOf(facts, subcause, g),
    ],
    fix: [
      `Look at what was deployed on ${service} about ${at(from_ms)} and put back ${settingOf(what, g)}`,
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
