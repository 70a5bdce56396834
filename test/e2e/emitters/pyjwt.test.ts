/** PyJWT with Python's own logging, whose stamps are local time without a zone; also under wrong clocks. */
import { test } from 'vitest'
import { expectCounts } from './expect-truth.ts'
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
  'wrong_algorithm',
  'forged_claims',
  'wrong_key',
  'garbage',
  'missing',
  'expiry_missing',
  'expiry_not_a_number',
]
const PYTHON = '/usr/bin/python3'

test.for(['message', 'traceback'])(
  'the causes of what PyJWT refuses are counted exactly from its %s lines',
  async (layout, context) => {
    needs(context, 'pyjwt')
    const { failures, truth } = await runLibrary({ script: 'pyjwt.py', interpreter: PYTHON, layout, faults: FAULTS })
    expectCounts(failures, truth.values())
  },
)

test('local time without a zone is read in the zone the user states', async (context) => {
  needs(context, 'pyjwt')
  const { failures, truth } = await runLibrary({
    ...{ script: 'pyjwt.py', interpreter: PYTHON, layout: 'message', zone: 'America/New_York' },
    faults: FAULTS,
  })
  expectCounts(failures, truth.values())
})

test('fresh tokens refused by a PyJWT service whose clock is behind count as skew', async (context) => {
  needs(context, 'pyjwt', 'faketime')
  const { failures, truth } = await runLibrary({
    ...{ script: 'pyjwt.py', interpreter: PYTHON, layout: 'message', clockOffset_s: -90 },
    faults: ['fresh_to_a_clock_behind', 'expired_hours_ago', 'wrong_audience', 'forged_claims', 'garbage'],
  })
  expectCounts(failures, truth.values())
})
