/** An alert as `authtop alerts --json` gives it (DESIGN section 8 for the first five fields). */
import type { Alert } from '../core/alert.ts'

export function alertJson(alert: Alert): Record<string, unknown> {
  const { rule, labels, started_ms, resolved_ms, peak, summary, id, severity, state, fired_ms, acknowledged_ms } = alert
  return {
    rule,
    labels,
    started_ms,
    resolved_ms,
    peak,
    summary,
    id,
    severity,
    state,
    fired_ms,
    acknowledged_ms,
    why: alert.why,
    fix: alert.fix,
    command: alert.command,
  }
}
