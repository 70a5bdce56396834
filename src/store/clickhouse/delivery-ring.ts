/** Digests of the last deliveries as documents with running numbers for keys; the oldest make room. */
import { DELIVERIES_KEPT } from '../../core/ports/push-source.ts'
import type { DocumentChange, Documents } from './documents.ts'

export class DeliveryRing {
  #first: number
  #last: number

  constructor(documents: Documents) {
    const known = documents.all('delivery')
    this.#first = Number(known[0]?.[0] ?? 1)
    this.#last = Number(known.at(-1)?.[0] ?? 0)
  }

  add(digests: readonly string[]): DocumentChange[] {
    const changes: DocumentChange[] = digests.map((body) => ({ kind: 'delivery', key: keyOf(++this.#last), body }))
    for (; this.#last - this.#first >= DELIVERIES_KEPT; this.#first++)
      changes.push({ kind: 'delivery', key: keyOf(this.#first), body: null })
    return changes
  }
}

/** In order of the numbers. */
function keyOf(number: number): string {
  return String(number).padStart(15, '0')
}
