/**
 * A rule of one's own as it stands in a configuration (`alerts.own`), and what about it cannot be meant. The schema says what
 * may stand where; `ownRuleProblems` says what makes no sense together, with the place.
 */
import { z } from 'zod'
import { CAUSES, type Cause } from '../../../core/cause.ts'
import { closestName } from '../../../core/closest-name.ts'
import { SEVERITIES } from '../../../core/finding.ts'
import { duration, optionalDuration } from '../../duration-setting.ts'
import { TRAFFIC_LABELS, type TrafficLabel } from '../../fact.ts'
import { holesOf } from '../../template.ts'
import { WHERE_LABELS } from './where.ts'

/** What is measured. `of`: the facts it is made from, `by`: labels its series may be told apart by. */
export const METRICS = {
  failures: { of: 'failure', unit: 'failures', distinct: null },
  tokens: { of: 'failure', unit: 'tokens that failed', distinct: 'token' },
  clients: { of: 'failure', unit: 'clients that failed', distinct: 'client_id' },
  hosts: { of: 'failure', unit: 'hosts that refused', distinct: 'host' },
  failure_share: { of: 'activity', unit: 'of the auth steps failed', distinct: null },
  clock_offset: { of: 'clock', unit: 's off', distinct: null },
  records: { of: 'watch', unit: 'records', distinct: null },
  recognised: { of: 'watch', unit: 'records recognised', distinct: null },
} as const
export type Metric = keyof typeof METRICS
const METRIC_NAMES = Object.keys(METRICS) as [Metric, ...Metric[]]

const NAME = /^[a-z][a-z0-9_]{0,39}$/
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]{0,39}$/
const TEXT_LIMIT = 2_000

const values = z
  .union([z.string().min(1).max(200), z.array(z.string().min(1).max(200)).min(1).max(50)])
  .transform((v) => (typeof v === 'string' ? [v] : v))
const text = z.string().min(1).max(TEXT_LIMIT)
const texts = z.union([text, z.array(text).max(10)]).transform((v) => (typeof v === 'string' ? [v] : v))

const anomaly = z.strictObject({
  /** How many times the usual rate is looked for; below 1: a fall. */
  factor: z.number().min(0.01).max(100).default(4),
  /** Evidence (natural log) at which it fires. */
  threshold: z.number().min(3).max(40).default(14),
})

export interface Condition {
  above?: number | undefined
  below?: number | undefined
  /** It is over when the value has come back to this. */
  resolve?: number | undefined
  anomaly?: z.infer<typeof anomaly> | undefined
}

const condition = z.union([
  z.literal('anomaly').transform((): Condition => ({ anomaly: anomaly.parse({}) })),
  z
    .strictObject({
      above: z.number().nonnegative().optional(),
      below: z.number().positive().optional(),
      resolve: z.number().nonnegative().optional(),
      anomaly: anomaly.optional(),
    })
    .transform((given): Condition => given),
])

export const ownRuleSchema = z.strictObject({
  name: z.string().regex(NAME, 'a name is small letters, digits and _, 40 at most, and begins with a letter'),
  metric: z.enum(METRIC_NAMES),
  by: z.array(z.enum(WHERE_LABELS)).max(4).default([]),
  where: z
    .strictObject(
      Object.fromEntries(WHERE_LABELS.map((l) => [l, values.optional()])) as Record<
        (typeof WHERE_LABELS)[number],
        z.ZodOptional<typeof values>
      >,
    )
    .prefault({}),
  over: optionalDuration,
  condition,
  for: duration('0s'),
  keep_firing_for: duration('10m'),
  severity: z.enum(SEVERITIES).default('warning'),
  min_events: z.int().min(1).optional(),
  labels: z.record(z.string().regex(LABEL, 'a label is letters, digits and _'), z.string().max(200)).default({}),
  annotations: z
    .strictObject({ summary: text.optional(), why: texts.optional(), fix: texts.optional(), runbook: text.optional() })
    .prefault({}),
})

export type OwnRuleSpec = z.infer<typeof ownRuleSchema>

/** By what a rule about traffic wants it told apart; undefined: all together, or no rule about traffic. */
export function trafficLabelOf({ metric, by, where }: OwnRuleSpec): TrafficLabel | undefined {
  const label = by[0] ?? Object.keys(where)[0]
  return METRICS[metric].of === 'activity' ? TRAFFIC_LABELS.find((each) => each === label) : undefined
}

/** The window of a static condition that names none, ms. */
export const OVER_MS = 10 * 60_000
const OVER_MIN_MS = 60_000
const OVER_MAX_MS = 24 * 3_600_000

export const ANNOTATION_HOLES = [
  'rule',
  'metric',
  'value',
  'expected',
  'threshold',
  'over',
  'since',
  'severity',
] as const

export interface SpecProblem {
  path: PropertyKey[]
  text: string
}

