/**
 * While the issuer or its key set does not answer, validators refuse tokens with whatever words they have: those failures
 * belong to the outage and not to the tokens.
 * Invariant: a record that states a reason of its own (expired, wrong audience, malformed) is never put into the shadow.
 */
import type { Deed, HistoryFact } from '../../core/history.ts'
import { UNNAMED, VERIFIED } from '../history/facts-of.ts'
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { momentOf } from './moment.ts'
import { seconds } from './seconds.ts'
import { issuerFacts } from './token-life.ts'
import type { Verdict } from './verdict.ts'

/** Words that an unreachable issuer is reported in. */
const SHADOWED: ReadonlySet<string> = new Set(['unspecified', 'key_not_found', 'discovery'])
const OUTAGES = ['jwks_unavailable', 'introspection_unavailable', 'issuer_unavailable', 'rate_limited'] as const
type Outage = (typeof OUTAGES)[number]
/** A shadow reaches this far beyond the first and last sign of the outage: timeouts, retries, back-off; ms. */
const REACH_MS = 30_000

export function outageShadow(told: Told, background: Background): Verdict | null {
  if (!SHADOWED.has(told.reported_subcause)) return null
  if (told.http_status === 403 || told.http_status === 404) return null
  if (namesStrangersKey(told, background)) return null
  const here = background.facts('host', told.host)
  const own = near(
    here.filter(({ deed }) => concerns(told, deed, here)),
    told.time_ms,
  )
  if (own !== null && !(isGrant(told) && mintedMeanwhile(told, told.time_ms, background)))
    return verdict(own, 'likely', `${told.host} could not reach ${WHAT[own.deed]}`, told.time_ms)
  if (told.reported_subcause !== 'unspecified') return null
  const at_ms = momentOf(told, background)?.at_ms ?? told.time_ms
  // Clients that get no tokens say nothing about validators, which need the key set or introspection.
  const touches = ({ deed }: HistoryFact): boolean => told.kind !== 'validation' || deed !== 'issuer_unavailable'
  const elsewhere = [...issuerFacts(told, background), ...background.facts('fleet', '')]
  const wide = near(elsewhere.filter(touches), at_ms)
  if (wide === null || worksMeanwhile(told, at_ms, background)) return null
  return verdict(
    wide,
    'possible',
    `${wide.host === '' ? 'another host' : wide.host} could not reach ${WHAT[wide.deed]}`,
    at_ms,
  )
}

const isGrant = ({ kind }: Told): boolean => kind === 'issuance' || kind === 'refresh'

/** Whoever weighs no tokens and is refused by an API was answered, whether or not its issuer gives it any. */
function concerns({ kind }: Told, deed: Deed, here: readonly HistoryFact[]): boolean {
  if (kind !== 'validation' || deed !== 'issuer_unavailable') return true
  return here.some((fact) => VERIFIED.has(fact.deed))
}

/** A key that the issuer was not seen to use, where others were: no key set would have held it. */
function namesStrangersKey({ evidence: { kid }, issuer }: Told, { facts }: Background): boolean {
  if (kid === undefined) return false
  const known = [...(issuer === undefined ? [] : facts('keys', issuer)), ...facts('keys', UNNAMED)]
  return known.length > 0 && known.every(({ detail }) => detail !== kid)
}

const WHAT: Readonly<Record<Outage, string>> = {
  jwks_unavailable: 'the key set',
  introspection_unavailable: 'the introspection endpoint',
  issuer_unavailable: 'the issuer',
  rate_limited: 'the issuer, which throttled it,',
}

type OutageFact = HistoryFact & { deed: Outage }

function near(facts: readonly HistoryFact[], at_ms: number): OutageFact | null {
  for (const fact of facts) {
    if (!(OUTAGES as readonly string[]).includes(fact.deed)) continue
    if (at_ms >= fact.first_ms - REACH_MS && at_ms <= fact.last_ms + REACH_MS) return fact as OutageFact
  }
  return null
}

/**
 * While one goes on accepting tokens, or getting them, the issuer answers: what another could not reach is its own trouble. A
 * gateway weighs no token itself and does not say whose request it was, so that every host counts.
 */
function worksMeanwhile(told: Told, at_ms: number, background: Background): boolean {
  if (told.kind !== 'validation' && mintedMeanwhile(told, at_ms, background)) return true
  const here = background.facts('host', told.host)
  // Whoever finds out that a token has expired has checked its signature first.
  if (here.some(({ deed }) => VERIFIED.has(deed))) return meanwhile(VERIFIED, here, told.time_ms)
  return meanwhile(ACCEPTED, background.facts('fleet', ''), at_ms)
}

function mintedMeanwhile(told: Told, at_ms: number, background: Background): boolean {
  return meanwhile(MINTED, issuerFacts(told, background), at_ms)
}

function meanwhile(deeds: ReadonlySet<Deed>, facts: readonly HistoryFact[], at_ms: number): boolean {
  return facts.some(
    ({ deed, first_ms, last_ms }) => deeds.has(deed) && first_ms <= at_ms + REACH_MS && last_ms >= at_ms - REACH_MS,
  )
}

const ACCEPTED: ReadonlySet<Deed> = new Set<Deed>(['accepted'])
const MINTED: ReadonlySet<Deed> = new Set<Deed>(['issued', 'refreshed'])

function verdict(fact: OutageFact, confidence: Verdict['confidence'], what: string, at_ms: number): Verdict {
  const apart = at_ms < fact.first_ms ? fact.first_ms - at_ms : Math.max(0, at_ms - fact.last_ms)
  const when = apart === 0 ? 'at the same time' : `within ${seconds(apart)}`
  return { cause: 'outage', subcause: fact.deed, confidence, why: [`${what} ${when}`] }
}
