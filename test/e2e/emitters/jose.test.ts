/** jose in the layouts of pino and winston. */
import { test } from 'vitest'
import { expectCounts, expectEachRequest } from './expect-truth.ts'
import type { Fault } from './faults.ts'
import { runLibrary } from './library-run.ts'
import { needs } from './software.ts'

const FAULTS: Fault[] = [
  'expired_just_now',
  'expired_hours_ago',
  'not_yet_valid',
  'issued_in_future',
  'wrong_audience',
  'wrong_issuer',
  'unknown_key',
  'wrong_algorithm',
  'forged_claims',
  'wrong_key',
  'garbage',
  'missing',
  'expiry_missing',
  'expiry_not_a_number',
]

test('every request jose refuses gets its true cause from a pino log', async () => {
  const { failures, truth } = await runLibrary({ script: 'jose.mjs', layout: 'pino', faults: FAULTS })
  expectEachRequest(failures, truth)
})

test.for(['winston-json', 'winston-simple', 'winston-printf'])(
  'the causes of what jose refuses are counted exactly from a %s log without request ids',
  async (layout, context) => {
    needs(context, 'winston')
    const { failures, truth } = await runLibrary({ script: 'jose.mjs', layout, faults: FAULTS })
    expectCounts(failures, truth.values())
  },
)

test('fresh tokens refused by a service whose clock is behind count as skew', async (context) => {
  needs(context, 'faketime')
  const { failures, truth } = await runLibrary({
    ...{ script: 'jose.mjs', layout: 'pino', clockOffset_s: -90 },
    faults: ['fresh_to_a_clock_behind', 'expired_hours_ago', 'wrong_audience', 'forged_claims', 'garbage'],
  })
  expectEachRequest(failures, truth)
})
