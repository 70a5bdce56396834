/** Many broken signatures: somebody tries forged tokens, or a client cuts them off. The addresses decide. */
import type { Subcause } from '../../core/cause.ts'
import type { Finding } from '../../core/finding.ts'
import { toMinute as at } from '../../core/instant-words.ts'
import { remedyOf } from '../../core/remedy/remedy-of.ts'
import { type FindingFacts, type Gathered, gather, goesOn, sampleOf } from './facts.ts'
import { only } from './only.ts'
import { count, share, some } from './words.ts'

const BROKEN: ReadonlySet<Subcause> = new Set(['signature', 'structure', 'encoding', 'decryption', 'algorithm'])
/** Fewer come with any day. */
const SUPPORT = 20
/** This share from one address is one party. */
const ONE_PARTY = 0.5

export function tamperingFindings(facts: FindingFacts): Finding[] {
  const groups = gather(facts.failures, isBroken, ['service'])
    .filter((g) => g.count >= SUPPORT)
    .map((g) => ({ g, seen: addressesOf(facts, [g.at.service!]) }))
  const single = groups.filter(({ g, seen }) => fromOne(seen) !== null || isOneClients(g))
  const scattered = groups.filter((group) => !single.includes(group))
  const found = single.map(({ g, seen }) => broken(facts, g, [g.at.service!], seen))
  // What comes from everywhere to everything is one thing.
  const services = scattered.map(({ g }) => g.at.service!)
  if (services.length === 0) return found
  const [all] = gather(facts.failures, (f) => isBroken(f) && services.includes(f.service), [])
  return [...found, broken(facts, all!, services, addressesOf(facts, services))]
}

function isBroken({ subcause }: FindingFacts['failures'][number]): boolean {
  return subcause !== null && BROKEN.has(subcause)
}

function isOneClients(g: Gathered): boolean {
  return g.others.client_id[0]?.[1] === g.count
}

/** Callers of the newest such failures with their counts, most frequent first. */
function addressesOf(facts: FindingFacts, services: readonly string[]): (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const value of services)
    for (const cause of ['malformed', 'misconfiguration'] as const)
      for (const { subcause, client_address } of sampleOf(facts, { cause, place: 'service', value }))
        if (BROKEN.has(subcause) && client_address !== undefined)
          counts.set(client_address, (counts.get(client_address) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])
}

function sum(seen: readonly (readonly [string, number])[]): number {
  return seen.reduce((total, [, n]) => total + n, 0)
}

/** The address that sends most of them; null where none does. */
function fromOne(seen: readonly (readonly [string, number])[]): string | null {
  const [top] = seen
  return top !== undefined && top[1] >= sum(seen) * ONE_PARTY ? top[0] : null
}

function broken(
  facts: FindingFacts,
  g: Gathered,
  services: readonly string[],
  seen: readonly (readonly [string, number])[],
): Finding {
  const from = fromOne(seen)
  const named = services.filter((service) => service !== '')
  const where =
    named.length === 0 ? 'services that the records do not name' : some(named.map((service) => [service, 1] as const))
  const remedy = remedyOf('malformed', 'signature')
  return {
    kind: 'tampering',
    severity: goesOn(facts, g.to_ms) ? 'warning' : 'info',
    cause: 'malformed',
    subcause: g.subcauses[0]![0],
    ...(services.length === 1 && named.length === 1 ? { service: named[0]! } : {}),
    ...only(g.others, 'client_id'),
    from_ms: g.from_ms,
    to_ms: g.to_ms,
    incidents: g.count,
    title:
      from === null
        ? `Broken or forged tokens at ${where}, from many places`
        : `${from} sends broken or forged tokens to ${where}`,
    why: [
      `${count(g.count, 'token')} with a wrong signature or shape from ${at(g.from_ms)} to ${at(g.to_ms)}`,
      seen.length === 0
        ? 'no record names the address of the caller'
        : `${share(seen[0]![1], sum(seen))} of the newest ${sum(seen)} whose address is known came from ${seen[0]![0]}`,
      ...(isOneClients(g)
        ? [
            `all of them from client ${g.others.client_id[0]![0]}: more likely a client that cuts tokens off than an attack`,
          ]
        : g.others.client_id.length === 0
          ? []
          : [`clients: ${some(g.others.client_id)}`]),
    ],
    fix: [
      'If the address is not yours, block or rate-limit it; the tokens were refused, so nothing was let in',
      remedy.fix,
    ],
    links: remedy.links,
  }
}
