/**
 * Clients and principals: tokens never renewed, refresh tokens used twice, withdrawn tokens still in use, missing scopes.
 * Wrong and expired secrets are `credential-findings.ts`.
 */
import type { Cause, Subcause } from '../../core/cause.ts'
import type { Finding } from '../../core/finding.ts'
import { toMinute as at } from '../../core/instant-words.ts'
import { remedyOf } from '../../core/remedy/remedy-of.ts'
import { type FindingFacts, type Gathered, gather, goesOn, sampleOf } from './facts.ts'
import { only } from './only.ts'
import { count, some } from './words.ts'

const WITHDRAWN: ReadonlySet<Subcause> = new Set([
  'token_revoked',
  'session_ended',
  'consent_withdrawn',
  'principal_disabled',
  'inactive',
  'denylisted',
])
const REUSED: ReadonlySet<Subcause> = new Set(['refresh_reused', 'code_replayed'])
/** A client that lets this many tokens expire in its hands does not renew. */
const NEVER_SUPPORT = 10
/** …where it renewed less often than this share of its expiries. */
const NEVER_SHARE = 0.1
/** Fewer calls after a withdrawal are the last breaths of a session. */
const WITHDRAWN_SUPPORT = 10
const SCOPE_SUPPORT = 10

export function clientFindings(facts: FindingFacts): Finding[] {
  return [
    ...neverRefreshing(facts),
    ...gather(facts.failures, ({ subcause }) => subcause !== null && REUSED.has(subcause), ['client_id']).map((g) =>
      reuse(facts, g),
    ),
    ...named(facts, WITHDRAWN, WITHDRAWN_SUPPORT).map((g) => withdrawn(facts, g)),
    ...named(facts, new Set<Subcause>(['insufficient_scope']), SCOPE_SUPPORT).map((g) => scope(g)),
  ]
}

function named(facts: FindingFacts, subcauses: ReadonlySet<Subcause>, support: number): Gathered[] {
  return gather(facts.failures, (f) => f.client_id !== '' && f.subcause !== null && subcauses.has(f.subcause), [
    'client_id',
  ]).filter((g) => g.count >= support)
}

function base(g: Gathered) {
  return {
    ...(g.at.client_id === '' ? {} : { client_id: g.at.client_id! }),
    ...only(g.others, 'service', 'issuer'),
    from_ms: g.from_ms,
    to_ms: g.to_ms,
    incidents: g.count,
  }
}

function neverRefreshing(facts: FindingFacts): Finding[] {
  const remedy = remedyOf('expiry', 'access_token')
  const expired = gather(facts.failures, (f) => f.subcause === 'access_token' && f.client_id !== '', ['client_id'])
  return expired.flatMap((g) => {
    if (g.count < NEVER_SUPPORT) return []
    const renewed = gather(facts.successes, (s) => s.client_id === g.at.client_id && s.kind === 'refresh', [
      'client_id',
    ])[0]
    if ((renewed?.count ?? 0) > g.count * NEVER_SHARE) return []
    return [
      {
        kind: 'client_never_refreshes' as const,
        severity: 'warning' as const,
        cause: 'expiry' as const,
        subcause: 'access_token' as const,
        ...base(g),
        title: `Client ${g.at.client_id} uses its tokens until they are refused`,
        why: [
          `${count(g.count, 'request')} with an expired access token${g.others.service.length === 0 ? '' : ` at ${some(g.others.service)}`}, and ${renewed === undefined ? 'not one refresh' : `only ${count(renewed.count, 'refresh', 'refreshes')}`} in the logs`,
          `first at ${at(g.from_ms)}, last before ${at(g.to_ms)}`,
        ],
        fix: ['Renew before expiry, at 80 % of expires_in, and once more after a 401', remedy.fix],
        links: remedy.links,
      },
    ]
  })
}

function reuse(facts: FindingFacts, g: Gathered): Finding {
  const [subcause] = g.subcauses[0]!
  const code = subcause === 'code_replayed'
  const remedy = code ? remedyOf('misuse', 'code_replayed') : remedyOf('revocation', 'refresh_reused')
  const who = g.at.client_id === '' ? 'a client that the records do not name' : `client ${g.at.client_id}`
  return {
    kind: 'refresh_reuse',
    severity: goesOn(facts, g.to_ms) ? 'critical' : 'warning',
    cause: code ? 'misuse' : 'revocation',
    subcause,
    ...base(g),
    title: `${code ? 'An authorization code' : 'A refresh token'} of ${who} was used twice: possibly stolen`,
    why: [
      `${count(g.count, 'use')} of a token that was already spent, first at ${at(g.from_ms)}`,
      ...usersOf(facts, g.at.client_id!, subcause, code ? 'misuse' : 'revocation'),
      'either somebody else holds it, or two instances of the client share one token and race',
    ],
    fix: [
      'Look at the client addresses of both uses; if they are strangers to each other, end the session and have the user sign in again',
      remedy.fix,
    ],
    links: remedy.links,
  }
}

/** Whose tokens, and from where, as far as the newest records say. */
function usersOf(facts: FindingFacts, client: string, subcause: Subcause, cause: Cause): string[] {
  const sample = sampleOf(facts, { cause, subcause, place: 'client_id', value: client })
  const subjects = new Set(sample.flatMap(({ subject }) => subject ?? []))
  const addresses = new Map<string, number>()
  for (const { client_address } of sample)
    if (client_address !== undefined) addresses.set(client_address, (addresses.get(client_address) ?? 0) + 1)
  return [
    ...(subjects.size === 0 ? [] : [`tokens of ${count(subjects.size, 'user')}`]),
    ...(addresses.size === 0 ? [] : [`sent from ${some([...addresses].sort((a, b) => b[1] - a[1]))}`]),
  ]
}

function withdrawn(facts: FindingFacts, g: Gathered): Finding {
  const subcause = g.subcauses[0]![0] as 'token_revoked'
  const remedy = remedyOf('revocation', subcause)
  return {
    kind: 'revoked_still_calling',
    severity: goesOn(facts, g.to_ms) ? 'warning' : 'info',
    cause: 'revocation',
    subcause,
    ...base(g),
    title: `Client ${g.at.client_id} goes on with withdrawn tokens since ${at(g.from_ms)}`,
    why: [
      `${count(g.count, 'call')} refused${g.others.service.length === 0 ? '' : ` at ${some(g.others.service)}`}, last before ${at(g.to_ms)}`,
      ...usersOf(facts, g.at.client_id!, subcause, 'revocation'),
      remedy.sentence,
    ],
    fix: ['Let the client give up at invalid_grant or a repeated 401 and sign in anew', remedy.fix],
    links: remedy.links,
  }
}

function scope(g: Gathered): Finding {
  const remedy = remedyOf('misuse', 'insufficient_scope')
  return {
    kind: 'insufficient_scope',
    severity: 'info',
    cause: 'misuse',
    subcause: 'insufficient_scope',
    ...base(g),
    title: `Client ${g.at.client_id} lacks a scope${g.others.service.length === 1 ? ` that ${g.others.service[0]![0]} wants` : ''}`,
    why: [`${count(g.count, 'request')} refused from ${at(g.from_ms)} to ${at(g.to_ms)}`],
    fix: [remedy.checks[0], remedy.fix],
    links: remedy.links,
  }
}
