import { expect, it } from 'vitest'
import { scoreAlerts } from '../../simulation/alerts/score-alerts.ts'

// A small fleet of what bench/alerts.ts runs at length; the bar there is 99 % and 0.05 a host-month.
it('a simulated fleet with decoys and restarts gets its clock faults alerted early, and nothing else', () => {
  const { incidents, false_alerts } = scoreAlerts({ seed: 7, hosts: 8, days: 3, hard: false, incidents: 12 }, 3)
  const real = incidents.filter((i) => i.affected >= 5)
  expect(real.length).toBeGreaterThan(5)
  expect(real.filter((i) => i.after === null)).toEqual([])
  expect(real.map((i) => i.after!).sort((a, b) => a - b)[real.length >> 1]).toBeLessThanOrEqual(4)
  expect(false_alerts).toEqual([])
}, 60_000)
