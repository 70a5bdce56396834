/**
 * The shape of a format file and of the vocabulary, checked with zod so that a mistake is told with its place.
 * What the words mean is written once, in README.md beside this file; reading files is parse-format.ts's business.
 * Invariant: everything downstream (format-set.ts, the decoder) works on these types and never on YAML.
 */
import { z } from 'zod'

const text = z.string().min(1).max(2000)
const texts = z.union([text.transform((t) => [t]), z.array(text).min(1).max(200)])
const names = z.array(text).max(400).default([])
const scalar = z.union([z.string(), z.number(), z.boolean()])

/** How a value is read before it is kept; `text` is the default. */
const CONVERSIONS = [
  'text',
  'number',
  'status',
  'url',
  'request_line',
  'host',
  'traceparent',
  'error_code',
  'constant',
  'json',
  'pairs',
] as const
export type Conversion = (typeof CONVERSIONS)[number]

const sampleSchema = z.strictObject({
  text: z.string().min(1).max(200_000),
  /** `false`: the layout is shared with another format, so detection alone cannot be expected to pick this one. */
  detected: z.boolean().default(true),
  expect: z.strictObject({
    time: z.string().optional(),
    resolution: z.number().optional(),
    severity: z.number().int().min(1).max(24).optional(),
    body: z.string().optional(),
    /** Each must be in the speech. */
    speech: z.array(z.string()).default([]),
    /** None may be in the speech. */
    silent: z.array(z.string()).default([]),
    attributes: z.record(z.string(), z.union([scalar, z.null()])).default({}),
    resource: z.record(z.string(), z.string()).default({}),
    trace_id: z.string().optional(),
    span_id: z.string().optional(),
  }),
})

export type SampleSource = z.output<typeof sampleSchema>

const fieldTarget = z.union([
  z.string(),
  z.strictObject({
    to: z.string().optional(),
    as: z.enum(CONVERSIONS).default('text'),
    speech: z.boolean().default(false),
  }),
])

export const formatSchema = z.strictObject({
  format: z.string().regex(/^[a-z0-9][a-z0-9-]{1,40}$/, 'lower-case letters, digits and -'),
  title: text,
  writes: text,
  source: texts,
  kind: z.enum(['json', 'logfmt', 'text']),
  /** Higher is tried first; 50 for an exact layout, below 20 for one that fits nearly anything. */
  priority: z.number().int().min(0).max(100).default(50),
  /** Stamps: `stated` carry their zone, `utc` have none and are UTC, `local` have none and `--tz` applies, `epoch` need none, `none` there is no stamp. */
  zone: z.enum(['stated', 'utc', 'local', 'either', 'epoch', 'none']),
  /** A line that begins a record of this format; text formats only. */
  start: text.optional(),
  /** May lines follow that belong to the record? Without them a record is handed on at once. */
  multiline: z.boolean().optional(),
  /** Lines that the patterns see, joined by a newline; they always belong together. */
  head_lines: z.number().int().min(1).max(4).default(1),
  patterns: z.array(text).max(16).default([]),
  detect: z
    .strictObject({
      all: z.record(z.string(), z.enum(['any', 'string', 'number', 'object', 'boolean'])).default({}),
      any: names,
      none: names,
    })
    .optional(),
  time: z.strictObject({ field: texts, layout: texts }).optional(),
  severity: z.strictObject({ field: texts, scale: z.string().default('words') }).optional(),
  message: texts.optional(),
  /** Message template with `{Name}` holes (messagetemplates.org), used where no rendered message is written. */
  template: texts.optional(),
  fields: z.record(z.string(), fieldTarget).default({}),
  speech: names,
  /** The message is what a remote party sent (a request line), so it says nothing. */
  silent: z.boolean().default(false),
  /** Structure at the end of the message: a JSON object, or `key=value` pairs. */
  trailing: z.enum(['none', 'json', 'pairs']).default('none'),
  /** The message ends where this literal first occurs; what follows is one field, or nginx's `key: value, key: "value"`. */
  tail: z.strictObject({ at: text, field: z.string().optional() }).optional(),
  /** Body made of attributes, `${http.request.method} ${url.path}`, for records without a message. */
  body: text.optional(),
  samples: z.array(sampleSchema).min(1).max(40),
})

export type FormatSource = z.output<typeof formatSchema>

export const vocabularySchema = z.strictObject({
  vocabulary: text,
  /** Named pieces of line patterns: `%{NAME}` and `%{NAME:group}`. */
  fragments: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), text),
  /** Objects that only hold other fields: `Properties.RequestId` is `RequestId`. */
  containers: names,
  time: names,
  severity: names,
  message: names,
  trace_id: names,
  span_id: names,
  drop: names,
  /** Objects of which only fields with a meaning are kept. */
  drop_under: names,
  attributes: z.array(
    z.strictObject({
      to: text,
      from: z.array(text).min(1).max(100),
      as: z.enum(CONVERSIONS).default('text'),
      speech: z.boolean().default(false),
    }),
  ),
  resource: z.record(z.string(), z.array(text)),
  /** Fields that hold an error object, or its text. */
  errors: names,
  /** Fields that hold a stack trace, or an error's type, beside the record's other fields. */
  stack: names,
  error_type: names,
  error_fields: z.strictObject({ type: names, message: names, stack: names, code: names, cause: names }),
  /** Fields in which software says why, besides message and errors. */
  speech: names,
  severity_words: z.record(z.string(), z.array(z.string())),
  scales: z.record(z.string(), z.record(z.string(), z.number().int().min(1).max(24))),
})

export type VocabularySource = z.output<typeof vocabularySchema>

/** One shape of message that is found inside many formats: `GET /x 401 3 ms`, `type="LOGIN_ERROR", realmId=…`. */
export const messageShapesSchema = z.strictObject({
  messages: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9-]+$/),
        writes: text,
        source: texts.optional(),
        /** Literals of which one must be in the message before anything else is tried. */
        contains: z.array(text).min(1).max(40),
        pattern: text.optional(),
        /** The message begins so; for pairs, which have no pattern to anchor them. */
        starts: text.optional(),
        /** The whole message is `key=value` pairs separated so. */
        pairs: z.enum(['comma', 'space']).optional(),
        fields: z.record(z.string(), fieldTarget).default({}),
        /** `none`: the message only repeats what was requested. `pairs`: only the pairs named in `says`. Default: all of it. */
        speech: z.enum(['all', 'none', 'pairs', 'group']).default('all'),
        says: names,
        samples: z.array(z.strictObject({ text, attributes: z.record(z.string(), scalar), speech: z.string() })).min(1),
      }),
    )
    .max(100),
})

export type MessageShapesSource = z.output<typeof messageShapesSchema>

/** A format, with what the build found out about it so that start-up need not: YAML cannot state these. */
export interface CompiledFormat extends FormatSource {
  /** Character codes with which its records begin; there only when its patterns were vetted. */
  first_codes?: number[]
}

export type CompiledShape = MessageShapesSource['messages'][number] & { vetted?: true }

/** What the build writes to formats.compiled.json: sources without their samples. */
export interface CompiledFormats {
  formats: CompiledFormat[]
  vocabulary: VocabularySource
  messages: CompiledShape[]
}
