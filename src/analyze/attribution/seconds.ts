import { timeApart } from '../../core/time-apart.ts'

/** A duration for a sentence: as exact as it was measured, no more. Input ms, may be negative. */
export function seconds(ms: number): string {
  const sign = ms < 0 ? '−' : ''
  const abs = Math.abs(ms)
  if (abs < 1000) return `${sign}${Math.round(abs)} ms`
  const s = abs / 1000
  if (s < 600) return `${sign}${Number.isInteger(s) ? s : s.toFixed(1)} s`
  return `${sign}${s < 3600 ? `${Math.round(s / 60)} min` : timeApart(abs)}`
}
