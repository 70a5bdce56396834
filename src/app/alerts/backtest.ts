/**
 * What would have fired: stored history through the very engine that runs live, in the time line of the records; for several
 * sets of rules at once, so that comparing costs one reading. Rules first learn from the time before the period (as they would
 * have), silently.
 */
import { AlertEngine } from '../../alerts/engine.ts'
import type { Fact, TrafficLabel } from '../../alerts/fact.ts'
import { createRules, type RuleSettings } from '../../alerts/rules/index.ts'
import type { Alert } from '../../core/alert.ts'
import type { TimeRange } from '../../core/filter.ts'
import type { StoreReader } from '../../core/ports/store.ts'
import { APART_MS, storedFacts } from './facts.ts'

/** Baselines learn from so much history before the period; ms. */
const LEARN_MS = 14 * 86_400_000

/** Per set of rules: alerts that fired in the period, in order of start; those still alive at its end have no `resolved_ms`. */
export async function backtest(
  reader: StoreReader,
  sets: readonly RuleSettings[],
  period: TimeRange,
): Promise<Alert[][]> {
  const runs = sets.map((settings) => new Run(settings, period))
  const range = { from_ms: period.from_ms - LEARN_MS, to_ms: period.to_ms + APART_MS }
  const labels = [...new Set(runs.flatMap(({ traffic }) => traffic))].sort()
  for await (const facts of storedFacts(reader, range, () => true, labels)) for (const run of runs) run.take(facts)
  return runs.map((run) => run.end())
}

class Run {
  readonly #engine: AlertEngine
  readonly #period: TimeRange
  readonly #fired = new Map<string, Alert>()

  constructor(settings: RuleSettings, period: TimeRange) {
    this.#engine = new AlertEngine(createRules(settings))
    this.#period = period
  }

  get traffic(): readonly TrafficLabel[] {
    return this.#engine.traffic
  }

  take(facts: readonly Fact[]): void {
    for (const fact of facts) if (fact.at_ms < this.#period.to_ms) this.#engine.take(fact)
    this.#note()
  }

  end(): Alert[] {
    this.#engine.advance(this.#period.to_ms)
    this.#note()
    return [...this.#fired.values()].sort((a, b) => a.started_ms - b.started_ms || (a.id < b.id ? -1 : 1))
  }

  #note(): void {
    for (const { kind, at_ms, alert } of this.#engine.drain()) {
      if (kind === 'pending' || kind === 'dropped') continue
      if (kind === 'fired' && at_ms < this.#period.from_ms) continue
      if (kind === 'fired' || this.#fired.has(alert.id)) this.#fired.set(alert.id, alert)
    }
  }
}
