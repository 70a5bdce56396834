/**
 * "Inactive", "invalid_grant", a bare "invalid_token": what happened to that token, session or client before says whether it
 * had expired, was withdrawn, or fell with a refresh token that was used twice (RFC 6749 §10.4, RFC 9700 §4.14.2).
 */
import type { HistoryFact } from '../../core/history.ts'
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { clientFacts } from './client-facts.ts'
import { momentOf } from './moment.ts'
import { seconds } from './seconds.ts'
import { issuerFacts, tokenFacts, tokenLife } from './token-life.ts'
import { usualRefusals } from './usual-refusals.ts'
import { asSaid, type Verdict } from './verdict.ts'

/** Stamps of two records about one withdrawal; ms. */
const ROUNDING_MS = 1_000
/** The legitimate client notices at its next refresh, mostly within this; ms. */
const FAMILY_FALLS_MS = 600_000

const REUSED = { cause: 'revocation', subcause: 'refresh_reused' } as const
const REVOKED = { cause: 'revocation', subcause: 'token_revoked' } as const

/** Where no more than this share of the tokens is withdrawn, the end of their lives is what is mostly met; share. */
const SELDOM = 0.2

/** Fewer refusals elsewhere do not tell what is usual; count. */
const TELLING = 10

/** Null: the history says nothing about it. */
export function withdrawn(told: Told, background: Background): Verdict | null {
  const at_ms = momentOf(told, background)?.at_ms ?? told.time_ms
  const family = [...tokenFacts(told, background), ...background.facts('session', told.session)]
  const before = (deed: HistoryFact['deed']) =>
    family.find((fact) => fact.deed === deed && fact.first_ms <= at_ms + ROUNDING_MS)
  const ago = (fact: HistoryFact) => seconds(Math.max(0, at_ms - fact.first_ms))

  const reused = before('refresh_reused')
  if (reused !== undefined)
    return {
      ...REUSED,
      confidence: 'likely',
      why: [`a refresh token of this session was used twice ${ago(reused)} before`],
    }
  const replayed = before('code_replayed')
  if (replayed !== undefined)
    return {
      ...REVOKED,
      confidence: 'likely',
      why: [`the authorization code behind it was used twice ${ago(replayed)} before, which withdraws its tokens`],
    }
  const revoked = before('revoked')
  if (revoked !== undefined)
    return { ...REVOKED, confidence: 'likely', why: [`it was withdrawn ${ago(revoked)} before`] }

  const { exp_ms, own } = tokenLife(told, background)
  if (own && exp_ms !== undefined && exp_ms <= at_ms + ROUNDING_MS) {
    const subcause = told.kind === 'refresh' ? 'refresh_token' : 'access_token'
    return { cause: 'expiry', subcause, confidence: 'likely', why: [`it expired ${seconds(at_ms - exp_ms)} before`] }
  }
  return byClient(told, at_ms, background)
}

/** Neither token nor session is named: what just happened to the same client, and user where known. */
function byClient(told: Told, at_ms: number, background: Background): Verdict | null {
  if (told.kind !== 'refresh' && told.reported_subcause !== 'inactive') return null
  const ofClient = clientFacts(told, background)
  // An access token that was got since fell with no earlier family; refresh tokens of one client are told apart by nothing.
  const renewed_ms = told.kind === 'refresh' ? -Infinity : mintedLast(ofClient, at_ms)
  const lately = ofClient.filter(
    ({ first_ms, last_ms }) =>
      first_ms <= at_ms + ROUNDING_MS &&
      first_ms >= at_ms - FAMILY_FALLS_MS &&
      latest(first_ms, last_ms, at_ms) >= renewed_ms,
  )
  for (const { deed, first_ms, own } of lately) {
    const confidence = own ? 'likely' : 'possible'
    const ago = seconds(Math.max(0, at_ms - first_ms))
    if (deed === 'refresh_reused')
      return {
        ...REUSED,
        confidence,
        why: [`${told.client_id} used a refresh token twice ${ago} before, which withdraws the rest of its family`],
      }
  }
  for (const { deed, first_ms, own } of lately) {
    const confidence = own ? 'likely' : 'possible'
    const ago = seconds(Math.max(0, at_ms - first_ms))
    if (deed === 'revoked' && told.reported_cause !== 'revocation')
      return { ...REVOKED, confidence, why: [`tokens of ${told.client_id} were withdrawn ${ago} before`] }
  }
  return null
}

/** The last time before an instant that a fact is known of, ms; -Infinity: none. */
function latest(first_ms: number, last_ms: number, at_ms: number): number {
  return last_ms <= at_ms ? last_ms : first_ms <= at_ms ? first_ms : -Infinity
}

function mintedLast(facts: readonly HistoryFact[], at_ms: number): number {
  return facts.reduce(
    (last, { deed, first_ms, last_ms }) => (MINTED.has(deed) ? Math.max(last, latest(first_ms, last_ms, at_ms)) : last),
    -Infinity,
  )
}

const MINTED: ReadonlySet<HistoryFact['deed']> = new Set<HistoryFact['deed']>(['issued', 'refreshed'])

/** Reported as withdrawn: the history may say more closely how. */
export function revoked(told: Told, background: Background): Verdict {
  if (!VAGUE.has(told.reported_subcause)) return asSaid(told, [])
  return withdrawn(told, background) ?? nothingWithdrawn(told, background) ?? asSaid(told, [])
}

