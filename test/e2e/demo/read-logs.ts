/**
 * Reads the demo's logs as a person with jq and grep would: layouts known beforehand, no part of authtop involved.
 * It says what each refusal's own record says; the only judgement is whether an expired token had truly expired, told
 * from the gateway's access log, whose clock is right.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Refusal {
  host: string
  request_id: string
  /** `cause/subcause`. */
  cause: string
}

export interface AccessEntry {
  request_id: string
  status: number
  /** Epoch seconds, gateway's clock. */
  at_s: number
}

type Json = Record<string, unknown>
type Said = { code?: string; claim?: string; payload?: { exp?: number } }

export function linesOf(dir: string, host: string): string[] {
  const folder = join(dir, host)
  return readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
}

export function jsonOf(dir: string, host: string): Json[] {
  return linesOf(dir, host).map((line) => JSON.parse(line) as Json)
}

/** `level: message {…}`, as winston's simple layout has it. */
export function simpleOf(dir: string, host: string): { level: string; message: string; meta: Json }[] {
  return linesOf(dir, host).map((line) => {
    const brace = line.indexOf(' {')
    const colon = line.indexOf(': ')
    return {
      level: line.slice(0, colon),
      message: line.slice(colon + 2, brace),
      meta: JSON.parse(line.slice(brace + 1)) as Json,
    }
  })
}

export function accessEntries(dir: string): AccessEntry[] {
  return jsonOf(dir, 'gw-1').map((line) => ({
    request_id: String(line.request_id),
    status: Number(line.status),
    at_s: Date.parse(String(line.time_iso8601)) / 1000,
  }))
}

/** Every refusal of the four services and of the issuer, with its cause. */
export function refusals(dir: string): Refusal[] {
  const at = new Map(accessEntries(dir).map((entry) => [entry.request_id, entry.at_s]))
  const found: Refusal[] = []
  const add = (host: string, request_id: string, said: Said): void => {
    found.push({ host, request_id, cause: causeOf(said, at.get(request_id)) })
  }
  for (const host of ['orders-1', 'orders-2'])
    for (const line of jsonOf(dir, host))
      if (line.msg === 'token refused') add(host, (line.req as { id: string }).id, line.err as Said)
  for (const line of jsonOf(dir, 'reports-1'))
    if (String(line.message).startsWith('token refused')) add('reports-1', String(line.requestId), line as Said)
  for (const { message, meta } of simpleOf(dir, 'payments-1'))
    if (message.startsWith('token refused')) add('payments-1', String(meta.requestId), meta as Said)
  for (const line of jsonOf(dir, 'auth-1'))
    if (line.msg === 'grant.error') {
      const err = line.err as { error: string; error_detail: string }
      const revoked = err.error === 'invalid_grant' && err.error_detail.includes('revoked')
      found.push({ host: 'auth-1', request_id: String(line.reqId), cause: revoked ? 'revocation/token_revoked' : '?' })
    }
  return found
}

function causeOf({ code, claim, payload }: Said, at_s: number | undefined): string {
  switch (code) {
    case 'ERR_JWT_EXPIRED':
      // Whole seconds on both sides: refused in the second before its end it has simply expired.
      if (at_s === undefined) throw new Error('an expired token in a request the gateway does not know')
      return at_s >= payload!.exp! - 1 ? 'expiry/access_token' : 'skew/fresh_token_expired'
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      return (
        { aud: 'misconfiguration/audience_mismatch', nbf: 'skew/not_yet_valid', iat: 'skew/issued_in_future' }[
          claim!
        ] ?? '?'
      )
    case 'ERR_JWKS_NO_MATCHING_KEY':
      return 'misconfiguration/stale_jwks'
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      return 'malformed/signature'
    case 'credentials_required':
      return 'malformed/missing'
    case 'revoked_token':
      return 'revocation/token_revoked'
    case 'insufficient_scope':
      return 'misuse/insufficient_scope'
    default:
      return '?'
  }
}

export function countsOf(found: readonly Refusal[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { cause } of found) counts[cause] = (counts[cause] ?? 0) + 1
  return counts
}
