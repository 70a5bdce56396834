import { describe, expect, test } from 'vitest'
import { tokenTimeline } from '../../../../dashboards/terminal/token-timeline.ts'
import { INCIDENTS, NOW_MS } from '../../../golden/terminal/fleet-model.ts'
import { tokenHistory } from '../../../golden/terminal/fleet-trouble.ts'

const ahead = { ...INCIDENTS[0]!, time_ms: NOW_MS - 4_000 + 312_000 }
const offsets: Record<string, number> = { 'reports-1': 312_000, 'orders-1': 40, 'id-1': 0 }
const offset = (host: string) => offsets[host] ?? null

describe('the life of a token', () => {
  test('is in the order of one clock, however far the hosts are apart', () => {
    const timeline = tokenTimeline({
      incident: ahead,
      observations: [],
      history: tokenHistory('jwt:3fa9c1d2e4b5a697', NOW_MS),
      offset,
    })!
    expect(timeline.steps.map(({ what, host }) => `${what} ${host}`)).toEqual([
      'issued id-1',
      'accepted orders-1',
      'accepted gateway',
      'refused reports-1',
      'expires ',
    ])
    const refusal = timeline.steps[3]!
    expect(refusal).toMatchObject({ here: true, at_ms: NOW_MS - 4_000, written_ms: ahead.time_ms, offset_ms: 312_000 })
  })
  test('leaves a host of which nothing is known as it was written, and says so', () => {
    const timeline = tokenTimeline({
      incident: ahead,
      observations: [],
      history: tokenHistory('t', NOW_MS),
      offset: () => null,
    })!
    expect(timeline.reference).toBeNull()
    expect(timeline.steps.every(({ at_ms, written_ms }) => at_ms === written_ms)).toBe(true)
  })
  test('is told from the instants alone where no record names the token, and not at all without them', () => {
    const { token: _, ...nameless } = ahead
    const told = tokenTimeline({ incident: nameless, observations: [], history: [], offset })!
    expect(told.token).toBeNull()
    expect(told.steps.map(({ what }) => what)).toEqual(['issued', 'refused', 'expires'])
    expect(tokenTimeline({ incident: { ...nameless, evidence: {} }, observations: [], history: [], offset })).toBeNull()
  })
})
