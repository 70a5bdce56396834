/**
 * Clients that cannot authenticate at the issuer: never could, could until a moment (a rotated or expired secret), could not for
 * a while, or some of whose instances cannot. Since when, the history says; how many, the counts.
 */
import type { Subcause } from '../../core/cause.ts'
import type { Finding } from '../../core/finding.ts'
import { toSecond as at } from '../../core/instant-words.ts'
import { remedyOf } from '../../core/remedy/remedy-of.ts'
import { type CredentialOnset, credentialOnset } from './credential-onset.ts'
import { type FindingFacts, type Gathered, gather, requestsAt, severityOf } from './facts.ts'
import { only } from './only.ts'
import { count } from './words.ts'

const CREDENTIALS: ReadonlySet<Subcause> = new Set(['client_credentials', 'client_unknown', 'credential_expired'])
/** Fewer are a slip of the hand. */
const SUPPORT = 3

/** Of each client that is named, its refused attempts; most frequent first. */
export function refusedClients(failures: FindingFacts['failures']): Gathered[] {
  return gather(failures, (f) => f.client_id !== '' && f.subcause !== null && CREDENTIALS.has(f.subcause), [
    'client_id',
  ]).filter((g) => g.count >= SUPPORT)
}

export function credentialFindings(facts: FindingFacts): Finding[] {
  return refusedClients(facts.failures).map((g) => {
    const client = g.at.client_id!
    return finding(facts, g, credentialOnset(facts.clients.get(client) ?? [], [g.from_ms, g.to_ms]))
  })
}

function finding(facts: FindingFacts, g: Gathered, onset: CredentialOnset): Finding {
  const client = g.at.client_id!
  const subcause = g.subcauses[0]![0] as 'client_credentials'
  const remedy = remedyOf('misconfiguration', subcause)
  const [title, reason] = words(client, onset, g.to_ms, remedy.title)
  const goesWrong = onset.state === 'never' || onset.state === 'rotated'
  return {
    kind: 'client_credentials',
    severity: goesWrong ? severityOf(facts, g, requestsAt(facts, 'client_id', client)) : 'warning',
    cause: 'misconfiguration',
    subcause,
    client_id: client,
    ...only(g.others, 'service', 'issuer'),
    from_ms: Math.max(onset.refused_ms, g.from_ms),
    to_ms: g.to_ms,
    incidents: g.count,
    title,
    why: [`${count(g.count, 'attempt')} refused, first at ${at(onset.refused_ms)}`, reason],
    fix: [remedy.checks[0], remedy.fix],
    links: remedy.links,
  }
}

function words(
  client: string,
  { state, issued, issued_last_ms, refused_ms }: CredentialOnset,
  to_ms: number,
  fault: string,
): [title: string, why: string] {
  const got = `it got ${count(issued, 'token')}`
  switch (state) {
    case 'never':
      return [
        `Client ${client} cannot authenticate: ${fault.toLowerCase()}`,
        'no token was seen to be issued to it: it was set up with a wrong secret, or is not registered',
      ]
    case 'rotated':
      return [
        `Client ${client} cannot authenticate since ${at(refused_ms)}: its secret was rotated or has expired`,
        `${got} before, the last at ${at(issued_last_ms)}, and none since`,
      ]
    case 'mended':
      return [
        `Client ${client} could not authenticate from ${at(refused_ms)} until ${at(to_ms)}; it can again`,
        `${got}, the last at ${at(issued_last_ms)}, and none between the refusals`,
      ]
    case 'partly':
      return [
        `Part of client ${client} cannot authenticate, while others of it can`,
        `${got} all the same, the last at ${at(issued_last_ms)}: not all of its instances have the right secret`,
      ]
  }
}
