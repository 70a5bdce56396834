/**
 * A token's life as far as anybody knows it: from the record, from its issuance in the history, or from how long tokens of
 * its issuer live. Leaves deciding to the rules.
 */
import type { HistoryFact } from '../../core/history.ts'
import { UNNAMED } from '../history/facts-of.ts'
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'

export interface TokenLife {
  iat_ms?: number
  exp_ms?: number
  /** When its issuer logged it, issuer's clock. */
  issued_ms?: number
  /** ms; of this token, or usual for its issuer. */
  lifetime_ms?: number
  /** True where instants come from the record or the token's own issuance, not from what is usual. */
  own: boolean
}

export function tokenFacts(told: Told, { facts }: Background): HistoryFact[] {
  return [...facts('token', told.token), ...(told.token_id === told.token ? [] : facts('token', told.token_id))]
}

export function issuerFacts(told: Told, { facts }: Background): HistoryFact[] {
  const named = told.issuer === undefined ? [] : facts('issuer', told.issuer)
  return [...named, ...facts('issuer', UNNAMED)]
}

export function tokenLife(told: Told, background: Background): TokenLife {
  const { evidence } = told
  const life: TokenLife = { own: true }
  const minted = tokenFacts(told, background).filter(isMinted)
  const [issuance] = minted
  const iat_ms = evidence.iat_ms ?? issuance?.iat_ms
  let exp_ms = evidence.exp_ms ?? issuance?.exp_ms
  if (exp_ms === undefined && told.reported_cause === 'expiry' && (evidence.delta_ms ?? 0) > 0)
    exp_ms = (evidence.validator_ms ?? told.time_ms) - evidence.delta_ms!
  if (iat_ms !== undefined) life.iat_ms = iat_ms
  if (exp_ms !== undefined) life.exp_ms = exp_ms
  if (issuance !== undefined) life.issued_ms = issuance.first_ms
  if (iat_ms !== undefined && exp_ms !== undefined) life.lifetime_ms = exp_ms - iat_ms
  else {
    life.own = exp_ms !== undefined
    const usual = usualLifetime(told, background)
    if (usual !== undefined) life.lifetime_ms = usual
  }
  return life
}

/**
 * Tokens of one client mostly live equally long, else those that one host sees, else those of one issuer, which no record may
 * name: then several are mixed. Newest expiry less newest issue of a slot; the longest such.
 */
function usualLifetime(told: Told, background: Background): number | undefined {
  const ofClient = background.facts('client', told.client_id)
  return (
    longestLife(ofClient.filter(isMinted)) ??
    // Refused elsewhere, by whoever says when.
    longestLife(ofClient) ??
    longestLife(background.facts('host', told.host)) ??
    longestLife(issuerFacts(told, background).filter(isMinted))
  )
}

function longestLife(facts: readonly HistoryFact[]): number | undefined {
  let longest: number | undefined
  for (const { iat_ms, exp_ms } of facts)
    if (iat_ms !== undefined && exp_ms !== undefined && exp_ms > iat_ms)
      longest = Math.max(longest ?? 0, exp_ms - iat_ms)
  return longest
}

function isMinted({ deed }: HistoryFact): boolean {
  return deed === 'issued' || deed === 'refreshed'
}
