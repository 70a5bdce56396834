/**
 * Unit tests of rules, read from YAML: what comes in, and which alerts must fire when. Every mistake comes with its place.
 * Leaves running them to run-rule-test.ts.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { duration } from '../../../alerts/duration-setting.ts'
import { BUILT_IN_RULES, type RuleSettings } from '../../../alerts/rules/index.ts'
import { CAUSES, isSubcauseOf, type Subcause } from '../../../core/cause.ts'
import { CLOCK_MOVERS } from '../../../core/clock-proof.ts'
import { closestName } from '../../../core/closest-name.ts'
import { CONFIDENCES } from '../../../core/confidence.ts'
import { durationMs } from '../../../core/duration.ts'
import { SEVERITIES } from '../../../core/finding.ts'
import { loadConfig, NO_CONFIG } from '../../config/config.ts'
import { ConfigError } from '../../config/config-mistake.ts'
import { readPlacedYaml } from '../../config/read-yaml.ts'
import { ruleSettings } from '../rule-settings.ts'
import { expandValues } from './expand-values.ts'

const series = z.string().transform((text, context) => {
  const values = expandValues(text)
  if (typeof values !== 'string') return values
  context.addIssue({ code: 'custom', message: values })
  return z.NEVER
})

const instant = z.string().transform((text, context) => {
  const ms = text === '0' ? 0 : durationMs(text)
  if (ms !== null) return ms
  context.addIssue({
    code: 'custom',
    message: `"${text}" is no time after the start; write for example 90s, 10m or 2h`,
  })
  return z.NEVER
})

const name = z.string().min(1).max(200)

const failure = z.strictObject({
  /** Failures per interval… */
  values: series.optional(),
  /** …or one at each of these times. */
  at: z.union([instant.transform((t) => [t]), z.array(instant).min(1)]).optional(),
  cause: z.enum(Object.keys(CAUSES) as [keyof typeof CAUSES, ...(keyof typeof CAUSES)[]]),
  subcause: z.string(),
  confidence: z.enum(CONFIDENCES).default('certain'),
  host: name.optional(),
  service: name.optional(),
  client_id: name.optional(),
  issuer: name.optional(),
  /** The same token for all of them; left out: one each. */
  token: name.optional(),
  /** Proof that right clocks would have let it pass: the host minus its issuer, and who moved. */
  proof: z.strictObject({ offset_s: z.number(), mover: z.enum(CLOCK_MOVERS).default('unknown') }).optional(),
})

const success = z.strictObject({
  values: series,
  host: name.optional(),
  service: name.optional(),
  client_id: name.optional(),
  issuer: name.optional(),
})

const clock = z.strictObject({
  host: name,
  offset_s: series,
  /** Half the width of the interval, s. */
  within_s: z.number().nonnegative().default(0.2),
  drift_ppm: z.number().default(0),
  reference: name.default('the issuer'),
})

const expected = z.strictObject({
  rule: name.optional(),
  labels: z.record(z.string(), z.string()).default({}),
  severity: z.enum(SEVERITIES).optional(),
  summary: z.string().optional(),
})

const test = z.strictObject({
  name,
  failures: z.array(failure).max(1_000).default([]),
  /** Auth steps that succeed, per interval, of whom; left out: nothing is told of traffic, and rules about shares are silent. */
  successes: z.union([series.transform((values) => [{ values }]), z.array(success).max(1_000)]).optional(),
  clocks: z.array(clock).max(1_000).default([]),
  expect: z
    .array(
      z.strictObject({
        at: instant,
        /** Left out: the firing alerts of all rules. */
        rule: name.optional(),
        alerts: z.array(expected).default([]),
      }),
    )
    .min(1),
})

const schema = z.strictObject({
  /** Whose rules are tested, relative to this file; left out: the built-in ones as they are. */
  config: z.string().min(1).optional(),
  /** When the tests begin; matters to rules that know hours and days. */
  start: z
    .string()
    .default('2026-01-05T00:00:00Z')
    .transform((text, context) => {
      const ms = Date.parse(text)
      if (Number.isFinite(ms)) return ms
      context.addIssue({ code: 'custom', message: `"${text}" is no time; write for example 2026-01-05T00:00:00Z` })
      return z.NEVER
    }),
  interval: duration('1m'),
  tests: z.array(test).min(1),
})

export type RuleTest = z.infer<typeof test>
export type TestSuccess = z.infer<typeof success>
export type TestFailure = z.infer<typeof failure> & { subcause: Subcause }

export interface RuleTestFile {
  settings: RuleSettings
  start_ms: number
  interval_ms: number
  tests: readonly RuleTest[]
  /** `line:column` of an expectation. */
  placeOf(test: number, expectation: number): string
}

/** Throws ConfigError with every mistake, or a system error where a file cannot be read. */
export function loadRuleTests(file: string): RuleTestFile {
  const { value, place } = readPlacedYaml(file, readFileSync(file, 'utf8'), schema, problemsOf)
  const settings = ruleSettings(
    value.config === undefined ? NO_CONFIG : loadConfig(resolve(dirname(file), value.config)),
  )
  const own = (settings.own ?? []).map((spec) => spec.name)
  const on = BUILT_IN_RULES.filter((rule) => settings[rule as keyof RuleSettings] !== false)
  const unknown = value.tests.flatMap((t, i) =>
    t.expect.flatMap(({ rule, alerts }, j) => [
      ...unknownRule(rule, [...on, ...own], ['tests', i, 'expect', j, 'rule']),
      ...alerts.flatMap((a, k) => unknownRule(a.rule, [...on, ...own], ['tests', i, 'expect', j, 'alerts', k, 'rule'])),
    ]),
  )
  if (unknown.length > 0) throw new ConfigError(unknown.map(({ path, text }) => ({ file, ...place(path), text })))
  return {
    settings,
    start_ms: value.start,
    interval_ms: value.interval,
    tests: value.tests,
    placeOf: (i, j) => {
      const { line, column } = place(['tests', i, 'expect', j, 'at'])
      return `${line}:${column}`
    },
  }
}

function unknownRule(rule: string | undefined, known: readonly string[], path: PropertyKey[]) {
  if (rule === undefined || known.includes(rule)) return []
  const near = closestName(rule, known)
  return [{ path, text: `there is no rule "${rule}" in use${near === null ? '' : `; did you mean "${near}"?`}` }]
}

function problemsOf({ tests }: z.infer<typeof schema>): { path: PropertyKey[]; text: string }[] {
  return tests.flatMap((t, i) => [
    ...t.failures.flatMap((f, j) => {
      const path = ['tests', i, 'failures', j]
      const problems = []
      if ((f.values === undefined) === (f.at === undefined)) problems.push({ path, text: 'needs one of values and at' })
      if (!isSubcauseOf(f.cause, f.subcause)) {
        const near = closestName(f.subcause, CAUSES[f.cause])
        problems.push({
          path: [...path, 'subcause'],
          text: `${f.cause} has no subcause "${f.subcause}"; ${near === null ? `there are ${CAUSES[f.cause].join(', ')}` : `did you mean "${near}"?`}`,
        })
      }
      return problems
    }),
    ...t.expect.flatMap(({ rule, alerts }, j) =>
      alerts.flatMap((a, k) => {
        const path = ['tests', i, 'expect', j, 'alerts', k]
        return rule === undefined && a.rule === undefined ? [{ path, text: 'needs the rule it is of' }] : []
      }),
    ),
  ])
}
