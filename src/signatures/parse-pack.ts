/**
 * From a pack's YAML text to signatures and their proofs; mistakes become problems with file, place and reason,
 * and cost only the signature they are in.
 */
import { parseDocument } from 'yaml'
import type { z } from 'zod'
import type { Cause, Subcause } from '../core/cause.ts'
import type { Confidence } from '../core/confidence.ts'
import { isTooDeep, TOO_DEEP } from '../core/too-deep.ts'
import { anchorCondition, demandsOf } from './anchor.ts'
import { expandRow } from './expand-row.ts'
import {
  causeProblem,
  listSchema,
  type PackSource,
  packSchema,
  type SignatureSource,
  signatureSchema,
} from './pack-schema.ts'
import { canBeFound } from './prefilter-of.ts'
import { wordsOfNouns } from './sense/words-of-sense.ts'
import type { Condition, Pack, Proof, Signature } from './signature.ts'
import { vetPattern } from './vet-pattern.ts'

export interface PackProblem {
  file: string
  /** `signatures.3.cause`, or the signature's id. */
  place: string
  text: string
}

export interface ParsedPack {
  pack: Pack | null
  problems: PackProblem[]
}

/** YAML anchors may multiply text ("billion laughs"); packs need none, so few are allowed. */
const MAX_ALIASES = 100

/** List name → its texts; see `listSchema`. */
export type Lists = ReadonlyMap<string, readonly string[]>

export function parsePack(file: string, yaml: string, lists: Lists = new Map()): ParsedPack {
  const { value, problem } = parseYaml(file, yaml)
  if (problem !== undefined) return { pack: null, problems: [problem] }
  const outer = packSchema.safeParse(value)
  if (!outer.success) return { pack: null, problems: zodProblems(file, '', outer.error) }

  const problems: PackProblem[] = []
  const packUnless = inFull(outer.data.unless, lists)
  if (packUnless.unknown !== undefined) problems.push({ file, place: 'unless', text: noSuchList(packUnless.unknown) })
  const signatures: Signature[] = []
  const proofs: Proof[] = []
  const seen = new Set<string>()
  const pieces = new Map<string, string>()
  for (const [name, text] of Object.entries(outer.data.words)) pieces.set(name, fillIn(text, pieces))
  const rows: { place: string; source: Record<string, unknown> }[] = [
    ...outer.data.signatures.map((source, i) => ({ place: `signatures.${i}`, source })),
    ...outer.data.tables.flatMap(({ rows: lines, ...template }, t) =>
      lines.map((line, r) => ({ place: `tables.${t}.rows.${r}`, source: expandRow(template, line) })),
    ),
  ]
  for (const { place, source } of rows) {
    const parsed = signatureSchema.safeParse(source)
    if (!parsed.success) {
      problems.push(...zodProblems(file, place, parsed.error))
      continue
    }
    const unless = inFull(parsed.data.unless, lists)
    const s = { ...parsed.data, ...spelledOut(parsed.data, pieces), unless: [...packUnless.texts, ...unless.texts] }
    const id = `${outer.data.pack}/${s.id}`
    const problem =
      causeProblem(s.outcome, s.cause, s.subcause) ??
      (seen.has(id) ? 'this id is used twice' : null) ??
      (s.pattern === undefined ? null : vetPattern(s.pattern, s.flags)) ??
      (s.also === undefined ? null : vetPattern(s.also, s.flags)) ??
      (unless.unknown === undefined ? null : noSuchList(unless.unknown)) ??
      senseProblem(s, outer.data.in) ??
      anchorProblem(s, outer.data.in) ??
      (s.examples.length > 0 ? null : 'has no example; a signature without proof is a guess')
    if (problem !== null) {
      problems.push({ file, place: `${place} (${id})`, text: problem })
      continue
    }
    seen.add(id)
    signatures.push(toSignature(id, s, outer.data))
    proofs.push({ id, examples: s.examples, not: s.not })
  }
  const { pack: name, title, system, versions, source } = outer.data
  return { pack: { name, title, system, versions, source, signatures, proofs }, problems }
}

/** The texts of a file of `lists/`, by the list's name. */
export function parseList(
  file: string,
  yaml: string,
): { list?: { name: string; texts: string[] }; problems: PackProblem[] } {
  const { value, problem } = parseYaml(file, yaml)
  if (problem !== undefined) return { problems: [problem] }
  const parsed = listSchema.safeParse(value)
  if (!parsed.success) return { problems: zodProblems(file, '', parsed.error) }
  return { list: { name: parsed.data.list, texts: parsed.data.texts }, problems: [] }
}

function parseYaml(file: string, yaml: string): { value?: unknown; problem?: PackProblem } {
  try {
    const document = parseDocument(yaml, { uniqueKeys: true, prettyErrors: true, merge: true })
    const first = document.errors[0]
    if (first !== undefined) return { problem: { file, place: 'yaml', text: first.message.split('\n')[0]! } }
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) }
  } catch (error) {
    return { problem: { file, place: 'yaml', text: isTooDeep(error) ? TOO_DEEP : (error as Error).message } }
  }
}

