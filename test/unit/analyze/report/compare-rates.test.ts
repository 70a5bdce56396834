import { describe, expect, it } from 'vitest'
import { compareRates } from '../../../../src/analyze/report/compare-rates.ts'
import { createRandom } from '../../../simulation/clock/random.ts'

const days = (counts: readonly number[], exposure = 1000) => counts.map((failures) => ({ failures, exposure }))

/** Poisson by Knuth's multiplication. */
function source(seed: number) {
  const { next: uniform } = createRandom(seed)
  const poisson = (mean: number) => {
    let count = 0
    for (let p = uniform(); p > Math.exp(-mean); p *= uniform()) count++
    return count
  }
  return { uniform, poisson }
}

describe('comparing two failure rates', () => {
  it('finds a doubling that steady days leave no doubt about', () => {
    const change = compareRates(days([40, 42, 38, 41, 39, 40, 40]), days([20, 21, 19, 20, 22, 18, 20]))
    expect(change).toMatchObject({ verdict: 'more', ratio: 2, per: 'event' })
    expect(change.low).toBeGreaterThan(1)
    expect(change.high).toBeGreaterThan(2)
  })

  it('does not take the same doubling for more than noise when the days jump about', () => {
    const change = compareRates(days([0, 120, 3, 0, 150, 5, 2]), days([0, 90, 2, 0, 40, 6, 2]))
    expect(change).toMatchObject({ ratio: 2, verdict: 'unclear' })
    expect(change.overdispersion).toBeGreaterThan(10)
  })

  it('relates failures to what was done: twice the traffic with twice the failures is no change', () => {
    expect(compareRates(days([40, 42, 38], 2000), days([20, 21, 19], 1000))).toMatchObject({
      ratio: 1,
      verdict: 'unclear',
    })
  })

  it('sees a fault that begins in the middle of the period', () => {
    expect(compareRates(days([20, 19, 21, 20, 90, 95, 88]), days([20, 21, 19, 20, 22, 18, 20])).verdict).toBe('more')
  })

  it('knows no ratio to nothing, but that it is more', () => {
    expect(compareRates(days([40, 42, 38]), days([0, 0, 0]))).toMatchObject({ ratio: null, verdict: 'more' })
    expect(compareRates(days(Array(7).fill(0)), days([40, 42, 38, 41, 40, 39, 40]))).toMatchObject({
      ratio: 0,
      verdict: 'fewer',
    })
  })

  it.each([
    ['without any failure', days([0, 0]), days([0, 0])],
    ['without any exposure', days([5, 5], 0), days([5, 5])],
    ['without parts', [], []],
  ])('is unknown %s', (_, now, before) => {
    expect(compareRates(now, before)).toMatchObject({ verdict: 'unknown', ratio: null, low: null, high: null })
  })

  it('a handful of failures is never a clear change', () => {
    expect(compareRates(days([4, 0]), days([0, 0])).verdict).toBe('unclear')
  })

  it('covers the true ratio in at least about 95 of 100 cases, for steady and for bursty failures', () => {
    const { uniform, poisson } = source(5)
    for (const burst of [0, 0.8]) {
      let covered = 0
      const runs = 400
      for (let run = 0; run < runs; run++) {
        const week = (mean: number) =>
          Array.from({ length: 7 }, () => ({
            failures: poisson(mean * (1 + burst * (2 * uniform() - 1))),
            exposure: 1000,
          }))
        const { low, high } = compareRates(week(45), week(30))
        if (low! <= 1.5 && high! >= 1.5) covered++
      }
      expect(covered / runs).toBeGreaterThan(0.92)
    }
  })
})
