/**
 * "Expired": is the token old, or is the clock that says so ahead? Age at use on one clock against the lifetime, the
 * host's offset, what the gateway's clock said, whether another host took the same token, and how other hosts fare.
 * Invariant: a host is called ahead only on evidence beside its own word; without any, expiry stands, no surer than likely.
 */
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { clientFacts } from './client-facts.ts'
import { early } from './early.ts'
import { elsewhere, momentOf } from './moment.ts'
import { isTwoSided, offsetWords } from './offset-words.ts'
import { seconds } from './seconds.ts'
import { type TokenLife, tokenFacts, tokenLife } from './token-life.ts'
import { asSaid, type Verdict } from './verdict.ts'
import { voucherFor } from './voucher.ts'

/** The collector's own clock, whole seconds of tokens and of logs are trusted this far; ms. */
const PROOF_MARGIN_MS = 2_000
/** Whole seconds of `exp` and rounding of stamps; ms. */
const ROUNDING_MS = 1_000
/** A host that refuses this many times the others' share as expired, while ahead, refuses fresh tokens. */
const CONSPICUOUS = 2

const FRESH = { cause: 'skew', subcause: 'fresh_token_expired' } as const

export function expired(told: Told, background: Background): Verdict {
  const { evidence } = told
  const checked_ms = evidence.validator_ms ?? told.time_ms
  const life = tokenLife(told, background)
  const { exp_ms } = life
  if (exp_ms !== undefined && exp_ms > checked_ms + ROUNDING_MS && (evidence.nbf_ms ?? 0) > checked_ms)
    // "Token is not active" is said of both ends of a token's life.
    return early({ ...told, reported_cause: 'skew', reported_subcause: 'not_yet_valid' }, background)
  if (told.reported_subcause === 'max_age' || !CHECKED_BY_CLOCK.has(told.reported_subcause)) return plain(told, life)
  return (
    byReceipt(told, life) ??
    byClocks(told, life, background) ??
    byGateway(told, life, background) ??
    byAcceptance(told, life, background) ??
    byAge(told, life, background) ??
    plain(told, life)
  )
}

/** Weighed by a resource server against its own clock; refresh tokens and codes are the issuer's own. */
const CHECKED_BY_CLOCK: ReadonlySet<string> = new Set(['access_token', 'id_token', 'assertion', 'session', 'ticket'])

/** Received before it expired: on the collector's clock the token was still good when it was refused. */
function byReceipt({ received_collector_ms: received_ms }: Told, { exp_ms }: TokenLife): Verdict | null {
  if (received_ms === undefined || exp_ms === undefined || received_ms + PROOF_MARGIN_MS >= exp_ms) return null
  const early_by = seconds(exp_ms - received_ms)
  const why = [`the refusal arrived here ${early_by} before the token expires, so the validator's clock is ahead`]
  return { ...FRESH, confidence: 'likely', why }
}

function byClocks(told: Told, life: TokenLife, background: Background): Verdict | null {
  const moment = momentOf(told, background)
  if (moment === null || life.exp_ms === undefined) return null
  const { exp_ms, iat_ms, lifetime_ms } = life
  const leeway_ms = told.evidence.leeway_ms ?? 0
  const issuer = told.issuer ?? 'the issuer'
  const offset = told.host === undefined ? null : background.clocks.offset(told.host, told.issuer, told.time_ms)
  const clocks =
    told.host !== undefined && offset !== null && isTwoSided(offset)
      ? offsetWords(told.host, offset.low_ms, offset.high_ms, issuer)
      : offsetWords(moment.host, moment.offset_low_ms, moment.offset_high_ms, issuer)
  const mayBeAhead = offset === null || offset.high_ms > ROUNDING_MS
  if (moment.at_ms + ROUNDING_MS < exp_ms + leeway_ms) {
    if (!mayBeAhead) return null
    const voucher = moment.host === told.host ? voucherFor(told, life, offset, background) : ''
    if (voucher === null) return null
    const age =
      iat_ms === undefined
        ? `the token had ${seconds(exp_ms - moment.at_ms)} to live by the issuer's clock`
        : `issued ${seconds(Math.max(0, moment.at_ms - iat_ms))} earlier by the issuer's clock, lifetime ${seconds(lifetime_ms!)}`
    return {
      ...FRESH,
      confidence: moment.high_ms < exp_ms ? 'certain' : 'likely',
      why: [age, clocks, voucher].filter((w) => w !== ''),
    }
  }
  const past = `expired ${seconds(Math.max(0, moment.at_ms - exp_ms))} before, by the issuer's clock${lifetimeWords(life)}`
  return asSaid(told, [past, clocks], moment.low_ms >= exp_ms ? 'certain' : 'likely')
}

/** Without an offset, the clock of whoever stood in front decides: two hosts cannot both be right about one token. */
function byGateway(told: Told, { exp_ms, iat_ms }: TokenLife, background: Background): Verdict | null {
  const other = elsewhere(told, background)
  if (other === null || exp_ms === undefined || told.host === undefined) return null
  if (iat_ms !== undefined && other.high_ms + ROUNDING_MS < iat_ms) return null
  if (other.high_ms + ROUNDING_MS >= exp_ms) return null
  const between = background.clocks.between(told.host, other.host, told.time_ms)
  const why = [
    `by the clock of ${other.host}, which saw the same request, the token had ${seconds(exp_ms - other.high_ms)} to live`,
  ]
  if (between !== null && isTwoSided(between))
    why.push(offsetWords(told.host, between.low_ms, between.high_ms, other.host))
  return { ...FRESH, confidence: 'likely', why }
}

