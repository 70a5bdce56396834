/** Of the places where failures gather, the one to name: where something has to be done. A clock is a host's, whatever service runs there. */
import type { Cause } from '../../src/core/cause.ts'
import type { Concentration } from '../../src/core/report.ts'

const PLACES = ['client_id', 'service', 'host', 'issuer'] as const satisfies readonly Concentration['dimension'][]
const PLACES_OF_CLOCKS = [
  'host',
  'service',
  'issuer',
  'client_id',
] as const satisfies readonly Concentration['dimension'][]

/** The most telling first. */
export function tellingPlaces(cause: Cause | null): readonly Concentration['dimension'][] {
  return cause === 'skew' ? PLACES_OF_CLOCKS : PLACES
}

/** @param places as the report ranks them */
export function mostTelling(cause: Cause, places: readonly Concentration[]): Concentration | undefined {
  return (cause === 'skew' ? places.find(({ dimension }) => dimension === 'host') : undefined) ?? places[0]
}
