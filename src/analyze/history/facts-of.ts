/**
 * What one event teaches about tokens, sessions, clients, keys and hosts: the facts attribution asks for later.
 * Leaves merging to `FactGatherer` and the store. Invariant: pure, and made from what was reported only.
 */
import type { AuthEvent } from '../../core/auth-event.ts'
import type { Subcause } from '../../core/cause.ts'
import { type Deed, type HistoryFact, NAMED_USER, type Party, userKey } from '../../core/history.ts'

/** Failures remembered per token, session and client: those a later failure may have been caused by. */
const TELLING: ReadonlySet<Subcause> = new Set([
  'access_token',
  'refresh_token',
  'session',
  'token_revoked',
  'session_ended',
  'refresh_reused',
  'consent_withdrawn',
  'principal_disabled',
  'inactive',
  'denylisted',
  'code_replayed',
  'client_credentials',
  'credential_expired',
  'scope_not_allowed',
])
/** What withdraws other tokens than the one it is reported of. */
const WITHDRAWS: ReadonlySet<Deed> = new Set<Deed>(['refresh_reused', 'code_replayed', 'principal_disabled'])
/** Names of keys and issuers longer than this are none; characters. */
const KEY_LIMIT = 200

/** The issuer of records that do not name it. */
export const UNNAMED = ''

/** In `host_keys`: any key, where the record does not say which. */
export const ANY_KEY = ''

/** What is said only of tokens with a good signature. */
export const VERIFIED: ReadonlySet<Deed> = new Set<Deed>([
  'accepted',
  'access_token',
  'not_yet_valid',
  'issued_in_future',
  'audience_mismatch',
  'issuer_mismatch',
  'insufficient_scope',
])

export function factsOf(event: AuthEvent, time_ms: number): HistoryFact[] {
  const deed = deedOf(event)
  if (deed === null) return []
  const { host = '', client_id = '', issuer = UNNAMED, token, token_id, session, evidence } = event
  const facts: HistoryFact[] = []
  const add = (party: Party, key: string, detail: string, what: Deed = deed): void => {
    const fact: HistoryFact = {
      party,
      key: key.slice(0, KEY_LIMIT),
      deed: what,
      host,
      detail,
      first_ms: time_ms,
      last_ms: time_ms,
      count: 1,
    }
    if (evidence.iat_ms !== undefined) fact.iat_ms = evidence.iat_ms
    if (evidence.exp_ms !== undefined) fact.exp_ms = evidence.exp_ms
    facts.push(fact)
  }
  const success = event.outcome === 'success'
  const minted = deed === 'issued' || deed === 'refreshed'
  const telling = !success && TELLING.has(event.subcause!)
  if (success || telling) {
    if (token !== undefined) add('token', token, client_id)
    if (token_id !== undefined && token_id !== token) add('token', token_id, client_id)
    if (session !== undefined && deed !== 'accepted') add('session', session, client_id)
    if (event.client_id !== undefined && deed !== 'accepted') {
      // A busy client has thousands of users a minute: one row for all of them, and one for each beside it.
      add('client', event.client_id, event.subject === undefined ? '' : NAMED_USER)
      if (event.subject !== undefined) add('user', userKey(event.client_id, event.subject), '')
    }
  }
  if (evidence.kid !== undefined && minted) add('keys', issuer, evidence.kid)
  // Libraries look at claims only when the signature is good: an expired token's key is known.
  if (deed === 'accepted' || (event.kind === 'validation' && VERIFIED.has(deed))) {
    if (evidence.kid !== undefined) add('keys', issuer, evidence.kid, 'accepted')
    if (evidence.kid !== undefined && host !== '') add('host_keys', host, evidence.kid, 'accepted')
    if (host !== '') add('host_keys', host, ANY_KEY, 'accepted')
  } else if (deed === 'key_not_found' && evidence.kid !== undefined && host !== '') add('host_keys', host, evidence.kid)
  if (minted || deed === 'revoked' || WITHDRAWS.has(deed)) add('issuer', issuer, '')
  if (deed === 'accepted' || !success) {
    if (host !== '') add('host', host, success ? '' : client_id)
    add('fleet', '', '')
    if (event.cause === 'outage') add('issuer', issuer, '')
  }
  return facts
}

function deedOf({ kind, outcome, cause, subcause, specificity }: AuthEvent): Deed | null {
  // A status line repeats what a better record says, and says nothing a later failure could be explained by.
  if (outcome === 'failure') return cause === 'unknown' ? null : subcause
  if (kind === 'issuance') return specificity >= SPEAKS ? 'issued' : null
  if (kind === 'refresh') return 'refreshed'
  if (kind === 'revocation') return 'revoked'
  return kind === 'validation' || kind === 'introspection' ? 'accepted' : null
}

/** A gateway's "token endpoint answered 200" would count an issuance a second time. */
const SPEAKS = 20
