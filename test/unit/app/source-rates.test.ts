import { expect, test } from 'vitest'
import { createSourceRates } from '../../../src/app/source-rates.ts'
import { NO_COUNTS, type SourceStatus } from '../../../src/core/source-status.ts'

const source = (records: number): SourceStatus => ({
  stream: 's',
  name: 'a.log',
  identity: null,
  offset: 0,
  updated_ms: 0,
  counters: { ...NO_COUNTS, records },
})

test('a source has a rate once two looks are two seconds apart, and of the last seconds only', () => {
  const rates = createSourceRates()
  const look = (records: number, at_ms: number) => rates([source(records)], at_ms)[0]!.records_per_second
  expect(look(0, 0)).toBeNull()
  expect(look(10, 500)).toBeNull()
  expect(look(100, 2_000)).toBe(50)
  expect(look(100, 4_000)).toBe(0)
  expect(look(400, 6_000)).toBe(150)
})

test('a pause in looking, a counter that went back and a clock that did give no rate', () => {
  const rates = createSourceRates()
  const look = (records: number, at_ms: number) => rates([source(records)], at_ms)[0]!.records_per_second
  look(0, 0)
  expect(look(1_000, 60_000)).toBeNull()
  expect(look(5, 63_000)).toBeNull()
  expect(look(10, 1_000)).toBeNull()
})
