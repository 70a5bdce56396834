/** jsonwebtoken in the layouts of pino and winston. */
import { test } from 'vitest'
import { expectCounts, expectEachRequest } from './expect-truth.ts'
import type { Fault } from './faults.ts'
import { runLibrary } from './library-run.ts'
import { needs } from './software.ts'

/** What jsonwebtoken can notice; it looks neither at a future `iat` nor for a missing `exp`. */
const FAULTS: Fault[] = [
  'expired_just_now',
  'expired_hours_ago',
  'not_yet_valid',
  'wrong_audience',
  'wrong_issuer',
  'unknown_key',
  'wrong_algorithm',
  'forged_claims',
  'wrong_key',
  'garbage',
  'missing',
  'expiry_not_a_number',
]

test('every request jsonwebtoken refuses gets its true cause from a pino log', async (context) => {
  needs(context, 'jsonwebtoken')
  const { failures, truth } = await runLibrary({ script: 'jsonwebtoken.mjs', layout: 'pino', faults: FAULTS })
  expectEachRequest(failures, truth)
})

test.for(['winston-json', 'winston-simple', 'winston-printf'])(
  'the causes of what jsonwebtoken refuses are counted exactly from a %s log without request ids',
  async (layout, context) => {
    needs(context, 'jsonwebtoken', 'winston')
    const { failures, truth } = await runLibrary({ script: 'jsonwebtoken.mjs', layout, faults: FAULTS })
    expectCounts(failures, truth.values())
  },
)

test('fresh tokens refused by a service whose clock is behind count as skew', async (context) => {
  needs(context, 'jsonwebtoken', 'faketime')
  const { failures, truth } = await runLibrary({
    ...{ script: 'jsonwebtoken.mjs', layout: 'pino', clockOffset_s: -90 },
    faults: ['fresh_to_a_clock_behind', 'expired_hours_ago', 'wrong_audience', 'forged_claims', 'garbage'],
  })
  expectEachRequest(failures, truth)
})