/** The same token taken by another host, afterwards and before its end. */
function byAcceptance(told: Told, { exp_ms }: TokenLife, background: Background): Verdict | null {
  const at_ms = momentOf(told, background)?.at_ms ?? told.time_ms
  for (const { deed, host, last_ms } of tokenFacts(told, background)) {
    if (deed !== 'accepted' || host === '' || host === told.host) continue
    if (last_ms < at_ms - ROUNDING_MS || (exp_ms !== undefined && last_ms >= exp_ms)) continue
    const why = [`${host} accepted the same token ${seconds(Math.max(0, last_ms - at_ms))} later`]
    return { ...FRESH, confidence: 'likely', why }
  }
  return null
}

/** No instant of the token is known: the host's offset against usual lifetimes, the client's last token, other hosts. */
function byAge(told: Told, life: TokenLife, background: Background): Verdict | null {
  if (life.exp_ms !== undefined || told.host === undefined) return null
  const offset = background.clocks.offset(told.host, told.issuer, told.time_ms)
  if (offset === null || !(offset.low_ms > ROUNDING_MS + (told.evidence.leeway_ms ?? 0))) return null
  const clock = isTwoSided(offset)
    ? offsetWords(told.host, offset.low_ms, offset.high_ms, told.issuer ?? 'the issuer')
    : `${told.host} is at least ${seconds(offset.low_ms)} ahead of ${told.issuer ?? 'the issuer'}`
  const { lifetime_ms } = life
  const at_ms = told.time_ms - offset.offset_ms
  const issued_ms = life.issued_ms ?? lastIssued(told, background, at_ms)
  if (issued_ms !== null && lifetime_ms !== undefined) {
    const age_ms = Math.max(0, at_ms - issued_ms)
    const age = `${told.client_id ?? 'the client'} got a token ${seconds(age_ms)} earlier, tokens live ${seconds(lifetime_ms)}`
    return age_ms < lifetime_ms ? { ...FRESH, confidence: 'likely', why: [age, clock] } : asSaid(told, [age, clock])
  }
  if (lifetime_ms !== undefined && offset.low_ms >= lifetime_ms)
    return { ...FRESH, confidence: 'likely', why: [`${clock}, more than the ${seconds(lifetime_ms)} that tokens live`] }
  const shares = refusedShares(told, background)
  if (shares === null) return { ...FRESH, confidence: 'possible', why: [clock] }
  const { here, others } = shares
  const compared = `${told.host} refuses ${percent(here)} as expired, other hosts ${percent(others)}`
  return here > CONSPICUOUS * others
    ? { ...FRESH, confidence: 'possible', why: [clock, compared] }
    : asSaid(told, [compared, clock], 'possible')
}

/** When this client last got a token before the request, issuer's clock; null if that is not known. */
function lastIssued(told: Told, background: Background, at_ms: number): number | null {
  let newest: number | null = null
  for (const { deed, first_ms, last_ms } of clientFacts(told, background)) {
    if (deed !== 'issued' && deed !== 'refreshed') continue
    const time_ms = last_ms <= at_ms ? last_ms : first_ms
    if (time_ms <= at_ms && (newest === null || time_ms > newest)) newest = time_ms
  }
  return newest
}

function refusedShares(told: Told, { facts }: Background): { here: number; others: number } | null {
  const count = (list: ReturnType<Background['facts']>, deed: string) =>
    list.reduce((sum, fact) => sum + (fact.deed === deed ? fact.count : 0), 0)
  const own = facts('host', told.host)
  const all = facts('fleet', '').filter(({ host }) => host !== told.host)
  const here = { expired: count(own, 'access_token'), accepted: count(own, 'accepted') }
  const others = { expired: count(all, 'access_token'), accepted: count(all, 'accepted') }
  // One that does not log what it accepts refuses everything that is known of it.
  if (here.accepted === 0 || others.accepted === 0) return null
  return {
    here: here.expired / (here.expired + here.accepted),
    others: others.expired / (others.expired + others.accepted),
  }
}

/** What the record alone says. */
function plain(told: Told, life: TokenLife): Verdict {
  const { evidence, received_collector_ms: received_ms } = told
  const { exp_ms } = life
  const checked_ms = evidence.validator_ms ?? told.time_ms
  const why: string[] = []
  let confidence = told.reported_confidence ?? told.confidence
  if (exp_ms !== undefined) {
    why.push(`expired ${seconds(checked_ms - exp_ms)} before the validator's clock${lifetimeWords(life)}`)
    if (received_ms !== undefined && received_ms - PROOF_MARGIN_MS >= exp_ms) {
      const earlier = seconds(received_ms - exp_ms)
      why.push(`by this machine's clock, too, it had expired when the refusal arrived, ${earlier} earlier`)
      confidence = 'certain'
    }
  }
  return asSaid(told, why, confidence)
}

function lifetimeWords({ iat_ms, exp_ms }: TokenLife): string {
  return iat_ms === undefined || exp_ms === undefined ? '' : `, after a lifetime of ${seconds(exp_ms - iat_ms)}`
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`
}
