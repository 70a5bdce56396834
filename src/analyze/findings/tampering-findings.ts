/** Many broken signatures: somebody tries forged tokens, or a client cuts them off. The addresses decide. */
import type { Subcause } from '../../core/cause.ts'
import type { Finding } from '../../core/finding.ts'
import { toMinute as at } from '../../core/instant-words.ts'
import { remedyOf } from '../../core/remedy/remedy-of.ts'
import { type FindingFacts, gather, goesOn, sampleOf } from './facts.ts'
import { only } from './key-findings.ts'
import { count, share } from './words.ts'

const BROKEN: ReadonlySet<Subcause> = new Set(['signature', 'structure', 'encoding', 'decryption', 'algorithm'])
/** Fewer come with any day. */
const SUPPORT = 20
/** This share from one address is one party. */
const ONE_PARTY = 0.5

export function tamperingFindings(facts: FindingFacts): Finding[] {
  const found: Finding[] = []
  for (const g of gather(facts.failures, ({ subcause }) => subcause !== null && BROKEN.has(subcause), ['service'])) {
    if (g.count < SUPPORT) continue
    const sample = (['malformed', 'misconfiguration'] as const).flatMap((cause) =>
      sampleOf(facts, { cause, place: 'service', value: g.at.service! }).filter((i) => BROKEN.has(i.subcause)),
    )
    const addresses = new Map<string, number>()
    for (const { client_address } of sample)
      if (client_address !== undefined) addresses.set(client_address, (addresses.get(client_address) ?? 0) + 1)
    const [top] = [...addresses].sort((a, b) => b[1] - a[1])
    const known = [...addresses.values()].reduce((a, b) => a + b, 0)
    const single = top !== undefined && top[1] >= known * ONE_PARTY
    const service = g.at.service === '' ? 'services that the records do not name' : g.at.service!
    const remedy = remedyOf('malformed', 'signature')
    found.push({
      kind: 'tampering',
      severity: goesOn(facts, g.to_ms) ? 'warning' : 'info',
      cause: 'malformed',
      subcause: g.subcauses[0]![0],
      ...(g.at.service === '' ? {} : { service }),
      ...only('client_id', g.others.client_id),
      from_ms: g.from_ms,
      to_ms: g.to_ms,
      incidents: g.count,
      title: single
        ? `${top[0]} sends broken or forged tokens to ${service}`
        : `Broken or forged tokens at ${service}, from many places`,
      why: [
        `${count(g.count, 'token')} with a wrong signature or shape from ${at(g.from_ms)} to ${at(g.to_ms)}`,
        ...(known === 0
          ? ['no record names the address of the caller']
          : [`${share(top![1], known)} of the newest ${known} whose address is known came from ${top![0]}`]),
        ...(g.others.client_id.length === 1
          ? [
              `all of them from client ${g.others.client_id[0]![0]}: more likely a client that cuts tokens off than an attack`,
            ]
          : []),
      ],
      fix: [
        'If the address is not yours, block or rate-limit it; the tokens were refused, so nothing was let in',
        remedy.fix,
      ],
      links: remedy.links,
    })
  }
  return found
}
