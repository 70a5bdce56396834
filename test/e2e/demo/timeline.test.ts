/** The order of the demo's world: time only goes forward, whoever is due first comes first. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Timeline } from '../../../src/app/demo/timeline.ts'

test('work is done in the order of its moments, and in the order of scheduling within one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(50), { maxLength: 200 }), async (delays) => {
      const timeline = new Timeline(-10)
      const done: [number, number][] = []
      delays.forEach((delay, i) => {
        timeline.after(delay, () => {
          done.push([timeline.now_ms, i])
        })
      })
      await timeline.runUntil(100)
      const expected = delays
        .map((delay, i): [number, number] => [delay - 10, i])
        .sort((a, b) => a[0] - b[0] || a[1] - b[1])
      expect(done).toEqual(expected)
    }),
  )
})

test('work may schedule more work, and what is due later waits', async () => {
  const timeline = new Timeline(0)
  const ticks: number[] = []
  const tick = (): void => {
    ticks.push(timeline.now_ms)
    timeline.after(10, tick)
  }
  timeline.after(0, tick)
  await timeline.runUntil(25)
  expect(ticks).toEqual([0, 10, 20])
  expect(timeline.now_ms).toBe(25)
  await timeline.runUntil(30)
  expect(ticks).toEqual([0, 10, 20, 30])
})

test('an aborted signal stops it between two pieces of work', async () => {
  const timeline = new Timeline(0)
  const ending = new AbortController()
  const done: number[] = []
  for (const at of [1, 2, 3])
    timeline.after(at, () => {
      done.push(at)
      if (at === 2) ending.abort()
    })
  await timeline.runUntil(10, ending.signal)
  expect(done).toEqual([1, 2])
})
