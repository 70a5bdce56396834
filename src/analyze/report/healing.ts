/**
 * Does expiry heal? A client that renews its token as soon as it is refused loses a moment; one that does not strands its
 * user or job. Told from `recovered_ms` of the period's expiries. Pure.
 * Invariant: only expiries whose client is named count, for of the others nobody can tell.
 */
import type { Cause, Subcause } from '../../core/cause.ts'
import type { Incident } from '../../core/incident.ts'
import type { KindCount } from '../../core/ports/store.ts'
import type { Healing } from '../../core/report.ts'

/** Expiries that a client can mend by itself. */
export const HEALABLE: { cause: Cause; subcauses: readonly Subcause[] } = {
  cause: 'expiry',
  subcauses: ['access_token', 'id_token', 'session'],
}

export function healingOf(
  expiries: readonly Pick<Incident, 'client_id' | 'recovered_ms'>[],
  kinds: readonly KindCount[],
): Healing | null {
  const issued = kinds.some(
    ({ kind, outcome, count }) => (kind === 'issuance' || kind === 'refresh') && outcome === 'success' && count > 0,
  )
  const named = expiries.filter(({ client_id }) => client_id !== undefined)
  if (!issued || named.length === 0) return null
  const times = named.flatMap(({ recovered_ms }) => recovered_ms ?? []).sort((a, b) => a - b)
  return { looked: named.length, healed: times.length, median_ms: times[times.length >> 1] ?? null }
}
