/**
 * When a request was refused, on the issuer's clock: from every record's stamp and what is known of its host's clock.
 * Invariant: an interval that holds the truth as far as the clocks' own intervals do; never a guess from one stamp alone.
 */
import type { Told } from '../incident/tell.ts'
import type { Background } from './background.ts'
import { isTwoSided } from './offset-words.ts'

export interface Moment {
  /** Issuer's clock, ms. */
  low_ms: number
  high_ms: number
  /** Best value within. */
  at_ms: number
  /** Host whose stamp and offset gave it. */
  host: string
  /** That host minus issuer, ms. */
  offset_low_ms: number
  offset_high_ms: number
}

/** Stamps on the whole second are most likely cut down to it; ms. */
const WHOLE_SECOND_MS = 1_000

/** Narrowest interval of all hosts that saw the request; null where no clock is known. */
export function momentOf(told: Told, background: Background): Moment | null {
  const { clocks, spoken } = background
  let best: Moment | null = null
  const consider = (host: string | undefined, time_ms: number) => {
    if (host === undefined) return
    const offset = clocks.offset(host, told.issuer, time_ms)
    if (offset === null || !isTwoSided(offset)) return
    const resolution = time_ms % WHOLE_SECOND_MS === 0 ? WHOLE_SECOND_MS : 1
    const moment: Moment = {
      low_ms: time_ms - offset.high_ms,
      high_ms: time_ms + resolution - offset.low_ms,
      at_ms: time_ms + resolution / 2 - offset.offset_ms,
      host,
      offset_low_ms: offset.low_ms,
      offset_high_ms: offset.high_ms,
    }
    if (best === null || moment.high_ms - moment.low_ms < best.high_ms - best.low_ms) best = moment
  }
  consider(told.host, told.evidence.validator_ms ?? told.time_ms)
  for (const { host, time_ms } of spoken) consider(host, time_ms)
  return best
}

/** The earliest stamp of another host, where that host's clock may be better; null if nobody else saw the request. */
export function elsewhere(
  told: Told,
  { spoken }: Background,
): { host: string; low_ms: number; high_ms: number } | null {
  for (const { host, time_ms } of spoken) {
    if (host === undefined || host === told.host) continue
    const resolution = time_ms % WHOLE_SECOND_MS === 0 ? WHOLE_SECOND_MS : 1
    return { host, low_ms: time_ms, high_ms: time_ms + resolution }
  }
  return null
}
