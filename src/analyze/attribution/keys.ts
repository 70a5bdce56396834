/**
 * "No such key", "invalid signature": a key set that is out of date after a rotation, a key nobody issued with, or a token
 * that was changed. What tells them apart is whether the key works elsewhere or later, and whether failures come in a bunch.
 */
import type { HistoryFact } from '../../core/history.ts'
import { ANY_KEY, UNNAMED, VERIFIED } from '../history/facts-of.ts'
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { momentOf } from './moment.ts'
import { seconds } from './seconds.ts'
import { tokenLife } from './token-life.ts'
import { asSaid, type Verdict } from './verdict.ts'

/** A cached key set is renewed at the latest after this long in the libraries known (jwks-rsa 10 h, jose 10 min, Spring 5 min); ms. */
const STALE_FOR_MS = 12 * 3_600_000
/** Clients go on using tokens of the old key for a while, and logs are rounded; ms. */
const ROUNDING_MS = 2_000
/** So many key failures of a host within its slots, more than accepted tokens, are a bunch; count. */
const BUNCH = 3
/** Tampered tokens come in threes, too, where a host seldom says what it found good. */
const SIGNATURE_BUNCH = 5
/** Strangers bring keys of their own now and then; a host without the new key refuses all that is new: share of them. */
const STRANGERS_SHARE = 0.1
/** A scattered few among accepted tokens are not the host's fault: share of key failures among all it weighed. */
const BUNCH_SHARE = 0.3
/** Signatures are forged more often than keys are made up: fewer of these are a bunch. */
const KEY_BUNCH_SHARE = 0.15

const STALE = { cause: 'misconfiguration', subcause: 'stale_jwks' } as const

export function keys(told: Told, background: Background): Verdict {
  const { kid } = told.evidence
  const known = issuerKeys(told, background)
  const at_ms = momentOf(told, background)?.at_ms ?? told.time_ms
  const words: string[] = []
  if (kid !== undefined) {
    words.push(`the key asked for has the id ${kid}`)
    const verdict = byKid(told, kid, known, background)
    if (verdict !== null) return { ...verdict, why: [...verdict.why, ...words] }
  }
  return (
    byRotation(told, known, at_ms, background) ??
    byBunch(told, background) ??
    neverSeen(told, known, words) ??
    asSaid(told, words)
  )
}

function issuerKeys(told: Told, { facts }: Background): HistoryFact[] {
  return [...(told.issuer === undefined ? [] : facts('keys', told.issuer)), ...facts('keys', UNNAMED)]
}

function byKid(told: Told, kid: string, known: readonly HistoryFact[], { facts }: Background): Verdict | null {
  const here = facts('host_keys', told.host).filter(({ detail, deed }) => detail === kid && deed === 'accepted')
  const before = here.some(({ first_ms }) => first_ms <= told.time_ms)
  // A key that this host has already taken is not missing: the token itself is wrong.
  if (before)
    return told.reported_subcause === 'signature'
      ? asSaid(told, [`${told.host} had accepted tokens of the same key before`])
      : null
  const issued = known.filter(({ detail, deed }) => detail === kid && deed !== 'accepted')
  const elsewhere = known.filter(
    ({ detail, deed, host }) => detail === kid && deed === 'accepted' && host !== told.host,
  )
  if (issued.length > 0) {
    const first_ms = Math.min(...issued.map((fact) => fact.first_ms))
    const others = known.some(({ detail, first_ms: since }) => detail !== kid && since < first_ms)
    const when = others ? `, first used ${seconds(Math.abs(told.time_ms - first_ms))} before` : ''
    return {
      ...STALE,
      confidence: 'certain',
      why: [`the issuer signs with the key ${kid}${when}; ${told.host ?? 'the validator'} does not know it yet`],
    }
  }
  if (elsewhere.length > 0)
    return { ...STALE, confidence: 'likely', why: [`${elsewhere[0]!.host} accepts tokens of the key ${kid}`] }
  if (here.length > 0)
    return { ...STALE, confidence: 'likely', why: [`${told.host} accepts tokens of the key ${kid} later`] }
  return null
}

function neverSeen(told: Told, known: readonly HistoryFact[], words: readonly string[]): Verdict | null {
  const { kid } = told.evidence
  if (kid === undefined || !known.some(({ deed }) => deed !== 'accepted')) return null
  return asSaid(told, [`the issuer was never seen to sign with the key ${kid}`, ...words], 'likely')
}

