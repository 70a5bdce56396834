/** Whether expiries heal, in words: short for a header, a sentence for reports and summaries. */
import type { Healing } from '../src/core/report.ts'
import { formatQuantity, formatShare } from './format-number.ts'
import { formatDuration } from './format-time.ts'

/** "62 % of expiries healed" */
export function healedShare({ looked, healed }: Healing): string {
  return `${formatShare(healed, looked)} of expiries healed`
}

export function healingSentence({ looked, healed, median_ms }: Healing): string {
  const after = median_ms === null ? '' : ` (half of them within ${formatDuration(median_ms)})`
  const rest = looked - healed === 0 ? 'none' : formatShare(looked - healed, looked)
  return `Expiry: of ${formatQuantity(looked, 'expiry', 'expiries')} of named clients ${formatShare(healed, looked)} healed, the client having a new token within a minute${after}; ${rest} left a user or a job without one.`
}
