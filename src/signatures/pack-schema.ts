/**
 * The shape of a pack file, checked with the place of the mistake. See docs/packs.md for the words in prose.
 * Reading a file's text is load.ts's business, expanding tables expand.ts's.
 */
import { z } from 'zod'
import { CAUSES, type Cause, isSubcauseOf } from '../core/cause.ts'
import { CONFIDENCES } from '../core/confidence.ts'
import { KINDS } from '../core/kind.ts'
import { FAULT_NAMES } from './sense/fault.ts'
import { NOUN_NAMES } from './sense/lexicon.ts'

const text = z.string().min(1).max(4000)
const texts = z.union([text.transform((t) => [t]), z.array(text).min(1).max(64)])
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const condition = z.union([scalar.transform((v) => [v]), z.array(scalar).min(1).max(400)])

const example = z.union([
  z.string().transform((t) => ({ text: t, gives: {} })),
  z.strictObject({
    text: z.string(),
    gives: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).default({}),
  }),
])

/** A literal shorter than this would be found everywhere and costs more than it tells; characters. */
export const LITERAL_MIN = 3

const literals = z
  .union([z.string().transform((t) => [t]), z.array(z.string())])
  .pipe(z.array(z.string().min(LITERAL_MIN).max(300)).max(1000))

export const signatureSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9_.{}-]*$/i, 'lower-case letters, digits, - _ .'),
  says: text,
  kind: z.enum(KINDS).default('validation'),
  outcome: z.enum(['success', 'failure']).default('failure'),
  cause: z.string().optional(),
  subcause: z.string().optional(),
  specificity: z.number().int().min(0).max(100).default(70),
  confidence: z.enum(CONFIDENCES).optional(),
  in: z.string().optional(),
  contains: literals.default([]),
  any: literals.default([]),
  unless: z.array(z.string().min(LITERAL_MIN).max(300)).max(200).default([]),
  found_by: literals.default([]),
  pattern: z.string().max(2000).optional(),
  also: z.string().max(2000).optional(),
  flags: z.enum(['', 'i', 's', 'm', 'is', 'im']).default(''),
  of: z.array(z.enum(NOUN_NAMES)).min(1).optional(),
  is: z.array(z.enum(FAULT_NAMES)).min(1).optional(),
  where: z.record(z.string(), condition).default({}),
  fields: z.record(z.string(), texts).default({}),
  examples: z.array(example).default([]),
  not: z.array(z.string()).default([]),
  system: z.string().optional(),
  /** Names by which `authtop explain` knows it too: an error's class or status beside the words it is found by. */
  codes: z
    .array(scalar.pipe(z.string().min(2).max(80)))
    .max(8)
    .default([]),
  /** Words that others write too: they name their emitter only where the record does so as well. */
  common: z.boolean().default(false),
})

export type SignatureSource = z.output<typeof signatureSchema>

const row = z.record(z.string(), z.unknown())

export const packSchema = z.strictObject({
  pack: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'lower-case letters, digits, - .'),
  title: text,
  system: text,
  versions: z.union([text, z.number()]).transform(String),
  source: texts,
  /** By what else a record tells who wrote it, for `common` signatures; the system's own name always counts. */
  names: z.array(z.string().min(LITERAL_MIN).max(60)).max(20).default([]),
  /** Where its signatures look unless they say otherwise. */
  in: z.string().default('speech'),
  /** Pieces of expressions by name; `{{name}}` in a pattern, or in a later piece, stands for them. */
  words: z.record(z.string().regex(/^[a-z_]+$/), z.string().max(2000)).default({}),
  /** Literals that rule out every signature of the pack: what merely talks about failures. */
  unless: z.array(z.string().min(LITERAL_MIN).max(300)).max(200).default([]),
  signatures: z.array(row).default([]),
  /** A table: one signature template, one row per code; `{column}` in the template's texts is filled in. */
  tables: z.array(z.looseObject({ rows: z.array(row).min(1).max(2000) })).default([]),
})

export type PackSource = z.output<typeof packSchema>

/** A file of `lists/` beside packs: literals that several packs rule out; in their `unless`, `{{name}}` stands for all of them. */
export const listSchema = z.strictObject({
  list: z.string().regex(/^[a-z_]+$/, 'lower-case letters, _'),
  texts: z.array(z.string().min(LITERAL_MIN).max(300)).min(1).max(200),
})

/** Why cause and subcause do not fit, or null when they do. */
export function causeProblem(outcome: string, cause: string | undefined, subcause: string | undefined): string | null {
  if (outcome === 'success') return cause === undefined && subcause === undefined ? null : 'a success has no cause'
  if (cause === undefined || subcause === undefined) return 'a failure needs cause and subcause'
  if (!Object.hasOwn(CAUSES, cause)) return `no such cause "${cause}"; there are ${Object.keys(CAUSES).join(', ')}`
  if (!isSubcauseOf(cause as Cause, subcause))
    return `"${subcause}" is no subcause of ${cause}; there are ${CAUSES[cause as Cause].join(', ')}`
  return null
}
