/**
 * A source that still writes but of whose records suddenly hardly any are recognised: a format or a message has changed (an
 * upgrade, another logger), and failures go unseen. How many are recognised at this hour, and what share of the records, is
 * learned for two days; a CUSUM over counts then says when it collapsed.
 */
import { toSecond } from '../../core/instant-words.ts'
import { WATCH_STEP_MS } from '../../core/watch-step.ts'
import type { Fact } from '../fact.ts'
import type { Raise, Rule } from '../rule.ts'
import {
  type CountBaseline,
  countEvidence,
  createCountBaseline,
  expectedCount,
  isWeekend,
  learn,
  SETTLED_STEPS,
  WEEKEND_STEPS,
} from './count-baseline.ts'
import { type FollowedSource, FollowedSources } from './followed-sources.ts'

export interface RecognitionLostSettings {
  /** Evidence (natural log) at which it fires. */
  threshold: number
  /** Recognised records that must have been expected since it began. */
  min_expected: number
}

export const RECOGNITION_LOST_DEFAULTS: RecognitionLostSettings = { threshold: 12, min_expected: 20 }

interface Series extends FollowedSource {
  /** How many are recognised at this hour, and of how many; steps with records so far. */
  baseline: CountBaseline
  share: number
  steps: number
  sum: number
  since_ms: number
  records_since: number
  recognised_since: number
  expected: number
}

/** A collapse is a share so many times smaller. */
const FACTOR = 0.05
/** Recognised shares vary with traffic: taken for scattered so widely (1 / size of the negative binomial). */
const SCATTER = 0.5
/** The sum stops growing here: one ordinary step must end it. */
const SUM_MAX = 30
/** Expecting less per step than one in an hour says nothing. */
const MEAN_MIN = 1 / 12
/** Weight of a step in the share once it is: about two days. */
const SHARE_RATE = 1 / 576

export class RecognitionLostRule implements Rule {
  readonly name = 'recognition_lost'
  readonly #settings: RecognitionLostSettings
  readonly #sources = new FollowedSources<Series>((source) => ({
    source,
    baseline: createCountBaseline(),
    share: 0,
    steps: 0,
    sum: 0,
    since_ms: 0,
    records_since: 0,
    recognised_since: 0,
    expected: 0,
    firing: false,
    absent: 0,
  }))

  constructor(settings: RecognitionLostSettings = RECOGNITION_LOST_DEFAULTS) {
    this.#settings = settings
  }

  take(fact: Fact, raise: Raise): void {
    if (fact.fact !== 'watch') return
    this.#sources.take(
      fact.sources,
      fact.at_ms,
      (series, { records, recognised }) => this.#weigh(series, fact.at_ms - WATCH_STEP_MS, records, recognised, raise),
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

  #weigh(series: Series, at_ms: number, records: number, recognised: number, raise: Raise): void {
    const { baseline } = series
    const unheardOf = isWeekend(at_ms) && baseline.steps < WEEKEND_STEPS
    if (baseline.steps < SETTLED_STEPS || unheardOf) {
      learn(baseline, at_ms, recognised)
      if (records > 0) series.share += Math.max(SHARE_RATE, 1 / ++series.steps) * (recognised / records - series.share)
      return
    }
    // At night there may be records and hardly an auth event among them: the lesser expectation counts.
    const mean = Math.min(records * series.share, expectedCount(baseline, at_ms))
    const gain = mean < MEAN_MIN ? 0 : countEvidence(mean, SCATTER, recognised, FACTOR)
    if (series.sum <= 0) Object.assign(series, { since_ms: at_ms, records_since: 0, recognised_since: 0, expected: 0 })
    series.sum = Math.min(SUM_MAX, Math.max(0, series.sum + gain))
    series.records_since += records
    series.recognised_since += recognised
    series.expected += mean
    learn(baseline, at_ms, gain > 0 ? Math.max(recognised, Math.floor(mean / 1.5)) : recognised)
    if (gain <= 0 && records > 0) series.share += SHARE_RATE * (recognised / records - series.share)
    if (!series.firing && series.sum >= this.#settings.threshold && series.expected >= this.#settings.min_expected) {
      series.firing = true
      this.#raise(series, true, raise)
    } else if (series.firing && series.sum <= 0) {
      series.firing = false
      this.#raise(series, false, raise)
    }
  }

  #raise(series: Series, holds: boolean, raise: Raise): void {
    const { source, since_ms, records_since, recognised_since, expected, share } = series
    raise({
      rule: this.name,
      severity: 'warning',
      labels: { source },
      holds,
      since_ms,
      value: Math.round(expected) - recognised_since,
      summary: `of ${source} hardly anything is recognised since ${toSecond(since_ms)}: ${recognised_since} of ${records_since} records, expected ${Math.round(expected)}`,
      why: [
        `it still writes, but usually ${(share * 100).toPrecision(2)} % of its records are auth events: its format or its messages have changed`,
        'failures it speaks of are not seen meanwhile',
      ],
      fix: [
        'Look at what it writes now: authtop check --unknown, and authtop explain with a line of it',
        'Give it a format or signatures of its own (docs/packs.md), or update authtop',
      ],
      command: 'authtop check --unknown',
      for_ms: 0,
      keep_ms: 0,
      news: false,
    })
  }
}
