/**
 * How far after `iat` an issuer lets its tokens begin (`nbf`): a delayed start that clients do not wait for looks like skew
 * and is none. Known from tokens that show both; only the present and the previous hour count, since settings change.
 */

export interface TokenHabit {
  hour: number
  /** nbf − iat, ms: latest start of the hour, and of the hour before; null where no token showed both. */
  delay_ms: number | null
  delay_before_ms: number | null
}

const HOUR_MS = 3_600_000

export function createTokenHabit(): TokenHabit {
  return { hour: 0, delay_ms: null, delay_before_ms: null }
}

export function observeHabit(
  habit: TokenHabit,
  at_ms: number,
  iat_ms: number | undefined,
  nbf_ms: number | undefined,
): void {
  if (iat_ms === undefined || nbf_ms === undefined) return
  const hour = Math.floor(at_ms / HOUR_MS)
  if (hour > habit.hour) {
    habit.delay_before_ms = hour === habit.hour + 1 ? habit.delay_ms : null
    habit.delay_ms = null
    habit.hour = hour
  }
  habit.delay_ms = Math.max(habit.delay_ms ?? -Infinity, nbf_ms - iat_ms)
}

/** The longest delay lately, ms; null where unknown. */
export function delayOf({ delay_ms, delay_before_ms }: TokenHabit): number | null {
  if (delay_ms === null || delay_before_ms === null) return delay_ms ?? delay_before_ms
  return Math.max(delay_ms, delay_before_ms)
}
