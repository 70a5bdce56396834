import { expect, test } from 'vitest'
import { withinStatedWindow } from '../../../src/signatures/stated-window.ts'

const EXPIRED = { cause: 'expiry', subcause: 'assertion' } as const

test('a window that had not begun by the clock the message states is skew', () => {
  const said = withinStatedWindow(EXPIRED, { validator_ms: 1_000, nbf_ms: 2_000, exp_ms: 3_000 }, [
    'validator__utc',
    'nbf__utc',
  ])
  expect(said).toEqual({ cause: 'skew', subcause: 'not_yet_valid' })
})

test('a window that is over stays an expiry', () => {
  const said = withinStatedWindow(EXPIRED, { validator_ms: 4_000, nbf_ms: 2_000, exp_ms: 3_000 }, [
    'validator__utc',
    'nbf__utc',
  ])
  expect(said).toEqual(EXPIRED)
})

test('instants that come from the token or the record, not from the message, decide nothing', () => {
  expect(withinStatedWindow(EXPIRED, { validator_ms: 1_000, nbf_ms: 2_000 }, ['validator__utc'])).toEqual(EXPIRED)
  expect(withinStatedWindow(EXPIRED, { nbf_ms: 2_000 }, ['nbf__utc'])).toEqual(EXPIRED)
})

test('what is no expiry is left alone', () => {
  const other = { cause: 'malformed', subcause: 'signature' } as const
  expect(withinStatedWindow(other, { validator_ms: 1_000, nbf_ms: 2_000 }, ['validator__utc', 'nbf__utc'])).toEqual(
    other,
  )
})