/** `{{name}}` → the texts of that list; the first one that no file defines is reported. */
function inFull(texts: readonly string[], lists: Lists): { texts: string[]; unknown?: string } {
  const full: string[] = []
  for (const text of texts) {
    const name = /^\{\{([a-z_]+)\}\}$/.exec(text)?.[1]
    const list = name === undefined ? [text] : lists.get(name)
    if (list === undefined) return { texts: full, unknown: text }
    full.push(...list)
  }
  return { texts: full }
}

function noSuchList(name: string): string {
  return `no file in lists/ defines ${name}`
}

/** `{{name}}` → the pack's piece of that name; an unknown one stays, and no text fits it. */
function fillIn(text: string, pieces: ReadonlyMap<string, string>): string {
  return text.replace(/\{\{([a-z_]+)\}\}/g, (whole, name: string) => pieces.get(name) ?? whole)
}

function spelledOut(
  { pattern, also }: SignatureSource,
  pieces: ReadonlyMap<string, string>,
): Pick<SignatureSource, 'pattern' | 'also'> {
  return {
    ...(pattern === undefined ? {} : { pattern: fillIn(pattern, pieces) }),
    ...(also === undefined ? {} : { also: fillIn(also, pieces) }),
  }
}

function senseProblem(s: SignatureSource, where: string): string | null {
  if (s.of === undefined && s.is === undefined) return null
  if (s.of === undefined || s.is === undefined) return '`of` and `is` go together'
  if (s.contains.length > 0 || s.any.length > 0)
    return 'is found by the words of `of`; `contains` and `any` have no place here'
  return (s.in ?? where) === 'words' ? null : '`of` and `is` are read off words: `in: words`'
}

function hasAnchor(s: SignatureSource): boolean {
  return (
    s.of !== undefined ||
    s.contains.length > 0 ||
    s.any.length > 0 ||
    anchorCondition({ contains: [], any: [], where: toConditions(s), in: 'speech' }) !== null
  )
}

/** `where`: where the pack looks. */
function anchorProblem(s: SignatureSource, where: string): string | null {
  const demands = demandsOf({
    contains: s.contains,
    any: s.of === undefined ? s.any : wordsOfNouns(s.of),
    where: toConditions(s),
    found_by: s.found_by,
    in: s.in ?? where,
  })
  if (demands.length === 0 || !hasAnchor(s)) return 'needs `contains`, `any` or an exact `where` to be found by'
  if (demands.some(({ texts }) => texts.every((text) => canBeFound(text.toLowerCase())))) return null
  return `cannot be found by "${demands[0]!.texts[0]}": at least three letters or digits in a row are needed`
}

function toSignature(id: string, s: SignatureSource, pack: PackSource): Signature {
  return {
    id,
    system: s.system ?? pack.system,
    symptom: s.says,
    kind: s.kind,
    outcome: s.outcome,
    cause: (s.cause ?? null) as Cause | null,
    subcause: (s.subcause ?? null) as Subcause | null,
    specificity: s.specificity,
    confidence: s.confidence ?? confidenceOf(s.specificity, s.cause),
    in: s.in ?? pack.in,
    contains: s.contains.map((t) => t.toLowerCase()),
    any: s.of === undefined ? s.any.map((t) => t.toLowerCase()) : wordsOfNouns(s.of),
    unless: s.unless.map((t) => t.toLowerCase()),
    ...(s.pattern === undefined ? {} : { pattern: s.pattern }),
    ...(s.also === undefined ? {} : { also: s.also }),
    ...(s.found_by.length === 0 ? {} : { found_by: s.found_by.map((t) => t.toLowerCase()) }),
    flags: s.flags,
    ...(s.of === undefined || s.is === undefined ? {} : { sense: { of: s.of, is: s.is } }),
    where: toConditions(s),
    ...(s.codes.length === 0 ? {} : { codes: s.codes.map((t) => t.toLowerCase()) }),
    ...(s.common ? { named_by: [s.system ?? pack.system, ...pack.names].map((t) => t.toLowerCase()) } : {}),
    fields: s.fields,
  }
}

/** "Expired" is what a wrong clock says too: one record alone never proves an expiry. */
function confidenceOf(specificity: number, cause: string | undefined): Confidence {
  return specificity >= 70 && cause !== 'expiry' ? 'certain' : specificity >= 40 ? 'likely' : 'possible'
}

/** `name: value`, `name: [values]`, `name: /pattern/`; `!name` negates. */
function toConditions(s: SignatureSource): Condition[] {
  return Object.entries(s.where).map(([name, values]) => {
    const negate = name.startsWith('!')
    const attribute = negate ? name.slice(1) : name
    const only = values[0]!
    const condition: Condition =
      values.length === 1 && only.length > 2 && only.startsWith('/') && only.endsWith('/')
        ? { attribute, pattern: only.slice(1, -1) }
        : { attribute, values }
    return negate ? { ...condition, negate } : condition
  })
}

function zodProblems(file: string, place: string, error: z.ZodError): PackProblem[] {
  return error.issues.map((issue) => ({
    file,
    place: [place, ...issue.path.map(String)].filter((p) => p !== '').join('.'),
    text: issue.message,
  }))
}
