/** A duration for a sentence: as exact as it was measured, no more. Input ms, may be negative. */
export function seconds(ms: number): string {
  const sign = ms < 0 ? '−' : ''
  const abs = Math.abs(ms)
  if (abs < 1000) return `${sign}${Math.round(abs)} ms`
  const s = abs / 1000
  if (s < 600) return `${sign}${Number.isInteger(s) ? s : s.toFixed(1)} s`
  if (s < 7200) return `${sign}${Math.round(s / 60)} min`
  if (s < 172_800) return `${sign}${(s / 3600).toFixed(1)} h`
  return `${sign}${(s / 86_400).toFixed(1)} days`
}
