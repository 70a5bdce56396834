/**
 * The tolerance a validator grants, from what it decided: a token accepted x after its expiry shows a leeway of at least x,
 * one refused y after it a leeway of at most y. Only the validator's own clock is read, so its offset does not matter.
 * Invariant: bounds rest on several decisions each, since answers are logged some time after they were made.
 */
import type { TokenSample } from '../../core/clock-sample.ts'

export interface LeewayState {
  /** As the software stated it, ms. */
  stated_ms: number | null
  /** Largest overshoots that were accepted, descending, ms. */
  accepted: number[]
  /** Smallest overshoots that were refused, ascending, ms. */
  refused: number[]
}

/** The third largest counts as the bound: a slow response or two must not pass for tolerance. */
const ACCEPTED_RANK = 3
const REFUSED_RANK = 2
/** Settings people choose, ms; libraries' defaults among them (0 jsonwebtoken, 60 s Spring, 300 s IdentityModel). */
const USUAL_MS = [0, 1, 2, 3, 5, 10, 15, 20, 30, 60, 90, 120, 180, 300, 600].map((s) => s * 1000)
/** Bounds further apart than this (beyond the lower one's size) leave the setting open; ms. */
const TELLING_GAP_MS = 10_000
/** Nobody grants more; an overshoot beyond it comes from a wrong stamp; ms. */
const LARGEST_MS = 3_600_000

export function createLeeway(): LeewayState {
  return { stated_ms: null, accepted: [], refused: [] }
}

export function observeLeeway(state: LeewayState, sample: TokenSample): void {
  if (sample.leeway_ms !== undefined && sample.leeway_ms >= 0 && sample.leeway_ms <= LARGEST_MS)
    state.stated_ms = sample.leeway_ms
  const { seen_validator_ms: seen, seen_resolution_ms: resolution, exp_ms, nbf_ms, decision } = sample
  if (decision === 'accepted') {
    const late = exp_ms === undefined ? -Infinity : seen - exp_ms
    const early = nbf_ms === undefined ? -Infinity : nbf_ms - seen - resolution
    push(state.accepted, Math.max(late, early), ACCEPTED_RANK, (a, b) => a > b)
  } else if (decision === 'expired' && exp_ms !== undefined)
    push(state.refused, seen + resolution - exp_ms, REFUSED_RANK, (a, b) => a < b)
  else if (decision === 'not_yet_valid' && nbf_ms !== undefined)
    push(state.refused, nbf_ms - seen, REFUSED_RANK, (a, b) => a < b)
}

function push(list: number[], overshoot: number, rank: number, tighter: (a: number, b: number) => boolean): void {
  if (!(overshoot > 0 && overshoot <= LARGEST_MS)) return
  let at = list.length
  while (at > 0 && tighter(overshoot, list[at - 1]!)) at--
  if (at >= rank) return
  list.splice(at, 0, overshoot)
  if (list.length > rank) list.pop()
}

/** Milliseconds; null where the decisions leave it open. */
export function leewayOf(state: LeewayState): number | null {
  if (state.stated_ms !== null) return state.stated_ms
  const low = state.accepted[ACCEPTED_RANK - 1] ?? 0
  const high = state.refused[REFUSED_RANK - 1]
  if (high === undefined || high < low || high - low > Math.max(TELLING_GAP_MS, low)) return null
  return USUAL_MS.find((usual) => usual >= low && usual <= high) ?? low
}
