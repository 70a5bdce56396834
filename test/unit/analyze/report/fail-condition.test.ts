import { describe, expect, it } from 'vitest'
import { parseFailCondition } from '../../../../src/analyze/report/fail-condition.ts'
import type { Report } from '../../../../src/core/report.ts'

const report = {
  totals: { share: 0.03, failures: 30, users: 4, clients: 2 },
  causes: [{ cause: 'skew', failures: 7 }],
  news: { new_causes: [{ cause: 'skew', subcause: 'not_yet_valid', failures: 7 }] },
  change: { verdict: 'more', ratio: 2 },
} as unknown as Report
const empty = {
  totals: { share: null, failures: 0, users: 0, clients: 0 },
  causes: [],
  news: null,
  change: { verdict: 'unknown', ratio: null },
} as unknown as Report

describe('a condition of --fail-on', () => {
  it.each([
    'rate>2%',
    'rate >= 3 %',
    'failures>29',
    'users>3',
    'clients>=2',
    'skew>0',
    'new-cause',
    'worse',
    'RATE>2%',
  ])('%s holds, and of an empty report does not', (text) => {
    const condition = parseFailCondition(text)!
    expect(condition.check(report)).not.toBeNull()
    expect(condition.check(empty)).toBeNull()
  })

  it.each(['rate>3%', 'failures>30', 'expiry>0'])('%s does not hold', (text) => {
    expect(parseFailCondition(text)!.check(report)).toBeNull()
  })

  it.each(['rate>2', 'rate>200%', 'failures>2%', 'gremlins>1', 'rate=2%', '', 'new', 'rate>>2%'])(
    '%j is none',
    (text) => {
      expect(parseFailCondition(text)).toBeNull()
    },
  )
})
