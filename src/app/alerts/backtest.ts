/**
 * What would have fired: stored history through the very engine that runs live, in the time line of the records.
 * Rules first learn from the time before the period (as they would have), silently.
 */
import { AlertEngine } from '../../alerts/engine.ts'
import { createRules, type RuleSettings } from '../../alerts/rules/index.ts'
import type { Alert } from '../../core/alert.ts'
import type { TimeRange } from '../../core/filter.ts'
import type { StoreReader } from '../../core/ports/store.ts'
import { APART_MS, storedFacts } from './facts.ts'

/** Baselines learn from so much history before the period; ms. */
const LEARN_MS = 14 * 86_400_000

/** Alerts that fired in the period, in order of start; those still alive at its end have no `resolved_ms`. */
export async function backtest(reader: StoreReader, settings: RuleSettings, period: TimeRange): Promise<Alert[]> {
  const engine = new AlertEngine(createRules(settings))
  const fired = new Map<string, Alert>()
  const note = () => {
    for (const { kind, at_ms, alert } of engine.drain()) {
      if (kind === 'pending' || kind === 'dropped') continue
      if (kind === 'fired' && at_ms < period.from_ms) continue
      if (kind === 'fired' || fired.has(alert.id)) fired.set(alert.id, alert)
    }
  }
  for await (const facts of storedFacts(
    reader,
    { from_ms: period.from_ms - LEARN_MS, to_ms: period.to_ms + APART_MS },
    Infinity,
  )) {
    for (const fact of facts) {
      if (fact.at_ms >= period.to_ms) continue
      engine.take(fact)
    }
    note()
  }
  engine.advance(period.to_ms)
  note()
  return [...fired.values()].sort((a, b) => a.started_ms - b.started_ms || (a.id < b.id ? -1 : 1))
}
