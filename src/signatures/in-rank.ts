/** Of two signatures that fit a record, which explains it. */
import { ANYBODY } from '../core/emitter-name.ts'
import type { Signature } from './signature.ts'

/** The most specific first, then an emitter's own before anybody's, then what demands more text, then by id. What is in this order already is sorted fast. */
export function inRank(signatures: readonly Signature[]): Signature[] {
  return signatures
    .map((signature) => ({ signature, weight: weightOf(signature) }))
    .sort(
      (a, b) =>
        b.signature.specificity - a.signature.specificity ||
        Number(a.signature.system === ANYBODY) - Number(b.signature.system === ANYBODY) ||
        b.weight - a.weight ||
        (a.signature.id < b.signature.id ? -1 : 1),
    )
    .map(({ signature }) => signature)
}

function weightOf({ contains, pattern, where }: Signature): number {
  return contains.reduce((n, text) => n + text.length, 0) + (pattern?.length ?? 0) + where.length * 10
}
