/** When a clock is beyond what its host forgives: since when, or from when on at its present drift. */
import type { HostClock } from '../../core/host-clock.ts'

/** Forecasts further away than this are no forecasts; ms. */
const FORECAST_MS = 30 * 86_400_000
/**
 * Of many good clocks one in twenty seems to drift by as much as its doubt: a forecast accuses, so it takes so many times that, and
 * a clock that has moved further than its offset is in doubt.
 */
const SURELY_DRIFTS = 2

export type Breachable = Pick<
  HostClock,
  'offset_s' | 'low_s' | 'high_s' | 'drift_ppm' | 'leeway_s' | 'from_ms' | 'to_ms' | 'steps'
>

/**
 * When the offset reaches the leeway on the side it moves to, ms; in the past where its whole interval lies beyond, null where
 * nothing is known or foreseen. `doubt_ppm`: half of the interval of its drift.
 */
export function breach(clock: Breachable, doubt_ppm: number, now_ms: number): number | null {
  const { offset_s, low_s, high_s, drift_ppm, leeway_s, to_ms, from_ms } = clock
  if (offset_s === null || low_s === null || high_s === null) return null
  if (leeway_s === null || to_ms === null || from_ms === null) return null
  const beyond = low_s > leeway_s ? 1 : high_s < -leeway_s ? -1 : 0
  const moved_s = Math.abs(drift_ppm ?? 0) * (to_ms - from_ms) * 1e-9
  const sure = Math.abs(drift_ppm ?? 0) > SURELY_DRIFTS * doubt_ppm && moved_s > high_s - low_s
  const moving = sure ? Math.sign(drift_ppm ?? 0) : 0
  if (beyond !== 0 && moving !== beyond) return Math.round(clock.steps.at(-1)?.at_ms ?? from_ms)
  if (drift_ppm === null || moving === 0) return null
  const crossing = to_ms + ((moving * leeway_s - offset_s) * 1e9) / drift_ppm
  if (beyond !== 0) return Math.round(Math.max(crossing, from_ms))
  return crossing > now_ms + FORECAST_MS ? null : Math.round(Math.max(crossing, to_ms))
}
