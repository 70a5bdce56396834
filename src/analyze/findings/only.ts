/** The places of a finding that all it gathered share: named only where there is one. */
import type { Gathered } from './facts.ts'

export function only<P extends 'host' | 'service' | 'client_id' | 'issuer'>(
  others: Gathered['others'],
  ...places: readonly P[]
): Partial<Record<P, string>> {
  const shared: Partial<Record<P, string>> = {}
  for (const place of places) if (others[place].length === 1) shared[place] = others[place][0]![0]
  return shared
}
