/**
 * The clock evidence in one event: its token's instants against the host's "now", its issuance, its receipt.
 * Pairs of hosts need two events and are made where requests are joined (`pairOf`).
 * Invariant: nothing is taken from tokens whose signature was not checked; a forgery may claim any instant.
 */
import type { AuthEvent } from '../../core/auth-event.ts'
import type { Subcause } from '../../core/cause.ts'
import type { ClockSample, PairSample, TokenDecision } from '../../core/clock-sample.ts'

/** Refused before or because of the signature: the claims are the sender's, not the issuer's. */
const UNVERIFIED: ReadonlySet<Subcause> = new Set([
  'missing',
  'structure',
  'encoding',
  'signature',
  'decryption',
  'key_not_found',
  'stale_jwks',
  'algorithm',
  'issuer_mismatch',
  'jwks_unavailable',
])
const NOT_YET: ReadonlySet<Subcause> = new Set(['not_yet_valid', 'issued_in_future'])
/** Resolution of a stamp that states none, ms: the coarsest usual one. */
const UNSTATED_RESOLUTION_MS = 1_000
/** Refused tokens other than access and ID tokens carry instants of their own kinds. */
const TOKEN_KINDS: ReadonlySet<string> = new Set(['validation', 'authorization', 'introspection'])

export function clockSamplesOf(event: AuthEvent): ClockSample[] {
  const { host, issuer, time_ms, received_collector_ms, evidence, token } = event
  if (host === undefined) return []
  const samples: ClockSample[] = []
  const resolution = stampResolution(event)
  if (time_ms !== undefined && received_collector_ms !== undefined)
    samples.push({
      source: 'receipt',
      host,
      logged_writer_ms: time_ms,
      logged_resolution_ms: resolution,
      received_collector_ms,
    })
  const { iat_ms, nbf_ms, exp_ms, validator_ms, leeway_ms } = evidence
  const claims = {
    ...(iat_ms !== undefined && { iat_ms, iat_resolution_ms: resolutionOf(iat_ms) }),
    ...(nbf_ms !== undefined && { nbf_ms }),
    ...(exp_ms !== undefined && { exp_ms }),
    ...(event.in_milliseconds && { in_milliseconds: true as const }),
    ...(token !== undefined && { token }),
  }
  const minted = (event.kind === 'issuance' || event.kind === 'refresh') && event.outcome === 'success'
  if (minted && issuer !== undefined && time_ms !== undefined && iat_ms !== undefined)
    samples.push({
      source: 'issuance',
      host,
      issuer,
      logged_issuer_ms: time_ms,
      logged_resolution_ms: resolution,
      ...claims,
      iat_ms,
    })
  const decision = decisionOf(event)
  const seen_validator_ms = validator_ms ?? time_ms
  if (decision !== null && seen_validator_ms !== undefined)
    samples.push({
      source: 'token',
      host,
      ...(issuer !== undefined && { issuer }),
      seen_validator_ms,
      seen_resolution_ms: validator_ms === undefined ? resolution : resolutionOf(validator_ms),
      stated: validator_ms !== undefined,
      ...claims,
      ...(leeway_ms !== undefined && { leeway_ms }),
      decision,
    })
  return samples
}

function decisionOf({ kind, outcome, cause, subcause }: AuthEvent): TokenDecision | null {
  if (!TOKEN_KINDS.has(kind)) return null
  if (outcome === 'success') return 'accepted'
  if (subcause === null || UNVERIFIED.has(subcause)) return null
  if (NOT_YET.has(subcause)) return 'not_yet_valid'
  if (cause === 'expiry' || subcause === 'fresh_token_expired') return 'expired'
  return cause === 'misuse' || subcause === 'audience_mismatch' ? 'other' : null
}

/** A fraction of a second shows that the stamp is finer than one. */
function resolutionOf(ms: number): number {
  return ms % 1000 === 0 ? 1000 : 1
}

/**
 * Resolution of a record's stamp, ms: as its digits say, unless they are all zeros. Many emitters print `.000` after seconds
 * that never had a fraction (Entra, Okta, exports of databases); one in a thousand true milliseconds counts as coarser for it.
 */
export function stampResolution({ time_ms, time_resolution_ms }: Pick<AuthEvent, 'time_ms' | 'time_resolution_ms'>) {
  const said = time_resolution_ms ?? UNSTATED_RESOLUTION_MS
  return time_ms === undefined ? said : Math.max(said, resolutionOf(time_ms))
}

/** One side of an exchange as a host logged it; instants on that host's clock, ms. */
export interface ExchangeSide {
  host: string
  start_ms?: number
  end_ms?: number
  resolution_ms: number
}

/** The outer side (gateway, client) contains the inner one (service); null where both are the same host. */
export function pairOf(outer: ExchangeSide, inner: ExchangeSide): PairSample | null {
  if (outer.host === inner.host) return null
  return {
    source: 'pair',
    outer_host: outer.host,
    inner_host: inner.host,
    ...(outer.start_ms !== undefined && { outer_start_ms: outer.start_ms }),
    ...(outer.end_ms !== undefined && { outer_end_ms: outer.end_ms }),
    outer_resolution_ms: outer.resolution_ms,
    ...(inner.start_ms !== undefined && { inner_start_ms: inner.start_ms }),
    ...(inner.end_ms !== undefined && { inner_end_ms: inner.end_ms }),
    inner_resolution_ms: inner.resolution_ms,
  }
}