/** `taken`: names of other rules. */
export function ownRuleProblems(spec: OwnRuleSpec, taken: ReadonlySet<string>): SpecProblem[] {
  const problems: SpecProblem[] = []
  const say = (text: string, ...path: PropertyKey[]) => problems.push({ path, text })
  const { metric, by, where, over, condition } = spec
  if (taken.has(spec.name)) say(`there is another rule "${spec.name}"`, 'name')
  const kinds = (['above', 'below', 'anomaly'] as const).filter((k) => condition[k] !== undefined)
  if (kinds.length !== 1) say('needs one of above, below and anomaly', 'condition')
  if (condition.resolve !== undefined) {
    if (condition.anomaly !== undefined)
      say('goes with above or below; an anomaly ends by itself', 'condition', 'resolve')
    else if (condition.above !== undefined && condition.resolve > condition.above)
      say(`must not be greater than above (${condition.above})`, 'condition', 'resolve')
    else if (condition.below !== undefined && condition.resolve < condition.below)
      say(`must not be smaller than below (${condition.below})`, 'condition', 'resolve')
  }
  const { of } = METRICS[metric]
  const may: readonly string[] =
    of === 'failure'
      ? WHERE_LABELS.filter((l) => l !== 'source')
      : of === 'clock'
        ? ['host']
        : of === 'watch'
          ? ['source']
          : TRAFFIC_LABELS
  if (of === 'failure') {
    for (const [i, label] of by.entries()) if (!may.includes(label)) say(`a failure has no ${label}`, 'by', i)
    for (const label of Object.keys(where)) if (!may.includes(label)) say(`a failure has no ${label}`, 'where', label)
  } else {
    const about = `is told apart by ${may.join(', ')} only`
    for (const [i, label] of by.entries()) if (!may.includes(label)) say(`${metric} ${about}`, 'by', i)
    for (const label of Object.keys(where)) if (!may.includes(label)) say(`${metric} ${about}`, 'where', label)
    if (condition.anomaly !== undefined && of !== 'watch') say(`${metric} is no count: use above or below`, 'condition')
  }
  if (of === 'activity' && new Set([...by, ...Object.keys(where)]).size > 1)
    say(`${metric} is told apart by one label, also where "where" names one`, by.length > 0 ? 'by' : 'where')
  if (METRICS[metric].distinct !== null && condition.anomaly !== undefined)
    say(`an anomaly is one of a number of failures, not of ${metric}`, 'condition')
  if (new Set(by).size !== by.length) say('names a label twice', 'by')
  if (over !== undefined) {
    if (condition.anomaly !== undefined) say('an anomaly looks at five-minute counts by itself; leave it out', 'over')
    else if (of === 'clock') say('clock_offset is a reading and has no window; use "for"', 'over')
    else if (over < OVER_MIN_MS || over > OVER_MAX_MS) say('must be between 1m and 24h', 'over')
    else if ((of === 'activity' || of === 'watch') && over < 5 * OVER_MIN_MS)
      say(`${metric} is counted in steps of five minutes: 5m or more`, 'over')
  }
  for (const label of Object.keys(spec.labels))
    if ((WHERE_LABELS as readonly string[]).includes(label) || label === 'rule')
      say(`"${label}" is a label of the failures themselves; choose another name`, 'labels', label)
  wordsOf('cause', where.cause, Object.keys(CAUSES), say)
  wordsOf(
    'subcause',
    where.subcause,
    Object.keys(CAUSES).flatMap((c) => [...CAUSES[c as Cause]]),
    say,
  )
  wordsOf('confidence', where.confidence, ['certain', 'likely', 'possible'], say)
  for (const [name, given] of Object.entries(spec.annotations))
    for (const template of [given].flat())
      for (const hole of holesOf(template ?? '')) {
        const labels = [...by, ...Object.keys(spec.labels)].map((l) => `labels.${l}`)
        const known = [...ANNOTATION_HOLES, ...labels]
        if (known.includes(hole)) continue
        const near = closestName(hole, known)
        say(
          `{{${hole}}} is nothing that this rule knows${near === null ? `; there are ${known.join(', ')}` : `; did you mean {{${near}}}?`}`,
          'annotations',
          name,
        )
      }
  return problems
}

/** Words of a closed list, mistyped. Patterns with a star are let through. */
function wordsOf(
  label: string,
  given: readonly string[] | undefined,
  known: readonly string[],
  say: (text: string, ...path: PropertyKey[]) => void,
): void {
  for (const value of given ?? []) {
    const bare = value.replace(/^!/, '')
    if (bare.includes('*') || known.includes(bare)) continue
    const near = closestName(bare, known)
    say(`there is no ${label} "${bare}"${near === null ? '' : `; did you mean "${near}"?`}`, 'where', label)
  }
}
