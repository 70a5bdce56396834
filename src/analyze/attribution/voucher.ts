/**
 * A host is told to be ahead by the age of the tokens it saw. If it saw none but tokens that it refused as expired, they may all
 * have been old: a job that keeps its token too long looks the same. What speaks against that is looked for here.
 * Invariant: the refused tokens' own age alone is never enough.
 */
import type { OffsetInterval } from '../../core/clock-lookup.ts'
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { AROUND_MS } from './questions-of.ts'
import { seconds } from './seconds.ts'
import type { TokenLife } from './token-life.ts'

/** So many clients do not share a habit by chance; count. */
const CLIENTS = 3
/** Tokens that ran out are met from the moment of their expiry on; without any for so long after it they are not the old ones, share of a lifetime. */
const GAP = 0.1

/** Why the host's clock is believed to be ahead, maybe without words; null: nothing speaks for it. */
export function voucherFor(
  told: Told,
  { lifetime_ms }: TokenLife,
  offset: OffsetInterval | null,
  { clocks, facts }: Background,
): string | null {
  const { host, issuer } = told
  if (host === undefined) return null
  if (clocks.atFault(host, issuer) !== null) return ''
  const here = facts('host', host).filter(({ last_ms }) => last_ms >= told.time_ms - AROUND_MS)
  // Fresh tokens would look as old as the offset, here too: those it takes show that the offset is not the age of a few.
  const seen = here.reduce((sum, { deed, count }) => (UNEXPIRED.has(deed) ? sum + count : sum), 0)
  // Unless all are one client's, which may use its tokens late as a habit.
  const clients = new Set(
    here.filter(({ deed, detail }) => deed === told.reported_subcause && detail !== '').map(({ detail }) => detail),
  )
  if (seen > 0 && clients.size !== 1) return `${host} saw ${seen} tokens within minutes that it did not call expired`
  if (offset === null || lifetime_ms === undefined || offset.low_ms < lifetime_ms * (1 + GAP)) return null
  const young = new Set<string>()
  for (const { deed, detail, last_ms, iat_ms } of here) {
    if (deed !== told.reported_subcause || detail === '' || iat_ms === undefined) continue
    if (last_ms - offset.offset_ms - iat_ms < lifetime_ms) young.add(detail)
  }
  if (young.size < CLIENTS) return null
  return `tokens of ${young.size} clients were refused, and none between ${seconds(lifetime_ms)} and ${seconds(offset.low_ms)} after its issue`
}

/** What a host does only with tokens that it does not think expired: all libraries look at scopes last. */
const UNEXPIRED: ReadonlySet<string> = new Set(['accepted', 'insufficient_scope'])
