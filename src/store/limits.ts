/**
 * Limits that hold in every engine. Log lines are written by strangers: a flood of made-up names must not blow up a store, while
 * totals stay exact and every limited count is told.
 */

/** Where values over a limit are counted. */
export const OTHER = '(other)'

/** Distinct values of one dimension within an hour: several times the hosts or clients of a large installation. */
export const VALUES_PER_HOUR = 2000

/** Distinct combinations within an hour; 20,000 rows are half a megabyte of rollup an hour at the very worst. */
export const SERIES_PER_HOUR = 20_000

/** Distinct failing subjects kept per quarter of an hour; so many in each for five weeks are 50 MB at worst. */
export const SUBJECTS_PER_QUARTER = 1000

/** Templates of unrecognised records; more than anyone will ever read through. */
export const TEMPLATE_LIMIT = 1000

/** What is counted when a limit was reached. */
export type LimitName =
  | `other_${string}`
  | 'other_series'
  | 'late_revisions'
  | 'unrecognised_evicted'
  | 'affected_subjects'
