/**
 * A signature: data that maps what an emitter writes to a symptom, in the shape the matcher runs.
 * Packs (YAML) are read and expanded by `load.ts`; nothing here reads files.
 * Invariant: a signature has at least one anchor, a literal or an exact attribute value, by which the matcher finds it;
 * so the cost of a record depends on what is in it and not on how many signatures there are.
 */
import type { Cause, Subcause } from '../core/cause.ts'
import type { Confidence } from '../core/confidence.ts'
import type { Kind, Outcome } from '../core/kind.ts'
import type { Fault } from './sense/fault.ts'
import type { Noun } from './sense/lexicon.ts'

/** One condition on an attribute: any of these exact values, or a pattern; `negate` turns it round. */
export interface Condition {
  attribute: string
  values?: readonly string[]
  pattern?: string
  negate?: boolean
}

/** Specificity from which a signature is one emitter's own text; below it, words that anybody may use (docs/packs.md). */
export const OF_ONE_EMITTER = 50

export interface Signature {
  /** `pack/name`. */
  id: string
  system: string
  symptom: string
  kind: Kind
  outcome: Outcome
  cause: Cause | null
  subcause: Subcause | null
  specificity: number
  confidence: Confidence
  /**
   * `speech` (what the software said), `statements` (the same without stack frames), `words` (statements with identifiers taken
   * apart and other trades' nouns blanked, lower case) or the name of one attribute.
   */
  in: string
  /** Literals that must all be there, lower case. */
  contains: readonly string[]
  /** Literals of which one must be there, lower case; empty: no such demand. */
  any: readonly string[]
  /** Literals of which none may be there, lower case: what merely contains the words. */
  unless: readonly string[]
  /** Words of the raw record, one of which is always there, where the anchor itself is too short to look for (`0`). */
  found_by?: readonly string[]
  /** Source of a regular expression over the same text; named groups are captures (see capture.ts). */
  pattern?: string
  /** `i` or empty. */
  flags: string
  /** A second expression that must fit too, anywhere within sight of the anchor: which thing it was said about. */
  also?: string
  /** What must be said of what, however it is worded; see sense/read-sense.ts. */
  sense?: { of: readonly Noun[]; is: readonly Fault[] }
  where: readonly Condition[]
  /** Codes that stand beside what it is found by, for whoever asks what they mean; lower case. */
  codes?: readonly string[]
  /** Anybody's words: the emitter is named only where the record has one of these, lower case. */
  named_by?: readonly string[]
  /** Capture name → attributes to read it from, the first that is there wins. */
  fields: Readonly<Record<string, readonly string[]>>
}

export interface Example {
  /** The raw text as the emitter writes it, one record. */
  text: string
  /** Public event fields that must come out of it (evidence fields by their own name). */
  gives: Readonly<Record<string, string | number | null>>
}

/** What proves a signature; kept apart, because only the checks and the docs need it. */
export interface Proof {
  id: string
  examples: readonly Example[]
  /** Near misses: records this signature must not win. */
  not: readonly string[]
}

export interface Pack {
  name: string
  title: string
  system: string
  versions: string
  /** Where the texts were taken from: the emitter's own source or documentation. */
  source: readonly string[]
  signatures: readonly Signature[]
  proofs: readonly Proof[]
}
