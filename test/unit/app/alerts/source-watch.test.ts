import { expect, it } from 'vitest'
import { SourceWatch } from '../../../../src/app/alerts/source-watch.ts'
import { NO_COUNTS, type StreamState } from '../../../../src/core/source-status.ts'
import { WATCH_STEP_MS } from '../../../../src/core/watch-step.ts'

const START_MS = Date.UTC(2026, 10, 2, 9)
const state = (stream: string, name: string, records: number, recognised = 0): StreamState => ({
  stream,
  name,
  identity: null,
  offset: 0,
  counters: { ...NO_COUNTS, records, recognised },
})
const seen = (...streams: StreamState[]) => ({ streams, ended: [], unrecognised: [] })

/** Asks as a collector does: every half minute. */
function ask(watch: SourceWatch, from_ms: number, to_ms: number) {
  const steps = []
  for (let t = from_ms; t <= to_ms; t += 30_000) steps.push(...watch.over(t))
  return steps
}

it('only whole steps are told, with what came in them and who brought nothing', () => {
  const watch = new SourceWatch(() => true)
  watch.take(seen(state('1', 'a.log', 1_000, 10)))
  watch.notice({ kind: 'resumed', name: 'quiet.log' })
  watch.begin(START_MS + 60_000)
  watch.take(seen(state('1', 'a.log', 1_005, 11)))
  expect(ask(watch, START_MS + 60_000, START_MS + WATCH_STEP_MS)).toEqual([])
  watch.take(seen(state('1', 'a.log', 1_012, 13), state('2', 'b.log', 4, 4)))
  const told = ask(watch, START_MS + WATCH_STEP_MS + 30_000, START_MS + 2 * WATCH_STEP_MS)
  expect(told).toEqual([
    {
      start_ms: START_MS + WATCH_STEP_MS,
      sources: [
        { name: 'a.log', records: 7, recognised: 2 },
        { name: 'b.log', records: 4, recognised: 4 },
        { name: 'quiet.log', records: 0, recognised: 0 },
      ],
      templates: [],
      time_services: [],
    },
  ])
})

it('a step in which the collector slept is not told', () => {
  const watch = new SourceWatch(() => true)
  watch.begin(START_MS)
  watch.take(seen(state('1', 'a.log', 5)))
  expect(watch.over(START_MS + 30_000)).toEqual([])
  expect(watch.over(START_MS + 4 * WATCH_STEP_MS + 10_000)).toEqual([])
  expect(ask(watch, START_MS + 4 * WATCH_STEP_MS + 40_000, START_MS + 5 * WATCH_STEP_MS)).toEqual([])
  expect(ask(watch, START_MS + 5 * WATCH_STEP_MS + 30_000, START_MS + 6 * WATCH_STEP_MS)).toHaveLength(1)
})

it('what was deleted is not followed, and pods of one container are one source', () => {
  const there = new Set(['a.log'])
  const watch = new SourceWatch((path) => there.has(path))
  const pod = (n: number) => `/var/log/containers/api-${n}_shop_api-${'0'.repeat(64)}.log`
  watch.begin(START_MS)
  watch.notice({ kind: 'opened', name: 'a.log' })
  watch.notice({ kind: 'opened', name: pod(1) })
  watch.take({ ...seen(state('1', 'a.log', 5), state('2', pod(1), 3), state('3', pod(2), 4)), ended: ['2'] })
  const [first] = ask(watch, START_MS, START_MS + WATCH_STEP_MS)
  expect(first!.sources.map((s) => [s.name, s.records])).toEqual([
    ['a.log', 5],
    ['shop/api', 7],
  ])
  there.clear()
  watch.take({ streams: [], ended: ['1', '3'], unrecognised: [] })
  const [second] = ask(watch, START_MS + WATCH_STEP_MS + 30_000, START_MS + 2 * WATCH_STEP_MS)
  expect(second!.sources).toEqual([])
})
