/** ruby-jwt with Ruby's Logger: plain lines, and exceptions with their backtraces. */
import { test } from 'vitest'
import { expectCounts } from './expect-truth.ts'
import type { Fault } from './faults.ts'
import { runLibrary } from './library-run.ts'
import { needs } from './software.ts'

/** ruby-jwt reads an `exp` that is no number as 0, hence as expired. */
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
]
const RUBY = '/usr/bin/ruby'

test.for(['message', 'exception'])(
  'the causes of what ruby-jwt refuses are counted exactly from its %s lines',
  async (layout, context) => {
    needs(context, 'rubyJwt')
    const { failures, truth } = await runLibrary({
      ...{ script: 'ruby-jwt.rb', interpreter: RUBY, layout, zone: 'Europe/Berlin' },
      faults: FAULTS,
    })
    expectCounts(failures, truth.values())
  },
)

test('fresh tokens refused by a ruby-jwt service whose clock is behind count as skew', async (context) => {
  needs(context, 'rubyJwt', 'faketime')
  const { failures, truth } = await runLibrary({
    ...{ script: 'ruby-jwt.rb', interpreter: RUBY, layout: 'message', clockOffset_s: -90 },
    faults: ['fresh_to_a_clock_behind', 'expired_hours_ago', 'wrong_audience', 'forged_claims', 'garbage'],
  })
  expectCounts(failures, truth.values())
})
