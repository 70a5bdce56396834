/** Whether somebody asked not to hear of an alert. */
import type { Alert, Silence } from '../core/alert.ts'

export function silencedBy(alert: Alert, silences: readonly Silence[], now_ms: number): Silence | undefined {
  return silences.find(
    (s) =>
      s.from_ms <= now_ms &&
      now_ms < s.to_ms &&
      Object.entries(s.matchers).every(
        ([name, value]) => (name === 'rule' ? alert.rule : alert.labels[name]) === value,
      ),
  )
}
