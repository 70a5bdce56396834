/**
 * What a signature is found by. The matcher files it under its anchor: literals of its text, or the values of one attribute;
 * the prefilter may look for anything else it demands as well. Both are read off the same fields, and only here.
 */

import { SPEAKING_OF_IT } from './sense/lexicon.ts'
import type { Condition, Signature } from './signature.ts'

type Anchored = Pick<Signature, 'contains' | 'any' | 'where' | 'found_by' | 'in' | 'sense'>

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

/** Texts of which at least one stands in the raw record of every match. */
export interface Demand {
  texts: readonly string[]
  /** They are whole values of a field: what stands beside them is no part of a word. */
  exact: boolean
  /** They are words of identifiers taken apart: in the raw record only each word alone is certain, not what stands beside it. */
  apart: boolean
}

/**
 * All that the raw record of a match holds for certain. Attribute values count only where no text is demanded: a format may
 * set an attribute that no record spells out.
 */
export function demandsOf(signature: Anchored): Demand[] {
  if (signature.found_by !== undefined && signature.found_by.length > 0)
    return [{ texts: signature.found_by, exact: false, apart: false }]
  const apart = signature.in === 'words'
  if (signature.sense !== undefined) return [{ texts: SPEAKING_OF_IT, exact: false, apart }]
  const demands = signature.contains.map((literal): Demand => ({ texts: [literal], exact: false, apart }))
  if (signature.any.length > 0) demands.push({ texts: signature.any, exact: false, apart })
  if (demands.length > 0) return demands
  for (const { values, negate } of signature.where)
    if (values !== undefined && !negate) demands.push({ texts: values, exact: true, apart: false })
  return demands
}

function shortest(values: readonly string[]): number {
  return Math.min(...values.map((value) => value.length))
}
