/** A notice as JSON for machines: the alert's own fields, times in ms and RFC 3339. */
import type { Notice } from './notice.ts'

export function noticeJson({ alert, reason, dedupe, at_ms }: Notice): Record<string, unknown> {
  const { why, fix, command, ...facts } = alert
  return {
    reason,
    dedupe,
    at_ms,
    ...facts,
    started: new Date(alert.started_ms).toISOString(),
    resolved: alert.resolved_ms === null ? null : new Date(alert.resolved_ms).toISOString(),
    why,
    fix,
    command,
  }
}
