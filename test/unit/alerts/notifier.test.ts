import { expect, it } from 'vitest'
import { Notifier } from '../../../src/alerts/notifier.ts'
import { silencedBy } from '../../../src/alerts/silenced.ts'
import type { Silence } from '../../../src/core/alert.ts'
import { alert } from '../../contract/store/alert-questions.ts'

const HOUR_MS = 3_600_000
const create = () =>
  new Notifier({ repeat_ms: 4 * HOUR_MS, silenced: (a, silences, now) => silencedBy(a, silences, now) !== undefined })
const fired = { kind: 'fired', at_ms: 0, alert: alert() } as const
const resolved = { kind: 'resolved', at_ms: 9, alert: alert({ state: 'resolved', resolved_ms: 9 }) } as const
const quiet: Silence = { id: 's', matchers: { host: 'api-1' }, from_ms: 0, to_ms: HOUR_MS, comment: '' }

it('a beginning and an end are told once each', () => {
  const notifier = create()
  expect(notifier.take([fired, fired, resolved, resolved], [], 0).map((n) => n.reason)).toEqual(['fired', 'resolved'])
})

it('what still fires is told again after the repeat interval, unless somebody took note', () => {
  const notifier = create()
  notifier.take([fired], [], 0)
  expect(notifier.remind([alert()], [], 3 * HOUR_MS)).toEqual([])
  expect(notifier.remind([alert({ acknowledged_ms: 5 })], [], 5 * HOUR_MS)).toEqual([])
  expect(notifier.remind([alert()], [], 5 * HOUR_MS).map((n) => n.dedupe)).toEqual(['a1/repeat/1'])
})

it('a silenced alert is told when the silence ends and it still fires, and its end only if its beginning was', () => {
  const notifier = create()
  expect(notifier.take([fired], [quiet], 0)).toEqual([])
  expect(notifier.remind([alert()], [quiet], 1)).toEqual([])
  expect(notifier.remind([alert()], [quiet], HOUR_MS).map((n) => n.reason)).toEqual(['fired'])
  const other = create()
  other.take([fired], [quiet], 0)
  expect(other.take([resolved], [], 9)).toEqual([])
})

it('silences match by rule and labels, all of them', () => {
  const with_ = (matchers: Record<string, string>) => silencedBy(alert(), [{ ...quiet, matchers }], 1) !== undefined
  expect(with_({ rule: 'skew_spike' })).toBe(true)
  expect(with_({ rule: 'skew_spike', host: 'api-2' })).toBe(false)
  expect(with_({ service: 'orders' })).toBe(false)
})
