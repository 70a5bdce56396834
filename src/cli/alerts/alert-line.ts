/** One alert as a line of text. */
import { formatInstant, formatLength } from '../../../dashboards/format-time.ts'
import { toPrintable } from '../../../dashboards/terminal/printable.ts'
import type { Alert } from '../../core/alert.ts'

export function alertLine(alert: Alert, zone: string): string {
  const { severity, state, rule, summary, started_ms, resolved_ms } = alert
  const length =
    resolved_ms === null ? (state === 'pending' ? 'pending' : 'still firing') : formatLength(resolved_ms - started_ms)
  return toPrintable(
    `${formatInstant(started_ms, zone)}  ${severity.padEnd(8)}  ${length.padEnd(12)}  ${rule.padEnd(14)}  ${summary}`,
  )
}
