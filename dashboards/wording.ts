/**
 * The names people read for causes, subcauses, kinds and confidences: one place for dashboard, report and summaries.
 * Figures are worded in format-number.ts and format-time.ts; subcauses are called what their remedy (core) calls them.
 * Invariant: every cause, subcause, kind and confidence of the closed lists has a name.
 */
import { type Cause, isSubcauseOf, type Subcause } from '../src/core/cause.ts'
import type { Confidence } from '../src/core/confidence.ts'
import type { FilterField } from '../src/core/filter.ts'
import type { Kind } from '../src/core/kind.ts'
import { remedyOf } from '../src/core/remedy/remedy-of.ts'

const CAUSE_TITLES: Record<Cause, string> = {
  unknown: 'Unexplained',
  skew: 'Clock skew',
  expiry: 'Expired',
  revocation: 'Revoked',
  misconfiguration: 'Misconfigured',
  malformed: 'Malformed token',
  misuse: 'Misuse',
  outage: 'Outage',
}

/** `Clock skew`; at most 15 characters. */
export function causeTitle(cause: Cause): string {
  return CAUSE_TITLES[cause]
}

/** The remedy's title in the middle of a sentence: `fresh token taken for expired`, `ID token …`; at most 40 characters. */
export function subcauseTitle(cause: Cause, subcause: Subcause): string {
  // A store written by a newer version may hold what this one has no text for.
  if (!isSubcauseOf(cause, subcause)) return String(subcause).replaceAll('_', ' ')
  const { title } = remedyOf(cause, subcause as never)
  return /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title
}

/** `Clock skew: fresh token taken for expired`; the cause is not said twice: `Expired access token`. */
export function verdictTitle(cause: Cause, subcause: Subcause): string {
  const title = subcauseTitle(cause, subcause)
  if (cause === 'unknown') return `${CAUSE_TITLES.unknown}: ${title}`
  const word = CAUSE_TITLES[cause] ?? cause
  return title.startsWith(`${word.toLowerCase()} `) ? word + title.slice(word.length) : `${word}: ${title}`
}

const KIND_NOUNS: Record<Kind, string> = {
  issuance: 'issuance',
  refresh: 'refresh',
  validation: 'validation',
  introspection: 'introspection',
  revocation: 'revocation',
  authorization: 'authorization',
  login: 'login',
}

const KIND_DONE: Record<Kind, string> = {
  issuance: 'issued',
  refresh: 'refreshed',
  validation: 'validated',
  introspection: 'introspected',
  revocation: 'revoked',
  authorization: 'authorized',
  login: 'logged in',
}

export function kindNoun(kind: Kind): string {
  return KIND_NOUNS[kind]
}

/** What was done with the tokens, for counts of successes: `issued`, `validated`. */
export function kindDone(kind: Kind): string {
  return KIND_DONE[kind]
}

const CONFIDENCE_TITLES: Record<Confidence, string> = {
  certain: 'certain: proven by the evidence below',
  likely: 'likely: fits the evidence best',
  possible: 'possible: one of several that fit',
}

export function confidenceTitle(confidence: Confidence): string {
  return CONFIDENCE_TITLES[confidence]
}

const FIELD_TITLES: Record<FilterField, string> = {
  cause: 'cause',
  subcause: 'subcause',
  kind: 'step',
  host: 'host',
  service: 'service',
  client_id: 'client',
  issuer: 'issuer',
  system: 'software',
}

export function fieldTitle(field: FilterField): string {
  return FIELD_TITLES[field]
}

/** For values the records did not state. */
export const NOT_STATED = '(not stated)'
