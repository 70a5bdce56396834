/**
 * The timetable of the demo: which fault is on at which moment. Only numbers; who suffers from them is up to the fleet.
 * Moments are ms since the start of the story. Before it lies a quiet history, so that charts are not empty and tokens
 * of every age are in use; after it the faults come back in turns for as long as the demo runs.
 */

/** Healthy traffic before the story begins. A token lifetime, so that old tokens exist from the first moment on. */
export const HISTORY_MS = 300_000
/** Length of the story itself. */
export const STORY_MS = 120_000

const second = 1_000

/** A fault that is on from `from_ms` for `for_ms`, and again every `every_ms`. */
interface Spell {
  from_ms: number
  for_ms: number
  every_ms: number
}

/** batch-3 keeps its token for twice its lifetime. */
const CARELESS_BATCH: Spell = { from_ms: 15 * second, for_ms: 45 * second, every_ms: 150 * second }
/** The issuer signs with a new key; orders-2 keeps its old key set until somebody restarts it. */
const STALE_KEYS: Spell = { from_ms: 70 * second, for_ms: 24 * second, every_ms: 300 * second }
/** The grant of partner-x is withdrawn at the issuer, until the partner is let in again. */
const REVOKED_PARTNER: Spell = { from_ms: 84 * second, for_ms: 18 * second, every_ms: 240 * second }
/** A deploy of orders-1 expects the audience of the next version, until it is rolled back. */
const WRONG_AUDIENCE: Spell = { from_ms: 98 * second, for_ms: 14 * second, every_ms: 360 * second }

export const carelessBatch = (story_ms: number): boolean => isOn(CARELESS_BATCH, story_ms)
export const wrongAudience = (story_ms: number): boolean => isOn(WRONG_AUDIENCE, story_ms)
export const partnerRevoked = (story_ms: number): boolean => isOn(REVOKED_PARTNER, story_ms)

/** When the issuer takes a new signing key. */
export const ROTATION = { first_ms: STALE_KEYS.from_ms, every_ms: STALE_KEYS.every_ms } as const
/** When somebody restarts the host with the old keys. */
export const RESTART = { first_ms: STALE_KEYS.from_ms + STALE_KEYS.for_ms, every_ms: STALE_KEYS.every_ms } as const
/** When orders-1 is deployed, and when the deploy is taken back. */
export const DEPLOY = { first_ms: WRONG_AUDIENCE.from_ms, every_ms: WRONG_AUDIENCE.every_ms } as const
export const ROLLBACK = {
  first_ms: WRONG_AUDIENCE.from_ms + WRONG_AUDIENCE.for_ms,
  every_ms: WRONG_AUDIENCE.every_ms,
} as const

function isOn({ from_ms, for_ms, every_ms }: Spell, story_ms: number): boolean {
  return story_ms >= from_ms && (story_ms - from_ms) % every_ms < for_ms
}

/** The clock of reports-1 runs away and stays far off, until somebody sets it right again. */
const RUNAWAY_CLOCK: Spell = { from_ms: 36 * second, for_ms: 264 * second, every_ms: 540 * second }
const RUNAWAY = { for_ms: 26 * second, healthy_ms: 180, final_ms: 312_000 } as const
/** What is left of the drift once the clock is far off, ms per second. */
const RESIDUAL_DRIFT = 0.04

/** reports-1: right at first, then running away until fresh tokens are expired for it, then slowly further. */
export function reportsClockError(story_ms: number): number {
  const { for_ms, healthy_ms, final_ms } = RUNAWAY
  if (!isOn(RUNAWAY_CLOCK, story_ms)) return healthy_ms
  const since_ms = (story_ms - RUNAWAY_CLOCK.from_ms) % RUNAWAY_CLOCK.every_ms
  return since_ms < for_ms
    ? healthy_ms + ((final_ms - healthy_ms) * since_ms) / for_ms
    : final_ms + ((since_ms - for_ms) / second) * RESIDUAL_DRIFT
}

/** payments-1: its virtual machine is paused for a moment and stays behind by that much. */
export function paymentsClockError(story_ms: number): number {
  return story_ms < 26 * second ? -20 : -4_200
}

/** Traffic as a share of the full rate: quiet through the night, rising in the last minute before the story. */
export function trafficShare(story_ms: number): number {
  const quiet = 0.2
  const rise_ms = 60 * second
  if (story_ms >= 0) return 1
  return story_ms <= -rise_ms ? quiet : quiet + (1 - quiet) * (1 + story_ms / rise_ms)
}

/** Attackers and probes only turn up by day. */
export const strangersAbout = (story_ms: number): boolean => story_ms >= 0
