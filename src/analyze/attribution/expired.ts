/**
 * "Expired": is the token old, or is the clock that says so ahead? Age at use on one clock against the lifetime, the
 * host's offset, what the gateway's clock said, whether another host took the same token, and how other hosts fare.
 * Invariant: a host is called ahead only on evidence beside its own word; without any, expiry stands, no surer than likely.
 */
import type { OffsetInterval } from '../../core/clock-lookup.ts'
import { timeApart } from '../../core/time-apart.ts'
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { clientFacts } from './client-facts.ts'
import { early } from './early.ts'
import { elsewhere, momentOf } from './moment.ts'
import { isTwoSided, offsetWords } from './offset-words.ts'
import { AROUND_MS } from './questions-of.ts'
import { seconds } from './seconds.ts'
import { type TokenLife, tokenFacts, tokenLife } from './token-life.ts'
import { usualRefusals } from './usual-refusals.ts'
import { asSaid, type Verdict } from './verdict.ts'
import { voucherFor } from './voucher.ts'

/** The collector's own clock, whole seconds of tokens and of logs are trusted this far; ms. */
const PROOF_MARGIN_MS = 2_000
/** Whole seconds of `exp` and rounding of stamps; ms. */
const ROUNDING_MS = 1_000
/** Where nothing is known, so many tokens that reach a server have run out; share. */
const SELDOM_RUN_OUT = 0.1
/** Where no token shows how long it lives: few issuers give less; ms. */
const SHORT_LIFE_MS = 300_000
/** Fewer tokens of one host are no share; count. */
const LEAST_WEIGHED = 30

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
    : `${told.host} is at least ${timeApart(offset.low_ms)} ahead of ${told.issuer ?? 'the issuer'}`
  const at_ms = told.time_ms - offset.offset_ms
  return byIssuance(told, life, background, at_ms, offset, clock) ?? byHabit(told, life, background, offset, clock)
}

/** The token's own issuance, or which of its client's tokens it can have been; null where several can. */
function byIssuance(
  told: Told,
  { issued_ms, lifetime_ms }: TokenLife,
  background: Background,
  at_ms: number,
  offset: OffsetInterval,
  clock: string,
): Verdict | null {
  if (lifetime_ms === undefined) return null
  const issuedBefore = issued_ms === undefined ? issuances(told, background, at_ms) : [issued_ms]
  const newest_ms = issuedBefore.reduce((newest, ms) => Math.max(newest, ms), -Infinity)
  if (newest_ms === -Infinity) return null
  const age_ms = Math.max(0, at_ms - newest_ms)
  const age = `${told.client_id ?? 'the client'} got a token ${seconds(age_ms)} earlier, tokens live ${seconds(lifetime_ms)}`
  if (age_ms >= lifetime_ms) return asSaid(told, [age, clock])
  // Younger than those that this host takes for expired: it was another one.
  const refusedFrom_ms = lifetime_ms - (isTwoSided(offset) ? offset.high_ms : offset.low_ms)
  if (age_ms >= refusedFrom_ms) return { ...FRESH, confidence: 'likely', why: [age, clock] }
  const others = issuedBefore.some((ms) => at_ms - ms >= refusedFrom_ms && at_ms - ms < lifetime_ms)
  return others ? null : asSaid(told, [`${age}: ${told.host} would have taken that one`, clock])
}

/** How many of the tokens refused here have run out: as many as elsewhere, beside those that the host's clock spoils. */
function byHabit(
  told: Told,
  { lifetime_ms }: TokenLife,
  background: Background,
  offset: OffsetInterval,
  clock: string,
): Verdict {
  const { expired_share: ranOut } = usualRefusals(told, background)
  const here = refusedShare(told, background)
  const taken = Math.min(1, Math.max(offset.low_ms, 0) / (lifetime_ms ?? SHORT_LIFE_MS))
  // Of the last part of their lives tokens see less: half of the clients get another one before.
  const spoilt = (taken * (1 + taken)) / 2
  const lives =
    lifetime_ms === undefined ? `if tokens live ${seconds(SHORT_LIFE_MS)}` : `tokens live ${seconds(lifetime_ms)}`
  if (ranOut === null)
    return spoilt >= SELDOM_RUN_OUT
      ? { ...FRESH, confidence: spoilt === 1 && lifetime_ms !== undefined ? 'likely' : 'possible', why: [clock, lives] }
      : asSaid(told, [`${lives}, much longer than that`, clock], 'possible')
  const others = `other hosts refuse ${percent(ranOut)} as expired`
  // Counted where enough was, else as tokens of all ages have it.
  const [fresh, compared] =
    here !== null
      ? [here - ranOut, `${told.host} refuses ${percent(here)} as expired, ${others}`]
      : [(1 - ranOut) * spoilt, `its clock takes ${percent(taken)} of their lives, ${lives}; ${others}`]
  return fresh > ranOut
    ? { ...FRESH, confidence: 'possible', why: [clock, compared] }
    : asSaid(told, [compared, clock], 'possible')
}

/** When this client got tokens before the request, issuer's clock, as far as it is known. */
function issuances(told: Told, background: Background, at_ms: number): number[] {
  return clientFacts(told, background)
    .filter(({ deed }) => deed === 'issued' || deed === 'refreshed')
    .flatMap(({ first_ms, last_ms }) => [first_ms, last_ms])
    .filter((ms) => ms <= at_ms)
}

/** Of the tokens that this host weighed within minutes, those it called expired; null where it does not say what it accepts. */
function refusedShare(told: Told, { facts }: Background): number | null {
  let [expired, accepted] = [0, 0]
  for (const { deed, count, last_ms } of facts('host', told.host)) {
    if (last_ms < told.time_ms - AROUND_MS) continue
    if (deed === 'access_token') expired += count
    else if (deed === 'accepted') accepted += count
  }
  return accepted === 0 || expired + accepted < LEAST_WEIGHED ? null : expired / (expired + accepted)
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
