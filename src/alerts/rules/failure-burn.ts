/**
 * The share of auth steps that fail, over two windows each (multi-window, multi-burn-rate; Google SRE Workbook, ch. 5): the
 * long one says that it matters, the short one that it still goes on. The budget is what usually fails is allowed to grow to.
 */
import type { Fact } from '../fact.ts'
import { ACTIVITY_STEP_MS } from '../fact.ts'
import { failuresCommand } from '../failures-command.ts'
import type { Raise, Rule } from '../rule.ts'

export interface FailureBurnSettings {
  /** Share of auth steps that may fail; (0, 1). */
  budget: number
  min_events: number
}

export const FAILURE_BURN_DEFAULTS: FailureBurnSettings = { budget: 0.02, min_events: 100 }

interface Step {
  at_ms: number
  successes: number
  failures: number
}

const HOUR_MS = 3_600_000
/** Long window, short window, and how many times the budget must burn in both. */
const WINDOWS = [
  { long_ms: HOUR_MS, short_ms: ACTIVITY_STEP_MS, rate: 14.4, severity: 'critical' },
  { long_ms: 6 * HOUR_MS, short_ms: HOUR_MS / 2, rate: 6, severity: 'warning' },
] as const
const KEPT_MS = 6 * HOUR_MS

export class FailureBurnRule implements Rule {
  readonly name = 'failure_burn'
  readonly #settings: FailureBurnSettings
  #steps: Step[] = []
  #since_ms: number | null = null
  /** As last burning; what its end is told with. */
  #last = { share: 0, total: 0 }

  constructor(settings: FailureBurnSettings = FAILURE_BURN_DEFAULTS) {
    this.#settings = settings
  }

  take(fact: Fact, raise: Raise): void {
    if (fact.fact !== 'activity' || fact.of !== undefined) return
    const { at_ms, successes, failures } = fact
    this.#steps.push({ at_ms, successes, failures })
    this.#steps = this.#steps.filter((s) => at_ms - s.at_ms < KEPT_MS)
    this.#weigh(at_ms, raise)
  }

  tick(now_ms: number, raise: Raise): void {
    // Without traffic there are no facts: an hour of silence ends it.
    const last = this.#steps.at(-1)
    if (this.#since_ms !== null && last !== undefined && now_ms - last.at_ms > HOUR_MS) {
      this.#steps = []
      this.#weigh(now_ms, raise)
    }
  }

  save(): unknown {
    return { steps: this.#steps, since_ms: this.#since_ms, last: this.#last }
  }

  restore(saved: unknown): void {
    const { steps, since_ms, last } = saved as {
      steps: Step[]
      since_ms: number | null
      last: { share: number; total: number }
    }
    this.#steps = steps
    this.#since_ms = since_ms
    this.#last = last
  }

  #weigh(now_ms: number, raise: Raise): void {
    const { budget, min_events } = this.#settings
    const burning = WINDOWS.map((w) => {
      const long = this.#share(now_ms, w.long_ms)
      const short = this.#share(now_ms, w.short_ms)
      const enough = long.total >= min_events && long.share >= w.rate * budget && short.share >= w.rate * budget
      return enough ? { ...w, long } : null
    }).find((w) => w !== null)
    if (burning === undefined && this.#since_ms === null) return
    this.#since_ms ??= now_ms
    this.#last = burning?.long ?? this.#last
    const { share, total } = this.#last
    raise({
      rule: this.name,
      severity: burning?.severity ?? 'warning',
      labels: {},
      holds: burning !== undefined,
      since_ms: this.#since_ms,
      value: share,
      summary: `${(share * 100).toFixed(1)} % of ${total} auth steps failed, ${(share / budget).toFixed(0)} times the ${(budget * 100).toFixed(0)} % that are allowed`,
      why: [
        `the share is as high over the last ${burning === undefined ? 60 : burning.short_ms / 60_000} minutes: it still goes on`,
      ],
      fix: ['Look at which cause it is: authtop failures, or the dashboard'],
      command: failuresCommand({}, this.#since_ms),
      for_ms: 0,
      keep_ms: 10 * 60_000,
      news: false,
    })
    if (burning === undefined) this.#since_ms = null
  }

  #share(now_ms: number, window_ms: number): { share: number; total: number } {
    let successes = 0
    let failures = 0
    for (const s of this.#steps)
      if (now_ms - s.at_ms < window_ms) {
        successes += s.successes
        failures += s.failures
      }
    const total = successes + failures
    return { share: total === 0 ? 0 : failures / total, total }
  }
}
