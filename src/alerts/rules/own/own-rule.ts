/**
 * A rule of one's own at work: a value per series (labels named in `by`), weighed every minute against a threshold with a
 * separate end (hysteresis), or a count per five minutes against what is usual. The same engine, facts and ticks as the
 * built-in rules. Invariant: a bounded number of series, each of bounded size.
 */
import type { Fact } from '../../fact.ts'
import { ACTIVITY_STEP_MS, type TrafficLabel } from '../../fact.ts'
import { failuresCommand } from '../../failures-command.ts'
import { type Raise, type Rule, type Signal, TICK_MS } from '../../rule.ts'
import { SOURCES_COMMAND } from '../../sources-command.ts'
import { fillHoles } from '../../template.ts'
import { type CountSeries, createCountSeries, isQuiet, weigh } from '../count-cusum.ts'
import { METRICS, OVER_MS, type OwnRuleSpec, trafficLabelOf } from './own-rule-spec.ts'
import { numberText, whereText } from './own-rule-words.ts'
import { add, bucketOf, createSlidingCount, namesIn, type SlidingCount, slide } from './sliding-count.ts'
import { compileWhere, type Labelled } from './where.ts'

interface Series {
  labels: Record<string, string>
  window: SlidingCount
  /** Failed steps among those in the window; of failure_share only. */
  failed: SlidingCount | null
  /** The last reading; of clock_offset only. */
  reading: number | null
  /** When something last came, ms. */
  last_ms: number
  /** When the condition began to hold, ms; null: it does not. */
  since_ms: number | null
  value: number
  anomaly: (CountSeries & { step: number; count: number }) | null
}

interface Saved {
  first_ms: number | null
  series: Series[]
}

const SERIES_LIMIT = 2_000
/** A series of which nothing was heard for so long is forgotten; ms. */
const FORGET_MS = 24 * 3_600_000
/** A clock's last word counts for so long; ms. */
const READING_MS = 3_600_000
/** Comes back this far from the threshold before it is over, where the rule does not say: no flapping at the edge. */
const RESOLVE_SHARE = 0.8
/** Missing steps are learned as empty ones, at most so many (a week). */
const GAP_STEPS = 2_016

export class OwnRule implements Rule {
  readonly name: string
  readonly restless: boolean
  readonly basis: string
  readonly traffic?: TrafficLabel
  readonly #spec: OwnRuleSpec
  readonly #fits: ReturnType<typeof compileWhere>
  readonly #over_ms: number
  readonly #bucket_ms: number
  readonly #series = new Map<string, Series>()
  /** Since when facts come; a window must have been watched before it can be too empty. */
  #first_ms: number | null = null

  constructor(spec: OwnRuleSpec) {
    this.name = spec.name
    this.#spec = spec
    const { metric, by, where, over, condition } = spec
    this.basis = JSON.stringify([metric, by, where, over, condition.anomaly !== undefined])
    this.restless = condition.below !== undefined
    const traffic = trafficLabelOf(spec)
    if (traffic !== undefined) this.traffic = traffic
    this.#fits = compileWhere(spec.where)
    this.#over_ms = spec.over ?? OVER_MS
    this.#bucket_ms = bucketOf(this.#over_ms)
  }

