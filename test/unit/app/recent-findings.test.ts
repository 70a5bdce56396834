import { expect, test } from 'vitest'
import type { Found } from '../../../src/app/load-findings.ts'
import { createRecentFindings } from '../../../src/app/recent-findings.ts'

const RANGE = { from_ms: 0, to_ms: 1000 }
const nothing = (): Found => ({ findings: [], advice: [] })

function setUp() {
  let version = 1
  const asked: PromiseWithResolvers<Found>[] = []
  const recent = createRecentFindings({ version: async () => version }, () => {
    const question = Promise.withResolvers<Found>()
    asked.push(question)
    return question.promise
  })
  return { recent, asked, changed: () => void version++ }
}

test('nobody waits for what takes long: nothing yet, then what was found, then that until the newer is there', async () => {
  const { recent, asked, changed } = setUp()
  expect(await recent('15m', RANGE, 1000)).toEqual({ found: null, pending: true })
  expect(await recent('15m', RANGE, 1500)).toEqual({ found: null, pending: true })
  expect(asked).toHaveLength(1)
  const first = nothing()
  asked[0]!.resolve(first)
  expect(await recent('15m', RANGE, 2000)).toEqual({ found: first, pending: false })
  changed()
  expect(await recent('15m', RANGE, 3000)).toEqual({ found: first, pending: false })
  const later = await recent('15m', RANGE, 60_000)
  expect(later.found).toBe(first)
  expect(later.pending).toBe(true)
  const second = nothing()
  asked[1]!.resolve(second)
  expect((await recent('15m', RANGE, 60_500)).found).toBe(second)
})

test('of another period nothing is shown until it was looked at', async () => {
  const { recent, asked } = setUp()
  const first = recent('15m', RANGE, 1000)
  await Promise.resolve()
  while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
  asked[0]!.resolve(nothing())
  expect((await first).pending).toBe(false)
  expect(await recent('24h', RANGE, 1100)).toEqual({ found: null, pending: true })
})

test('a failure is told once and looked for again', async () => {
  const { recent, asked } = setUp()
  const first = recent('15m', RANGE, 1000)
  while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
  asked[0]!.reject(new Error('no room'))
  await expect(first).rejects.toThrow('no room')
  expect((await recent('15m', RANGE, 1100)).pending).toBe(true)
  expect(asked).toHaveLength(2)
})
