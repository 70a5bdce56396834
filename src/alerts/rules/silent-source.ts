/**
 * A source that used to bring records and brings none: against what is usual at this hour and on this kind of day, so long a
 * silence is far too unlikely. While it is new only a source that never paused for two hours can be missed. Files that are
 * gone are not followed any more and are no silence.
 */
import { toSecond } from '../../core/instant-words.ts'
import { WATCH_STEP_MS } from '../../core/watch-step.ts'
import type { Fact } from '../fact.ts'
import type { Raise, Rule } from '../rule.ts'
import { SOURCES_COMMAND } from '../sources-command.ts'
import {
  type CountBaseline,
  createCountBaseline,
  evidence,
  expectedCount,
  isWeekend,
  learn,
  SETTLED_STEPS,
  WEEKEND_STEPS,
} from './count-baseline.ts'
import { type FollowedSource, FollowedSources } from './followed-sources.ts'

export interface SilentSourceSettings {
  /** Evidence (natural log) at which it fires. */
  threshold: number
  /** Records that must have been expected since it fell silent. */
  min_expected: number
}

export const SILENT_SOURCE_DEFAULTS: SilentSourceSettings = { threshold: 12, min_expected: 10 }

interface Series extends FollowedSource {
  baseline: CountBaseline
  last_ms: number
  /** Steps in a row with records, before the silence; and silent ones since. */
  busy: number
  silent: number
  sum: number
  expected: number
}

/** Silence is told from a rate this many times smaller. */
const FACTOR = 0.02
/** Who usually brings less per step (a record in an hour) is not missed at this hour. */
const MEAN_MIN = 1 / 12
/** Until the baseline is settled: so many steps in a row with records (two hours), then so many without (half an hour). */
const COLD_BUSY = 24
const COLD_SILENT = 6

export class SilentSourceRule implements Rule {
  readonly name = 'silent_source'
  readonly #settings: SilentSourceSettings
  readonly #sources = new FollowedSources<Series>((source, at_ms) => ({
    source,
    baseline: createCountBaseline(),
    last_ms: at_ms,
    busy: 0,
    silent: 0,
    sum: 0,
    expected: 0,
    firing: false,
    absent: 0,
  }))

  constructor(settings: SilentSourceSettings = SILENT_SOURCE_DEFAULTS) {
    this.#settings = settings
  }

  take(fact: Fact, raise: Raise): void {
    if (fact.fact !== 'watch') return
    this.#sources.take(
      fact.sources,
      fact.at_ms,
      (series, { records }) => this.#weigh(series, fact.at_ms - WATCH_STEP_MS, records, raise),
      (series) => this.#raise(series, false, raise),
    )
  }

  tick(): void {}

  save(): Series[] {
    return this.#sources.save()
  }

  restore(saved: unknown): void {
    this.#sources.restore(saved)
  }

  #weigh(series: Series, at_ms: number, records: number, raise: Raise): void {
    const { baseline } = series
    const settled = baseline.steps >= SETTLED_STEPS
    if (records > 0) {
      if (series.firing) this.#raise(series, false, raise)
      series.firing = false
      series.busy = series.silent > 0 ? 1 : series.busy + 1
      series.silent = 0
      series.sum = 0
      series.expected = 0
      series.last_ms = at_ms + WATCH_STEP_MS
    } else {
      series.silent++
      const mean = expectedCount(baseline, at_ms)
      const unheardOf = isWeekend(at_ms) && baseline.steps < WEEKEND_STEPS
      if (mean >= MEAN_MIN && !unheardOf) {
        series.sum += evidence(baseline, at_ms, 0, FACTOR)
        series.expected += mean
      }
      const unlikely = settled && series.sum >= this.#settings.threshold
      const evident = !settled && series.busy >= COLD_BUSY && series.silent >= COLD_SILENT
      if ((unlikely || evident) && series.expected >= this.#settings.min_expected && !series.firing) {
        series.firing = true
        this.#raise(series, true, raise)
      }
    }
    // What is missing does not become usual, unless it stays away for days.
    const mean = expectedCount(baseline, at_ms)
    learn(baseline, at_ms, series.silent > 1 && settled ? Math.floor(mean / 1.5) : records)
  }

  #raise({ source, last_ms, expected }: Series, holds: boolean, raise: Raise): void {
    const since = toSecond(last_ms)
    raise({
      rule: this.name,
      severity: 'warning',
      labels: { source },
      holds,
      since_ms: last_ms,
      value: Math.round(expected),
      summary: `${source} is silent since ${since}: no record where ${Math.round(expected)} were to be expected`,
      why: [
        'it is followed and readable as before, but nothing was appended; so long a silence is far too unlikely at its usual rate of this hour and day',
        'failures of what it spoke for are not seen meanwhile: no news is no good news',
      ],
      fix: [
        'Check that the writer runs and still logs there (rotation, logger settings, a full disk)',
        'If it was retired, leave it out of the paths',
      ],
      command: SOURCES_COMMAND,
      for_ms: 0,
      keep_ms: 0,
      news: false,
    })
  }
}