/** The failing token's key is not stated, but a new one came into use not long before, and this host has not taken it yet. */
function byRotation(told: Told, known: readonly HistoryFact[], at_ms: number, background: Background): Verdict | null {
  // The new key is known by its id, and this one has another.
  if (told.evidence.kid !== undefined) return null
  const firsts = new Map<string, number>()
  for (const { detail, first_ms, deed } of known)
    if (deed !== 'accepted') firsts.set(detail, Math.min(firsts.get(detail) ?? Infinity, first_ms))
  const rotations = [...firsts].sort((a, b) => a[1] - b[1]).slice(1)
  const rotation = rotations.findLast(([, first_ms]) => first_ms <= at_ms + ROUNDING_MS)
  if (rotation === undefined || at_ms - rotation[1] > STALE_FOR_MS) return null
  const [kid, since_ms] = rotation
  const { iat_ms } = tokenLife(told, background)
  if (iat_ms !== undefined && iat_ms < since_ms - ROUNDING_MS) return null
  const taken = background
    .facts('host_keys', told.host)
    .filter(({ detail, deed }) => detail === kid && deed === 'accepted')
    .reduce((first, fact) => Math.min(first, fact.first_ms), Infinity)
  if (taken <= told.time_ms) return null
  const later = taken === Infinity ? '' : `, and ${told.host} took it ${seconds(taken - told.time_ms)} later`
  const telling = iat_ms !== undefined || (told.reported_subcause === 'key_not_found' && !isStrangers(told, background))
  if (!telling && !isBunch(told, background)) return null
  return {
    ...STALE,
    confidence: 'likely',
    why: [`the issuer changed to the key ${kid} ${seconds(Math.max(0, at_ms - since_ms))} before${later}`],
  }
}

/** Nobody logs keys: many refusals at once on a host that otherwise accepts are its key set, a few are their tokens. */
function byBunch(told: Told, background: Background): Verdict | null {
  if (told.reported_subcause === 'stale_jwks' || !isBunch(told, background)) return null
  const { failed, verified } = keyFailures(told, background)
  const before = verifiedSince(told, background)
  const ago = before === null ? '' : `, the first of them ${seconds(Math.max(0, told.time_ms - before))} before`
  return {
    ...STALE,
    confidence: told.reported_subcause === 'key_not_found' ? 'likely' : 'possible',
    why: [
      `${told.host} refused ${failed} tokens for their key or signature within minutes and found ${verified} good`,
      ...(before === null ? [] : [`it knew the keys of other tokens${ago}`]),
    ],
  }
}

function isBunch(told: Told, background: Background): boolean {
  const { failed, verified } = keyFailures(told, background)
  const [bunch, least] =
    told.reported_subcause === 'key_not_found' ? [BUNCH, KEY_BUNCH_SHARE] : [SIGNATURE_BUNCH, BUNCH_SHARE]
  if (failed < bunch || failed / (failed + verified) < least) return false
  // A bad signature is mostly the token's own: the host's keys are at fault where nothing is found good between.
  if (told.reported_subcause !== 'key_not_found') return verified > 0 && !foundGoodBetween(told, background)
  // A host that never knew a key is set up for another issuer; a stranger's key comes once.
  const { kid } = told.evidence
  const times = background
    .facts('host_keys', told.host)
    .filter(({ detail, deed }) => detail === kid && deed === 'key_not_found')
    .reduce((sum, { count }) => sum + count, 0)
  return (kid === undefined || times >= BUNCH) && verifiedSince(told, background) !== null
}

/** Among many that are good, few of a key that is not found: those who brought them are at fault. */
function isStrangers(told: Told, background: Background): boolean {
  const { failed, verified } = keyFailures(told, background)
  return failed / (failed + verified) < STRANGERS_SHARE
}

/** Were tokens of this host's own keys found good after the first of these failures began? */
function foundGoodBetween(told: Told, { facts }: Background): boolean {
  const here = facts('host', told.host)
  const failed = here.filter(({ deed }) => deed === told.reported_subcause)
  const since_ms = Math.min(...failed.map(({ first_ms }) => first_ms))
  const until_ms = Math.max(...failed.map(({ last_ms }) => last_ms))
  return here.some(
    ({ deed, first_ms, last_ms }) =>
      VERIFIED.has(deed) &&
      ((first_ms > since_ms && first_ms < until_ms) || (last_ms > since_ms && last_ms < until_ms)),
  )
}

/** When this host first met a token with a key that it knew, if that was before; ms. */
function verifiedSince(told: Told, { facts }: Background): number | null {
  const known = facts('host_keys', told.host).find(({ detail, deed }) => detail === ANY_KEY && deed === 'accepted')
  return known !== undefined && known.first_ms < told.time_ms ? known.first_ms : null
}

function keyFailures(told: Told, { facts }: Background): { failed: number; verified: number } {
  let [failed, verified] = [0, 0]
  for (const { deed, count } of facts('host', told.host)) {
    if (deed === told.reported_subcause) failed += count
    else if (VERIFIED.has(deed)) verified += count
  }
  return { failed, verified }
}
