/**
 * What a signature is found by: literals of its text, or the values of one attribute. The matcher files signatures under
 * their anchors and the prefilter is made from them, so both must choose alike; that is why the choice is made here.
 */
import type { Condition, Signature } from './signature.ts'

type Anchored = Pick<Signature, 'contains' | 'any' | 'where' | 'found_by'>

/** Its longest demanded literal, or each of its alternatives; empty when it demands no text. */
export function anchorLiterals(signature: Anchored): readonly string[] {
  if (signature.contains.length > 0) return [signature.contains.reduce((a, b) => (b.length > a.length ? b : a))]
  return signature.any
}

/** The exact condition whose shortest value is longest, because `0` or `true` would be found in every record. */
export function anchorCondition(signature: Anchored): (Condition & { values: readonly string[] }) | null {
  let best: (Condition & { values: readonly string[] }) | null = null
  for (const condition of signature.where) {
    const { values } = condition
    if (values === undefined || condition.negate) continue
    if (best === null || shortest(values) > shortest(best.values)) best = { ...condition, values }
  }
  return best
}

/** Every text of the raw record the signature may be found by. */
export function anchorTexts(signature: Anchored): readonly string[] {
  if (signature.found_by !== undefined && signature.found_by.length > 0) return signature.found_by
  const literals = anchorLiterals(signature)
  return literals.length > 0 ? literals : (anchorCondition(signature)?.values ?? []).map((value) => value.toLowerCase())
}

function shortest(values: readonly string[]): number {
  return Math.min(...values.map((value) => value.length))
}
