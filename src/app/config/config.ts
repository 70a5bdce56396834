/**
 * The configuration of a collector that runs as a service (`authtop collect -c authtop.yaml`). What the command line also
 * says, the command line decides. Unknown settings are mistakes: a typing error must not switch anything off in silence.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { duration } from '../../alerts/duration-setting.ts'
import { BUILT_IN_RULES } from '../../alerts/rules/index.ts'
import { ownRuleProblems, ownRuleSchema } from '../../alerts/rules/own/own-rule-spec.ts'
import { secretSchema } from '../../alerts/secret.ts'
import { SINK_TYPES } from '../../alerts/sinks/index.ts'
import { urlProblem } from '../../alerts/sinks/sink-type.ts'
import { SEVERITIES } from '../../core/finding.ts'
import { PRIVACY_LEVELS } from '../../core/privacy.ts'
import { parseListen } from '../service/service-server.ts'
import { readYaml } from './read-yaml.ts'
import { receiverMistakes, receiverSettings } from './receiver-settings.ts'

const NAME = /^[a-z][a-z0-9_-]{0,39}$/i

const sinkCommon = {
  name: z.string().regex(NAME, 'a name is letters, digits, - and _, 40 at most'),
  /** Only alerts of these severities; left out: all. */
  severities: z.array(z.enum(SEVERITIES)).min(1).optional(),
}

const [firstSink, ...otherSinks] = SINK_TYPES.map((sink) =>
  (sink.schema as unknown as z.ZodObject).extend({ type: z.literal(sink.type), ...sinkCommon }),
)

/** Asked once a minute, all at once; more belong to a Prometheus. */
const TIME_SERVICES_MAX = 1_000
/** A rule costs at every failure; more are a mistake of a generator. */
const OWN_RULES_MAX = 200

const skewSpike = z.strictObject({
  failures: z.int().min(1).max(8).optional(),
  tokens: z.int().min(1).max(8).optional(),
  over: duration('15m').optional(),
  quiet: duration('30m').optional(),
})

/** Of a rule that weighs what a source brings against what is usual. */
const watchedSourceRule = z
  .union([
    z.literal(false),
    z.strictObject({ threshold: z.number().positive().optional(), min_expected: z.number().min(1).optional() }),
  ])
  .optional()

const schema = z.strictObject({
  /** Files, globs and templates. */
  paths: z.array(z.string().min(1)).default([]),
  /** Store location. */
  store: z.string().min(1).optional(),
  /** IANA zone of stamps without one. */
  zone: z.string().min(1).optional(),
  retain_days: z.int().min(1).optional(),
  /** How much of persons is kept; docs/security.md. */
  privacy: z.enum(PRIVACY_LEVELS).optional(),
  /** Where senders may push to; left out: nowhere. */
  receivers: receiverSettings.optional(),
  /** Where /metrics, /healthz and /readyz are served; left out: nowhere. */
  service: z
    .strictObject({
      listen: z.string().default('127.0.0.1:9464'),
      token: secretSchema.optional(),
      tls: z.strictObject({ cert: z.string().min(1), key: z.string().min(1) }).optional(),
    })
    .optional(),
  /** Hosts' own time services, asked once a minute; what they say stands beside what tokens show. */
  time_services: z
    .strictObject({
      node_exporter: z
        .array(
          z.strictObject({
            host: z.string().min(1).max(200),
            url: z.string().refine((text) => urlProblem(text) === null, 'must be an http:// or https:// URL'),
          }),
        )
        .max(TIME_SERVICES_MAX)
        .default([]),
      /** chronyc on this machine; `host`: as whom it is known in the logs. */
      chrony: z.union([z.boolean(), z.strictObject({ host: z.string().min(1).max(200) })]).default(false),
    })
    .optional(),
  alerts: z
    .strictObject({
      /** A firing alert is told again after this long. */
      repeat: duration('4h'),
      rules: z
        .strictObject({
          skew_spike: z.union([z.literal(false), skewSpike]).optional(),
          clock_offset: z
            .union([
              z.literal(false),
              z.strictObject({ threshold_s: z.number().positive().optional(), ahead: duration('24h').optional() }),
            ])
            .optional(),
          cause_spike: z
            .union([
              z.literal(false),
              z.strictObject({
                factor: z.number().min(1.5).optional(),
                threshold: z.number().positive().optional(),
                min_events: z.int().min(1).optional(),
              }),
            ])
            .optional(),
          failure_burn: z
            .union([
              z.literal(false),
              z.strictObject({ budget: z.number().gt(0).lt(1).optional(), min_events: z.int().min(1).optional() }),
            ])
            .optional(),
          silent_source: watchedSourceRule,
          recognition_lost: watchedSourceRule,
          new_template: z
            .union([z.literal(false), z.strictObject({ min_events: z.int().min(1).optional() })])
            .optional(),
          issuer_outage: z.literal(false).optional(),
          refresh_reuse: z.literal(false).optional(),
          stale_keys: z.literal(false).optional(),
        })
        .prefault({}),
      /** Rules of one's own. */
      own: z.array(ownRuleSchema).max(OWN_RULES_MAX).default([]),
      sinks: z.array(z.discriminatedUnion('type', [firstSink!, ...otherSinks])).default([]),
    })
    .prefault({}),
})

export type Config = z.infer<typeof schema>
export type SinkConfig = { name: string; type: string; severities?: readonly (typeof SEVERITIES)[number][] } & Record<
  string,
  unknown
>

export const NO_CONFIG: Config = schema.parse({})

function serviceMistakes({ service }: Config): { path: PropertyKey[]; text: string }[] {
  if (service === undefined) return []
  const place = parseListen(service.listen)
  const path = ['service', 'listen']
  if (place === null)
    return [{ path, text: `"${service.listen}" is no address and port; write for example 127.0.0.1:9464` }]
  if (place.loopback || (service.tls !== undefined && service.token !== undefined)) return []
  return [{ path, text: 'beyond this machine it is served only with both tls and token' }]
}

/** Throws ConfigError with every mistake, or a system error where the file cannot be read. */
export function loadConfig(file: string): Config {
  return parseConfig(file, readFileSync(file, 'utf8'))
}

/** `file`: what mistakes are told of. Throws ConfigError with every mistake. */
export function parseConfig(file: string, text: string): Config {
  return readYaml(file, text, schema, (config) => {
    const seen = new Set<string>()
    const rules = new Set<string>(BUILT_IN_RULES)
    return [
      ...serviceMistakes(config),
      ...receiverMistakes(config.receivers),
      ...config.alerts.own.flatMap((spec, i) => {
        const problems = ownRuleProblems(spec, rules)
        rules.add(spec.name)
        return problems.map(({ path, text }) => ({ path: ['alerts', 'own', i, ...path], text }))
      }),
      ...config.alerts.sinks.flatMap((sink, i) => {
        const name = (sink as unknown as SinkConfig).name
        const twice = seen.has(name)
        seen.add(name)
        return twice ? [{ path: ['alerts', 'sinks', i, 'name'], text: `there is another sink "${name}"` }] : []
      }),
    ]
  })
}