  take(fact: Fact): void {
    const { metric, by } = this.#spec
    const { of, distinct } = METRICS[metric]
    this.#first_ms ??= fact.at_ms
    if (fact.fact !== of) return
    if (fact.fact === 'activity') {
      if (fact.of?.label !== this.traffic) return
      const whose = fact.of === undefined ? {} : { [fact.of.label]: fact.of.value }
      if (!this.#fits(whose)) return
      const series = this.#seriesOf(by.length === 0 ? {} : whose)
      series.last_ms = fact.at_ms
      series.failed ??= createSlidingCount()
      add(series.window, this.#bucket_ms, fact.at_ms, fact.successes + fact.failures, null)
      add(series.failed, this.#bucket_ms, fact.at_ms, fact.failures, null)
    } else if (fact.fact === 'clock') {
      if (!this.#fits({ host: fact.host })) return
      const series = this.#seriesOf({ host: fact.host })
      series.last_ms = fact.at_ms
      series.reading = certainOffset(fact.low_s, fact.high_s)
    } else if (fact.fact === 'watch') {
      for (const source of fact.sources) {
        if (!this.#fits({ source: source.name })) continue
        const series = this.#seriesOf(by.length === 0 ? {} : { source: source.name })
        const count = metric === 'records' ? source.records : source.recognised
        if (count > 0 || series.last_ms === 0) series.last_ms = fact.at_ms
        this.#count(series, fact.at_ms - 1, count, null)
      }
    } else if (fact.fact === 'failure') {
      if (fact.revised || !this.#fits(fact)) return
      const known: Labelled = fact
      const labels = Object.fromEntries(by.map((l) => [l, known[l] ?? '']))
      const series = this.#seriesOf(labels)
      series.last_ms = fact.at_ms
      const name = distinct === null ? null : (fact[distinct] ?? (distinct === 'token' ? `at ${fact.at_ms}` : ''))
      this.#count(series, fact.at_ms, 1, name)
    }
  }

  #count(series: Series, at_ms: number, count: number, name: string | null): void {
    if (this.#spec.condition.anomaly === undefined) {
      if (count > 0) add(series.window, this.#bucket_ms, at_ms, count, name)
      return
    }
    const step = Math.floor(at_ms / ACTIVITY_STEP_MS)
    series.anomaly ??= { ...createCountSeries(), step, count: 0 }
    series.anomaly.count += count
  }

  tick(now_ms: number, raise: Raise): void {
    this.#first_ms ??= now_ms
    const { by, metric, condition } = this.#spec
    // Nothing at all may be what is looked for; with labels nobody knows of which.
    if (by.length === 0 && METRICS[metric].of === 'failure' && condition.below !== undefined) this.#seriesOf({})
    for (const [key, series] of this.#series) {
      if (series.anomaly !== null) this.#closeSteps(series, now_ms, raise)
      else this.#weigh(series, now_ms, raise)
      const idle = series.since_ms === null && now_ms - series.last_ms > FORGET_MS
      if (idle && (series.anomaly === null || isQuiet(series.anomaly)) && by.length > 0) this.#series.delete(key)
    }
  }

  save(): Saved {
    return { first_ms: this.#first_ms, series: [...this.#series.values()] }
  }

  restore(saved: unknown): void {
    const { first_ms, series } = saved as Saved
    this.#first_ms = first_ms
    for (const s of series) this.#series.set(this.#keyOf(s.labels), s)
  }

  #weigh(series: Series, now_ms: number, raise: Raise): void {
    const { above, below, resolve } = this.#spec.condition
    const { value, events } = this.#measure(series, now_ms)
    const holds = series.since_ms !== null
    let wrong: boolean
    if (value === null || events < (this.#spec.min_events ?? 0)) wrong = false
    else if (above !== undefined) wrong = holds ? value > (resolve ?? above * RESOLVE_SHARE) : value > above
    else {
      const watched =
        now_ms - (this.#first_ms ?? now_ms) >= (METRICS[this.#spec.metric].of === 'clock' ? 0 : this.#over_ms)
      wrong = watched && (holds ? value < (resolve ?? below! / RESOLVE_SHARE) : value < below!)
    }
    if (!wrong && !holds) return
    if (!holds) series.since_ms = now_ms
    const moved = value !== null && value !== series.value
    if (value !== null) series.value = value
    if (!wrong || !holds || moved || this.#spec.for > 0) raise(this.#signal(series, series.since_ms!, wrong, null))
    if (!wrong) series.since_ms = null
  }

  /** Null where nothing can be said. */
  #measure(series: Series, now_ms: number): { value: number | null; events: number } {
    const { metric } = this.#spec
    if (metric === 'clock_offset') {
      const known = now_ms - series.last_ms <= READING_MS
      return { value: known ? series.reading : null, events: Infinity }
    }
    const events = slide(series.window, this.#bucket_ms, now_ms, this.#over_ms)
    if (metric === 'failure_share') {
      const failed = series.failed === null ? 0 : slide(series.failed, this.#bucket_ms, now_ms, this.#over_ms)
      return { value: events === 0 ? null : failed / events, events }
    }
    return { value: METRICS[metric].distinct === null ? events : namesIn(series.window), events }
  }

  #closeSteps(series: Series, now_ms: number, raise: Raise): void {
    const own = series.anomaly!
    const present = Math.floor(now_ms / ACTIVITY_STEP_MS)
    if (own.step >= present) return
    const test = { ...this.#spec.condition.anomaly!, min_events: this.#spec.min_events ?? 10, cold_flood: null }
    for (let step = Math.max(own.step, present - GAP_STEPS); step < present; step++) {
      const verdict = weigh(own, step, step === own.step ? own.count : 0, test)
      if (verdict === null) continue
      series.since_ms = own.since_ms
      series.value = step === own.step ? own.count : 0
      raise(this.#signal(series, own.since_ms, verdict !== 'ended', own))
      if (verdict === 'ended') series.since_ms = null
    }
    own.step = present
    own.count = 0
  }

  #signal(series: Series, since_ms: number, holds: boolean, anomaly: CountSeries | null): Signal {
    const { name, metric, condition, severity, labels: more, annotations, where } = this.#spec
    const { above, below } = condition
    const threshold = above ?? below
    const expected =
      anomaly !== null
        ? `${Math.round(anomaly.expected)} at this hour`
        : above !== undefined
          ? `at most ${numberText(metric, above)}`
          : `at least ${numberText(metric, below!)}`
    const value = anomaly !== null ? String(anomaly.events) : numberText(metric, series.value)
    const minutes = Math.round(this.#over_ms / TICK_MS)
    const when = anomaly !== null ? `since ${iso(since_ms)}` : metric === 'clock_offset' ? '' : `within ${minutes} min`
    const labels = { ...more, ...series.labels }
    const fill = (template: string) =>
      fillHoles(template, (hole) =>
        hole.startsWith('labels.')
          ? (labels[hole.slice('labels.'.length)] ?? '')
          : ({
              rule: name,
              metric,
              value,
              expected,
              threshold: threshold === undefined ? '' : numberText(metric, threshold),
              over: `${minutes} min`,
              since: iso(since_ms),
              severity,
            }[hole] ?? ''),
      )
    const who = Object.entries(series.labels).map(([l, v]) => `${l} ${v === '' ? '(not said)' : v}`)
    const parts = [METRICS[metric].unit, whereText(where), when].filter((p) => p !== '')
    const summary = `${who.length === 0 ? '' : `${who.join(', ')}: `}${value} ${parts.join(' ')} (expected ${expected})`
    return {
      rule: name,
      severity,
      labels,
      holds,
      since_ms,
      value: series.value,
      summary: annotations.summary === undefined ? summary : fill(annotations.summary),
      why: [
        ...(annotations.why ?? []).map(fill),
        anomaly !== null
          ? `the rule "${name}" finds ${condition.anomaly!.factor} times the usual rate of this hour and day far likelier than the usual one, since ${iso(since_ms)}`
          : `the rule "${name}" of the configuration asks for ${metric} ${above !== undefined ? 'above' : 'below'} ${threshold}; it has held since ${iso(since_ms)}`,
      ],
      fix: [
        ...(annotations.fix ?? []).map(fill),
        ...(annotations.runbook === undefined ? [] : [`Runbook: ${fill(annotations.runbook)}`]),
        ...(annotations.fix === undefined && annotations.runbook === undefined
          ? [
              'Look at the reasons of single incidents with the command below; authtop explain says what to do about each',
            ]
          : []),
      ],
      command: this.#command(series, since_ms),
      for_ms: this.#spec.for,
      keep_ms: this.#spec.keep_firing_for,
      news: false,
    }
  }

  #command({ labels, anomaly }: Series, since_ms: number): string {
    const { of } = METRICS[this.#spec.metric]
    if (of === 'clock') return 'authtop skew'
    if (of === 'watch') return SOURCES_COMMAND
    const asked: Record<string, readonly string[]> = {}
    for (const [label, values = []] of Object.entries(this.#spec.where))
      if (!values.some((v) => v.includes('*'))) asked[label] = values
    for (const [label, value] of Object.entries(labels)) asked[label] = [value]
    return failuresCommand(asked, since_ms - (anomaly === null ? this.#over_ms : 0))
  }

  #seriesOf(labels: Record<string, string>): Series {
    const key = this.#keyOf(labels)
    const known = this.#series.get(key)
    if (known !== undefined) return known
    if (this.#series.size >= SERIES_LIMIT) {
      const quiet = [...this.#series].find(([, s]) => s.since_ms === null)
      this.#series.delete(quiet?.[0] ?? this.#series.keys().next().value!)
    }
    const made: Series = {
      labels,
      window: createSlidingCount(),
      failed: null,
      reading: null,
      last_ms: this.#first_ms ?? 0,
      since_ms: null,
      value: 0,
      anomaly: null,
    }
    this.#series.set(key, made)
    return made
  }

  #keyOf(labels: Readonly<Record<string, string>>): string {
    return JSON.stringify(Object.values(labels))
  }
}

/** How far off a clock certainly is, whichever way: the near end of its interval; 0 where it may be right. */
function certainOffset(low_s: number | null, high_s: number | null): number {
  return Math.max(0, low_s ?? -Infinity, -(high_s ?? Infinity))
}

function iso(at_ms: number): string {
  return new Date(at_ms).toISOString()
}
