/** Orders of answers where counts are equal: the same in every engine, by code unit. */
import type { GroupCount, SignatureCount } from '../core/ports/store.ts'

const GROUP = ['kind', 'outcome', 'cause', 'subcause', 'host', 'service', 'client_id', 'issuer', 'system'] as const

/** Most frequent first. */
export function byGroup(a: GroupCount, b: GroupCount): number {
  return b.count - a.count || byFields(a, b, GROUP)
}

/** Most frequent first. */
export function bySignature(a: SignatureCount, b: SignatureCount): number {
  return b.count - a.count || byFields(a, b, ['signature', 'system', 'confidence'])
}

function byFields<T>(a: T, b: T, fields: readonly (keyof T)[]): number {
  for (const field of fields) {
    const [one, other] = [a[field] ?? '', b[field] ?? '']
    if (one !== other) return one < other ? -1 : 1
  }
  return 0
}
