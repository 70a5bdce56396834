/**
 * Is a failure rate really higher than before, or is it noise? Rate ratio with a 95 % interval.
 * Failures come in bursts, so a Poisson interval is far too sure of itself. Method: quasi-Poisson (McCullagh and Nelder,
 * Generalized Linear Models, 2nd ed. 1989, §9.2.4): variance = φ · mean, φ estimated by Pearson's χ² / degrees of freedom
 * over the parts (days; hours of short periods) around the earlier period's own rate, never below 1. Then
 * var(log ratio) = φ (1/k₁ + 1/k₀), and Student's quantile for the degrees of freedom φ was estimated with.
 * φ comes from the earlier period alone, because it stands for the usual ups and downs: a fault that begins on Thursday
 * would otherwise count as one of them and hide itself.
 * Where one count is zero, ½ is added to both (Haldane and Anscombe). Whole days as parts take up what is correlated
 * within a day. Invariant: total; what cannot be compared is `unknown` with nulls.
 */
import type { RateChange } from '../../core/report.ts'

/** Failures and what they are related to (events; hours where successes are never logged) in one part of a period. */
export interface RatePart {
  failures: number
  exposure: number
}

/** Fewer failures than this in both periods together say nothing about a rate; count. */
const FAILURES_NEEDED = 5

/** 97.5 % quantile of the normal distribution: two-sided 95 %. */
const Z = 1.959964

export const NO_CHANGE_KNOWN: RateChange = {
  verdict: 'unknown',
  ratio: null,
  low: null,
  high: null,
  per: 'event',
  overdispersion: 1,
}

export function compareRates(
  now: readonly RatePart[],
  before: readonly RatePart[],
  per: RateChange['per'] = 'event',
): RateChange {
  const [k1, n1] = [sum(now, 'failures'), sum(now, 'exposure')]
  const [k0, n0] = [sum(before, 'failures'), sum(before, 'exposure')]
  if (!(n1 > 0) || !(n0 > 0) || k1 + k0 === 0) return { ...NO_CHANGE_KNOWN, per }
  const half = k1 === 0 || k0 === 0 ? 0.5 : 0
  const ratio = k0 === 0 ? null : k1 / n1 / (k0 / n0)
  const { factor, freedom } = overdispersion(before)
  const log = Math.log((k1 + half) / n1 / ((k0 + half) / n0))
  const reach = studentQuantile(freedom) * Math.sqrt(factor * (1 / (k1 + half) + 1 / (k0 + half)))
  const [low, high] = [Math.exp(log - reach), Math.exp(log + reach)]
  const verdict = k1 + k0 < FAILURES_NEEDED ? 'unclear' : low > 1 ? 'more' : high < 1 ? 'fewer' : 'unclear'
  return { verdict, ratio, low, high, per, overdispersion: factor }
}

function overdispersion(parts: readonly RatePart[]): { factor: number; freedom: number } {
  const exposed = parts.filter((part) => part.exposure > 0)
  const rate = sum(exposed, 'failures') / sum(exposed, 'exposure')
  const freedom = exposed.length - 1
  // Without failures or parts to learn from, all that is left is Poisson with the normal quantile.
  if (!(rate > 0) || freedom < 1) return { factor: 1, freedom: Infinity }
  const pearson = exposed.reduce(
    (total, { failures, exposure }) => total + (failures - rate * exposure) ** 2 / (rate * exposure),
    0,
  )
  return { factor: Math.max(1, pearson / freedom), freedom }
}

/** 97.5 % quantile of Student's t: Cornish-Fisher expansion, Abramowitz and Stegun 26.7.5; exact for one and two degrees. */
function studentQuantile(freedom: number): number {
  if (freedom === 1) return 12.7062
  if (freedom === 2) return 4.3027
  const v = freedom
  const z = Z
  return (
    z +
    (z ** 3 + z) / (4 * v) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * v ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * v ** 3) +
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / (92160 * v ** 4)
  )
}

function sum(parts: readonly RatePart[], field: keyof RatePart): number {
  return parts.reduce((total, part) => total + part[field], 0)
}