/**
 * Introspection answers "inactive" for expired, withdrawn and unknown tokens alike (RFC 7662 §2.2). A token that was good and
 * was not withdrawn has run out; of one that no record names, only how much was withdrawn lately can be said.
 */
function nothingWithdrawn(told: Told, background: Background): Verdict | null {
  if (told.reported_subcause !== 'inactive') return null
  const run = (confidence: Verdict['confidence'], why: string): Verdict => ({
    ...{ cause: 'expiry', subcause: 'access_token', confidence, why: [`introspection does not say why; ${why}`] },
  })
  const own = tokenFacts(told, background)
  const at_ms = momentOf(told, background)?.at_ms ?? told.time_ms
  const good = own.find(({ deed, first_ms }) => deed === 'accepted' && first_ms < at_ms)
  const since = good === undefined ? undefined : withdrawnSince(told, good, at_ms, background)
  if (good !== undefined && since !== undefined)
    return {
      ...{ cause: 'revocation', subcause: 'token_revoked', confidence: 'possible' },
      why: [
        `tokens of ${told.client_id} were withdrawn at most ${seconds(at_ms - since)} before, after this one had been accepted`,
      ],
    }
  if (good !== undefined)
    return run('likely', `it was accepted ${seconds(at_ms - good.first_ms)} before and nobody was seen to withdraw it`)
  const byClient = nothingOfClient(told, at_ms, background)
  if (byClient !== null) return run(...byClient)
  const lately = issuerFacts(told, background).filter(({ first_ms }) => first_ms <= at_ms + ROUNDING_MS)
  const issued = lately.filter(({ deed }) => deed === 'issued' || deed === 'refreshed')
  if (issued.length === 0) return null
  // An issuer that names what it issues would have named this one.
  if (told.token !== undefined && issued.some(({ exp_ms }) => exp_ms !== undefined)) return null
  const many = issued.reduce((sum, { count }) => sum + count, 0)
  const withdrawn = lately.reduce((sum, { deed, count }) => (MINTED.has(deed) ? sum : sum + count), 0)
  const usual = usualRefusals(told, background)
  // Those who weigh tokens by themselves say of each what is wrong with it.
  if (usual.expired + usual.broken >= TELLING && usual.broken > usual.expired) return null
  if (withdrawn > many * Math.max(SELDOM, usual.expired_share ?? 0)) return null
  const few = withdrawn === 0 ? 'nothing' : `${withdrawn} of ${many} tokens`
  return run('possible', `the issuer withdrew ${few} within ten minutes before, so the token has probably run out`)
}

/** When tokens of this client were withdrawn between this one's acceptance and its refusal, ms. */
function withdrawnSince(
  { client_id }: Told,
  good: HistoryFact,
  at_ms: number,
  { facts }: Background,
): number | undefined {
  const until_ms = latest(good.first_ms, good.last_ms, at_ms)
  const between = facts('client', client_id).find(
    ({ deed, first_ms, last_ms }) => WITHDRAWALS.has(deed) && first_ms <= at_ms && last_ms >= until_ms,
  )
  // Of several within a minute only the first and the last are known.
  return between && Math.max(until_ms, latest(between.first_ms, between.last_ms, at_ms))
}

/** Of this client the issuer withdrew nothing: its token is old, however much was withdrawn from others. */
function nothingOfClient(
  told: Told,
  at_ms: number,
  background: Background,
): [confidence: Verdict['confidence'], why: string] | null {
  const { client_id } = told
  if (client_id === undefined) return null
  const before = background.facts('client', client_id).filter(({ first_ms }) => first_ms <= at_ms + ROUNDING_MS)
  const minted = before.filter(({ deed }) => MINTED.has(deed))
  const last_ms = mintedLast(before, at_ms)
  // A family that fell takes the tokens with it that were issued until then.
  const fell = before.some(
    ({ deed, first_ms, last_ms: until_ms }) => FAMILIES.has(deed) && latest(first_ms, until_ms, at_ms) >= last_ms,
  )
  if (minted.length === 0 || fell) return null
  const issued = minted.reduce((sum, { count }) => sum + count, 0)
  const withdrawn = before.reduce((sum, { deed, count }) => (WITHDRAWALS.has(deed) ? sum + count : sum), 0)
  if (withdrawn > issued * SELDOM) return null
  const lives_ms = Math.min(...minted.map(({ iat_ms, exp_ms }) => (exp_ms ?? Infinity) - (iat_ms ?? 0)))
  const had = `${client_id} got its last token ${seconds(at_ms - last_ms)} before`
  if (withdrawn > 0)
    return ['possible', `of the ${issued} tokens that ${client_id} got lately only ${withdrawn} were withdrawn`]
  if (Number.isFinite(lives_ms) && at_ms - last_ms > lives_ms)
    return ['likely', `${had}, its tokens live ${seconds(lives_ms)}, and none of them was withdrawn`]
  return ['possible', `${had}, and none of its tokens was withdrawn`]
}

const WITHDRAWALS: ReadonlySet<HistoryFact['deed']> = new Set<HistoryFact['deed']>([
  ...['revoked', 'principal_disabled', 'consent_withdrawn', 'session_ended'],
] as HistoryFact['deed'][])
const FAMILIES: ReadonlySet<HistoryFact['deed']> = new Set<HistoryFact['deed']>(['refresh_reused', 'code_replayed'])

/** Said of tokens that were withdrawn, that expired and that never were. */
const VAGUE: ReadonlySet<string> = new Set(['inactive', 'token_revoked', 'session_ended'])
