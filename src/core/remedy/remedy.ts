/**
 * A remedy: what one subcause means to a person and what to do about it, in words that hold for every installation.
 * What this very installation should do (which host, how many seconds) is a finding and is computed elsewhere.
 * Invariant: every sentence is true of the standard it links to; the texts are shown as they are, so they hold no markup.
 */
import type { Cause, SubcauseOf } from '../cause.ts'

export interface RemedyLink {
  text: string
  url: string
}

export interface Remedy {
  /** A noun phrase, at most {@link TITLE_LIMIT} characters, so that it fits a table column. */
  title: string
  /** One plain sentence: what happened. */
  sentence: string
  /** The first three things to look at, in this order; commands are meant to be copied (`$ISSUER` is the issuer's URL). */
  checks: readonly [string, string, string]
  /** What ends it, and what keeps it from coming back. */
  fix: string
  /** The rule that was broken first, then the vendor's own words. */
  links: readonly [RemedyLink, ...RemedyLink[]]
}

/** The compiler demands a remedy for every subcause of the cause. */
export type RemediesOf<C extends Cause> = { readonly [S in SubcauseOf<C>]: Remedy }

/** Widest title that leaves room for count, share and trend on an 80-column screen; characters. */
export const TITLE_LIMIT = 40
