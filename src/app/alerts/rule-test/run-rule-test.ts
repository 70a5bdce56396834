/** Runs one unit test of rules through the very engine that runs live, and says where it went otherwise than expected. */
import { AlertEngine } from '../../../alerts/engine.ts'
import {
  ACTIVITY_DELAY_MS,
  ACTIVITY_STEP_MS,
  type Fact,
  type FailureFact,
  type TrafficLabel,
} from '../../../alerts/fact.ts'
import { createRules } from '../../../alerts/rules/index.ts'
import type { Alert } from '../../../core/alert.ts'
import type { RuleTest, RuleTestFile, TestFailure, TestSuccess } from './rule-test-file.ts'

/** An expectation that was not met; lines begin with `-` (expected) or `+` (happened). */
export interface Disagreement {
  expectation: number
  at_ms: number
  rule: string | null
  lines: string[]
}

/** A value stands for at most so many failures; a minute of a large fleet. */
const PER_VALUE_MAX = 100_000

export function runRuleTest(file: RuleTestFile, test: RuleTest): Disagreement[] {
  const { settings, start_ms } = file
  const engine = new AlertEngine(createRules(settings))
  engine.advance(start_ms)
  const facts = factsOf(file, test, engine.traffic)
  let next = 0
  const order = test.expect.map((_, i) => i).sort((a, b) => test.expect[a]!.at - test.expect[b]!.at)
  return order
    .map((i): Disagreement => {
      const { at, rule, alerts } = test.expect[i]!
      const at_ms = start_ms + at
      while (next < facts.length && facts[next]!.at_ms <= at_ms) engine.take(facts[next++]!)
      engine.advance(at_ms)
      const firing = engine.alive().filter((a) => a.state === 'firing' && (rule === undefined || a.rule === rule))
      const wanted = alerts.map((a) => ({ ...a, rule: a.rule ?? rule! }))
      return { expectation: i, at_ms: at, rule: rule ?? null, lines: compare(wanted, firing) }
    })
    .filter(({ lines }) => lines.length > 0)
}

type Wanted = RuleTest['expect'][number]['alerts'][number] & { rule: string }

function compare(wanted: readonly Wanted[], firing: readonly Alert[]): string[] {
  const left = [...firing]
  const missing: Wanted[] = []
  for (const want of wanted) {
    const found = left.findIndex((a) => isSame(want, a))
    if (found < 0) missing.push(want)
    else left.splice(found, 1)
  }
  return [
    ...missing.map((want) => `- ${line(want.rule, want.labels, want.severity, want.summary)}`),
    // What nobody asked about is not shown: a difference must catch the eye.
    ...left.map((alert) => {
      const like = missing.find((want) => want.rule === alert.rule)
      const severity = like === undefined || like.severity !== undefined ? alert.severity : undefined
      const summary = like === undefined || like.summary !== undefined ? alert.summary : undefined
      return `+ ${line(alert.rule, alert.labels, severity, summary)}`
    }),
  ]
}

function isSame(want: Wanted, alert: Alert): boolean {
  return (
    want.rule === alert.rule &&
    labelsText(want.labels) === labelsText(alert.labels) &&
    (want.severity === undefined || want.severity === alert.severity) &&
    (want.summary === undefined || want.summary === alert.summary)
  )
}

function line(rule: string, labels: Readonly<Record<string, string>>, severity?: string, summary?: string): string {
  return [`${rule}${labelsText(labels)}`, severity, summary === undefined ? undefined : JSON.stringify(summary)]
    .filter((part) => part !== undefined)
    .join(' ')
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort()
  return `{${names.map((n) => `${n}=${JSON.stringify(labels[n])}`).join(', ')}}`
}

function factsOf({ start_ms, interval_ms }: RuleTestFile, test: RuleTest, labels: readonly TrafficLabel[]): Fact[] {
  const facts: Fact[] = []
  const failures: FailureFact[] = []
  for (const [i, given] of test.failures.entries())
    for (const [n, at] of timesOf(given as TestFailure, interval_ms).entries())
      failures.push(failureOf(given as TestFailure, start_ms + at, `token ${i} ${n}`))
  facts.push(...failures)
  const { successes } = test
  if (successes !== undefined)
    for (const label of [undefined, ...labels])
      facts.push(...trafficOf(start_ms, interval_ms, successes as readonly TestSuccess[], failures, label))
  for (const { host, offset_s, within_s, drift_ppm, reference } of test.clocks)
    for (const [i, offset] of offset_s.entries())
      if (offset !== null)
        facts.push({
          fact: 'clock',
          at_ms: start_ms + i * interval_ms,
          host,
          reference,
          offset_s: offset,
          low_s: offset - within_s,
          high_s: offset + within_s,
          drift_ppm,
        })
  return facts.sort((a, b) => a.at_ms - b.at_ms)
}

/** Within an interval they come at even distances. */
function timesOf({ values, at }: TestFailure, interval_ms: number): number[] {
  if (at !== undefined) return at
  return (values ?? []).flatMap((value, i) => {
    const n = Math.min(PER_VALUE_MAX, Math.max(0, Math.round(value ?? 0)))
    return Array.from({ length: n }, (_, k) => Math.floor((i + (k + 0.5) / n) * interval_ms))
  })
}

function failureOf(given: TestFailure, at_ms: number, token: string): FailureFact {
  const { cause, subcause, confidence, host, service, client_id, issuer, proof } = given
  return {
    fact: 'failure',
    at_ms,
    revised: false,
    cause,
    subcause,
    confidence,
    token: given.token ?? token,
    ...(host !== undefined && { host }),
    ...(service !== undefined && { service }),
    ...(client_id !== undefined && { client_id }),
    ...(issuer !== undefined && { issuer }),
    proof:
      proof === undefined
        ? null
        : {
            kind: proof.offset_s < 0 ? 'issued_ahead' : 'received_before_expiry',
            offset_ms: proof.offset_s * 1000,
            mover: proof.mover,
          },
  }
}

/** Traffic is told in steps, a little after each, as the collector does: all of it, or told apart by a label. */
function trafficOf(
  start_ms: number,
  interval_ms: number,
  successes: readonly TestSuccess[],
  failures: readonly FailureFact[],
  label: TrafficLabel | undefined,
): Fact[] {
  const steps = new Map<string, { step: number; value: string; successes: number; failures: number }>()
  const stepOf = (at_ms: number, of: TestSuccess | FailureFact) => {
    const step = Math.floor(at_ms / ACTIVITY_STEP_MS)
    const value = label === undefined ? '' : (of[label] ?? '')
    const known = steps.get(`${step} ${value}`) ?? { step, value, successes: 0, failures: 0 }
    steps.set(`${step} ${value}`, known)
    return known
  }
  for (const given of successes)
    for (const [i, n] of given.values.entries())
      if (n !== null) stepOf(start_ms + i * interval_ms, given).successes += n
  for (const failure of failures) stepOf(failure.at_ms, failure).failures++
  return [...steps.values()].map(({ step, value, ...counts }) => ({
    fact: 'activity',
    at_ms: (step + 1) * ACTIVITY_STEP_MS + ACTIVITY_DELAY_MS,
    ...(label === undefined ? {} : { of: { label, value } }),
    ...counts,
  }))
}
