/**
 * What is remembered of tokens, sessions, clients, keys, hosts and issuers so that a later failure can be explained: the
 * issuance index and what goes with it. A fact says that a deed happened to or by a party between two instants.
 * Invariant: facts of one identity merge by smallest first, largest last and added counts, so the order in which records
 * are read never matters. Deeds are what was *reported*; nothing here depends on a verdict.
 */
import type { Subcause } from './cause.ts'

/**
 * `token`: a fingerprint or token id; `session`: a grant, session or token family; `client`: an OAuth client, all its users
 * together; `user`: one user of a client;
 * `keys`: an issuer's keys; `host_keys`: the keys a host met; `host`, `issuer`: what went on there, in slots of time;
 * `fleet`: the same over all hosts (key is empty); `form`: of what form an issuer's tokens are, day by day.
 */
export const PARTIES = [
  'token',
  'session',
  'client',
  'keys',
  'host_keys',
  'host',
  'issuer',
  'fleet',
  'form',
  'user',
] as const
export type Party = (typeof PARTIES)[number]

/** A success, or the reported subcause of a failure. */
export type Deed = 'issued' | 'refreshed' | 'accepted' | 'revoked' | Subcause | TokenForm

/**
 * What is seen of a token that is read whole: the algorithm it names, and the claims it lacks. Algorithms are those of the
 * IANA registry "JSON Web Signature and Encryption Algorithms"; any other is `other`, so that strangers add no names.
 */
export const TOKEN_ALGORITHMS = [
  'none',
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'ES256K',
  'EdDSA',
  'Ed25519',
  'Ed448',
  'RS1',
  'other',
] as const
export const TOKEN_LACKS = ['without exp', 'without aud', 'without kid'] as const
export type TokenForm = `alg ${(typeof TOKEN_ALGORITHMS)[number]}` | (typeof TOKEN_LACKS)[number]

/** Length of a slot, ms; 0: the party is remembered as a whole. Short where one request must be found beside another. */
export const SLOT_MS: Readonly<Record<Party, number>> = {
  token: 0,
  session: 0,
  keys: 0,
  host_keys: 0,
  client: 60_000,
  user: 60_000,
  host: 300_000,
  issuer: 300_000,
  fleet: 300_000,
  form: 86_400_000,
}

export interface HistoryFact {
  party: Party
  key: string
  deed: Deed
  /** Where it was recorded; empty: not said. Part of the identity. */
  host: string
  /** Key id for `keys` and `host_keys`, {@link NAMED_USER} for `client`, client for the others; empty: not said. Part of the identity. */
  detail: string
  /** Writer's clock, ms. The slot is that of `first_ms`; a fact never spans two. */
  first_ms: number
  last_ms: number
  count: number
  /** Instants of the token concerned, issuer's clock; of several tokens, the latest. */
  iat_ms?: number
  exp_ms?: number
}

/** Detail of a client's fact whose record names the user; what that user did is kept under {@link userKey}. */
export const NAMED_USER = 'user'

export function userKey(client_id: string, subject: string): string {
  return `${subject} ${client_id}`
}

/** Facts of one party whose slot touches the range; the range is not looked at for parties without slots. */
export interface HistoryQuestion {
  party: Party
  key: string
  from_ms: number
  to_ms: number
}

/** Of facts of the question's party, those it asks for; in their order. */
export function factsWithin(facts: readonly HistoryFact[], { party, from_ms, to_ms }: HistoryQuestion): HistoryFact[] {
  if (SLOT_MS[party] === 0) return [...facts]
  const [from, to] = [slotOf(party, from_ms), slotOf(party, to_ms)]
  return facts.filter(({ first_ms }) => slotOf(party, first_ms) >= from && slotOf(party, first_ms) <= to)
}

export function slotOf(party: Party, time_ms: number): number {
  const slot = SLOT_MS[party]
  return slot === 0 ? 0 : Math.floor(time_ms / slot)
}
