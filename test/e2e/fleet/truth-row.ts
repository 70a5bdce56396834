/**
 * The truth about one request of the bench: what was asked, who served it and why it failed, told from what was injected.
 * Rows are kept apart from the logs; nothing of them but what any request carries ever reaches a log.
 */
import type { Cause, Subcause } from '../../../src/core/cause.ts'

/** Names of the table's rows. */
export const FAULT_NAMES = [
  'natural expiry',
  'validator behind',
  'validator ahead',
  'drift',
  'revocation',
  'refresh reuse',
  'stale keys',
  'wrong audience',
  'wrong issuer',
  'wrong secret',
  'unknown client',
  'wrong redirect',
  'code replayed',
  'code expired',
  'tampered token',
  'malformed token',
  'no token',
  'insufficient scope',
  'keys unreachable',
  'introspection down',
  'issuer down',
  'inactive at introspection',
  'unclear',
] as const
export type FaultName = (typeof FAULT_NAMES)[number]

export interface Reason {
  fault: FaultName
  cause: Cause
  /** More than one where nothing that was logged can tell them apart. */
  subcauses: readonly Subcause[]
}

export interface TruthRow {
  /** True times, epoch ms, between which the exchange took place. */
  from_ms: number
  to_ms: number
  /** Carried by the request; which logs show it is the hosts' affair. */
  request_id?: string
  /** Who refused it. */
  host: string
  /** Who else may speak of it: gateway, client. */
  witnesses: readonly string[]
  client_id: string
  /** Null: it succeeded. */
  reason: Reason | null
  /** Two things were wrong with it and only the server can tell over which it stumbled: not scored. */
  inDoubt: boolean
}
