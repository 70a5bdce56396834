/**
 * A clock known to be off, whether or not requests fail yet: the whole interval of its estimate lies beyond the threshold, for
 * a while. A drift that will carry it there within a day is a forecast, told as such.
 */
import { signedSeconds, timeApart } from '../../core/time-apart.ts'
import type { ClockFact, Fact } from '../fact.ts'
import type { Raise, Rule } from '../rule.ts'
import { TimeWords } from './time-words.ts'

export interface ClockOffsetSettings {
  /** Beyond this the clock is off; what many validators forgive; s. */
  threshold_s: number
  /** A forecast this far ahead is told; ms. 0: none. */
  ahead_ms: number
}

export const CLOCK_OFFSET_DEFAULTS: ClockOffsetSettings = { threshold_s: 5, ahead_ms: 24 * 3_600_000 }

type Kind = 'off' | 'forecast'

interface Series {
  host: string
  kind: Kind
  since_ms: number
  last_ms: number
}

interface Saved {
  series: Series[]
  words: ReturnType<TimeWords['save']>
}

/** An estimate must say so for this long, and may be silent for this long; ms. */
const FOR_MS = 10 * 60_000
const KEEP_MS = 10 * 60_000
/** A clock of which nothing is heard is no alert any more; ms. */
const UNHEARD_MS = 6 * 3_600_000

export class ClockOffsetRule implements Rule {
  readonly name = 'clock_offset'
  readonly #settings: ClockOffsetSettings
  readonly #series = new Map<string, Series>()
  readonly #words = new TimeWords()

  constructor(settings: ClockOffsetSettings = CLOCK_OFFSET_DEFAULTS) {
    this.#settings = settings
  }

  take(fact: Fact, raise: Raise): void {
    if (fact.fact === 'watch') this.#words.take(fact)
    if (fact.fact !== 'clock') return
    const { threshold_s, ahead_ms } = this.#settings
    const off = (fact.low_s ?? -Infinity) > threshold_s || (fact.high_s ?? Infinity) < -threshold_s
    this.#weigh('off', fact, off, null, raise)
    const left_ms = off ? null : breach(fact, threshold_s)
    this.#weigh('forecast', fact, left_ms !== null && left_ms <= ahead_ms, left_ms, raise)
  }

  tick(now_ms: number, raise: Raise): void {
    for (const [key, series] of this.#series) {
      if (now_ms - series.last_ms < UNHEARD_MS) continue
      this.#series.delete(key)
      const unknown = { low_s: null, high_s: null, offset_s: null, drift_ppm: null }
      this.#raise(
        series,
        { fact: 'clock', at_ms: now_ms, host: series.host, reference: '', ...unknown },
        false,
        null,
        raise,
      )
    }
  }

  save(): Saved {
    return { series: [...this.#series.values()], words: this.#words.save() }
  }

  restore(saved: unknown): void {
    const { series = [], words } = saved as Partial<Saved>
    this.#words.restore(words)
    for (const s of series) this.#series.set(`${s.kind} ${s.host}`, s)
  }

  #weigh(kind: Kind, fact: ClockFact, holds: boolean, left_ms: number | null, raise: Raise): void {
    const key = `${kind} ${fact.host}`
    let series = this.#series.get(key)
    if (series === undefined) {
      if (!holds) return
      series = { host: fact.host, kind, since_ms: fact.at_ms, last_ms: fact.at_ms }
      this.#series.set(key, series)
    }
    series.last_ms = fact.at_ms
    this.#raise(series, fact, holds, left_ms, raise)
    if (!holds) this.#series.delete(key)
  }

  #raise(series: Series, fact: ClockFact, holds: boolean, left_ms: number | null, raise: Raise): void {
    const offset = fact.offset_s ?? fact.low_s ?? fact.high_s ?? 0
    const size = `${timeApart(offset * 1000)} ${offset < 0 ? 'behind' : 'ahead of'} ${fact.reference}`
    raise({
      rule: this.name,
      severity: series.kind === 'off' ? 'warning' : 'info',
      labels: { host: series.host, state: series.kind },
      holds,
      since_ms: series.since_ms,
      value: Math.abs(offset),
      summary:
        series.kind === 'off'
          ? `the clock of ${series.host} is ${size}; ${this.#settings.threshold_s} s are tolerable`
          : `the clock of ${series.host} drifts by ${(fact.drift_ppm ?? 0).toFixed(0)} ppm and will be ${this.#settings.threshold_s} s off in ${Math.round((left_ms ?? 0) / 3_600_000)} h`,
      why: [
        `${estimate(fact)} by the instants of its tokens and shared requests`,
        ...this.#words.about([series.host], offset, fact.at_ms),
      ],
      fix: [`Check NTP on ${series.host}: chronyc tracking, timedatectl`],
      command: 'authtop skew',
      for_ms: FOR_MS,
      keep_ms: KEEP_MS,
      news: false,
    })
  }
}

/** `between +311.8 s and +312.4 s`; of a bound, the side that is known. */
function estimate({ low_s, high_s }: ClockFact): string {
  if (low_s !== null && high_s !== null) return `between ${signedSeconds(low_s)} and ${signedSeconds(high_s)}`
  if (low_s !== null) return `at least ${signedSeconds(low_s)}`
  return high_s === null ? 'nothing is known any more' : `at most ${signedSeconds(high_s)}`
}

/** When the drift carries the offset across the threshold, ms from the reading; null where it does not. */
function breach({ offset_s, drift_ppm }: ClockFact, threshold_s: number): number | null {
  if (offset_s === null || drift_ppm === null || drift_ppm === 0) return null
  const way = Math.sign(drift_ppm) * threshold_s - offset_s
  return Math.max(0, (way / (drift_ppm / 1e6)) * 1000)
}
