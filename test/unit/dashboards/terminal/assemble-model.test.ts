import { describe, expect, test } from 'vitest'
import { assembleModel } from '../../../../dashboards/terminal/assemble-model.ts'
import { timeWindow } from '../../../../dashboards/terminal/time-window.ts'
import { EMPTY_REQUEST, fleetAnswers, NOW_MS, quietModel } from '../../../golden/terminal/fleet-model.ts'

describe('the model', () => {
  const model = assembleModel(fleetAnswers())

  test('puts the unexplained first and the rest by count', () => {
    expect(model.causes.map(({ cause, count }) => `${cause} ${count}`)).toEqual([
      'unknown 27',
      'skew 1265',
      'expiry 323',
      'misconfiguration 128',
      'revocation 9',
      'outage 3',
      'misuse 0',
    ])
  })
  test('adds up to its own totals', () => {
    expect(model.totals.failures).toBe(1_755)
    expect(model.totals.successes).toBe(1_170 + 88 + 84_120)
    expect(model.totals.failures_before).toBe(452)
    const drawn = model.causes.reduce((sum, { trend }) => sum + trend.reduce((a, b) => a + b), 0)
    expect(drawn).toBe(fleetAnswers().series.reduce((sum, point) => sum + point.count, 0))
  })
  test('gives rates over the part of the range that has passed', () => {
    expect(model.kinds.validation?.per_second).toBeCloseTo(84_120 / 881.25, 3)
  })
  test('gives rates over what was observed when the store is younger than the range', () => {
    const young = assembleModel({ ...fleetAnswers(), extent: { from_ms: NOW_MS - 40_000, to_ms: NOW_MS } })
    expect(young.kinds.issuance?.per_second).toBeCloseTo(1_170 / 40, 3)
  })
  test('compares with no period that the store knows only in part', () => {
    const young = assembleModel({ ...fleetAnswers(), extent: { from_ms: NOW_MS - 20 * 60_000, to_ms: NOW_MS } })
    expect(young.causes.every(({ before }) => before === null)).toBe(true)
    expect(young.totals.failures_before).toBeNull()
    expect(young.causes.some(({ count }) => count === 0)).toBe(false)
  })
  test('takes a step that begins before the range into the first, and drops none inside', () => {
    const window = timeWindow(EMPTY_REQUEST, null)
    const answers = { ...fleetAnswers(), window }
    const early = { start_ms: window.range.from_ms - 30_000, key: 'skew', count: 5 }
    const late = { start_ms: window.range.to_ms, key: 'skew', count: 7 }
    const skew = assembleModel({ ...answers, series: [early, late] }).causes.find(({ cause }) => cause === 'skew')
    expect(skew?.trend[0]).toBe(5)
    expect(skew?.trend.reduce((a, b) => a + b)).toBe(5)
  })
  test('compares each party with itself before, and leaves what was not asked for unknown', () => {
    expect(model.parties.hosts?.map(({ value, before }) => [value, before]).slice(0, 2)).toEqual([
      ['reports-1', 0],
      ['orders-1', 300],
    ])
    const asked = assembleModel({ ...fleetAnswers(), parties: {}, incidents: null })
    expect(asked.parties.hosts).toBeNull()
    expect(asked.incidents).toBeNull()
  })
  test('of an empty store has no figures and no causes', () => {
    const quiet = quietModel()
    expect(quiet.causes).toEqual([])
    expect(quiet.totals).toMatchObject({ successes: 0, failures: 0, failures_before: null })
  })
})
