/** Reads a YAML file against a schema; every mistake comes with its line and, for a mistyped name, the nearest right one. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { closestName } from '../../core/closest-name.ts'
import { isTooDeep, TOO_DEEP } from '../../core/too-deep.ts'
import { ConfigError, type ConfigMistake } from './config-mistake.ts'

/** YAML anchors may multiply text ("billion laughs"). */
const MAX_ALIASES = 100

type Extra<T> = (value: T) => { path: PropertyKey[]; text: string }[]

/** Throws {@link ConfigError}. `extra`: further checks with the place they are about. */
export function readYaml<T>(file: string, text: string, schema: z.ZodType<T>, extra: Extra<T> = () => []): T {
  return readPlacedYaml(file, text, schema, extra).value
}

/** The same, with the place of every setting for whoever finds fault with it later. */
export function readPlacedYaml<T>(
  file: string,
  text: string,
  schema: z.ZodType<T>,
  extra: Extra<T> = () => [],
): { value: T; place: Place } {
  const lines = new LineCounter()
  const document = orMistake(file, () =>
    parseDocument(text, { uniqueKeys: true, prettyErrors: false, lineCounter: lines }),
  )
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  if (document.errors.length > 0)
    throw new ConfigError(
      document.errors.map((e) => ({ file, ...at(e.pos[0]), path: '', text: `no valid YAML: ${e.message}` })),
    )
  const value = plainOf(file, document) ?? {}
  const parsed = schema.safeParse(value)
  const place = (path: readonly PropertyKey[]) => ({ ...at(offsetOf(document, path)), path: pathText(path) })
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.flatMap((issue) => mistakesOf(file, issue, schema, value, place)))
  const further = extra(parsed.data).map(({ path, text: words }) => ({ file, ...place(path), text: words }))
  if (further.length > 0) throw new ConfigError(further)
  return { value: parsed.data, place }
}

/** An alias without its anchor, and more text than the aliases may make, come to light only here. */
function plainOf(file: string, document: Document): unknown {
  return orMistake(file, () => document.toJS({ maxAliasCount: MAX_ALIASES }))
}

function orMistake<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const tooDeep = isTooDeep(error)
    if (!tooDeep && !(error instanceof ReferenceError)) throw error
    const text = `no valid YAML: ${tooDeep ? TOO_DEEP : (error as Error).message}`
    throw new ConfigError([{ file, line: 1, column: 1, path: '', text }])
  }
}

type Place = (path: readonly PropertyKey[]) => Pick<ConfigMistake, 'line' | 'column' | 'path'>

function mistakesOf(
  file: string,
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  value: unknown,
  place: Place,
): ConfigMistake[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path, value)
    return issue.keys.map((key) => {
      const near = closestName(key, known)
      return {
        file,
        ...place([...issue.path, key]),
        text: `unknown setting "${key}"${near === null ? '' : `; did you mean "${near}"?`}`,
      }
    })
  }
  if (issue.code === 'invalid_value') {
    const given = dig(value, issue.path)
    const options = issue.values.map(String)
    const near = typeof given === 'string' ? closestName(given, options) : null
    return [
      {
        file,
        ...place(issue.path),
        text: `must be one of ${options.join(', ')}${near === null ? '' : `; did you mean "${near}"?`}`,
      },
    ]
  }
  if (issue.code === 'invalid_type' && dig(value, issue.path) === undefined)
    return [{ file, ...place(issue.path), text: 'is missing' }]
  if (issue.code === 'invalid_union') return unionMistakes(file, issue, schema, value, place)
  return [{ file, ...place(issue.path), text: issue.message }]
}

/** Of alternatives the one that was meant is the one whose kind of value was given: its mistakes are told. */
function unionMistakes(
  file: string,
  issue: z.core.$ZodIssueInvalidUnion,
  schema: z.ZodType,
  value: unknown,
  place: Place,
): ConfigMistake[] {
  const isOtherKind = (i: z.core.$ZodIssue) =>
    i.path.length === 0 && (i.code === 'invalid_type' || i.code === 'invalid_value')
  const meant = issue.errors.find((issues) => issues.length > 0 && !issues.some(isOtherKind))
  if (meant !== undefined)
    return meant.flatMap((i) => mistakesOf(file, { ...i, path: [...issue.path, ...i.path] }, schema, value, place))
  const { discriminator } = issue
  if (discriminator !== undefined) {
    // The path ends with the setting that tells them apart.
    const options = discriminatorValues(schema, issue.path.slice(0, -1), discriminator, value)
    const given = dig(value, issue.path)
    const near = typeof given === 'string' ? closestName(given, options) : null
    const guess = near === null ? '' : `; did you mean "${near}"?`
    return [{ file, ...place(issue.path), text: `must be one of ${options.join(', ')}${guess}` }]
  }
  const kinds = issue.errors.flat().flatMap((i) => {
    if (i.code === 'invalid_value') return i.values.map(String)
    return i.code === 'invalid_type' ? [KIND_WORDS[i.expected] ?? i.expected] : []
  })
  if (kinds.length === 0) return [{ file, ...place(issue.path), text: issue.message }]
  const given = dig(value, issue.path)
  if (given === undefined) return [{ file, ...place(issue.path), text: 'is missing' }]
  const near = typeof given === 'string' ? closestName(given, kinds) : null
  const guess = near === null ? '' : `; did you mean "${near}"?`
  return [{ file, ...place(issue.path), text: `must be ${[...new Set(kinds)].join(' or ')}${guess}` }]
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a text',
  number: 'a number',
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  const?: unknown
}

/** Settings that may stand at a path; for suggestions. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  return schemasAt(schema, path, value).flatMap((s) => Object.keys(s.properties ?? {}))
}

/** What the setting that tells alternatives apart may say. */
function discriminatorValues(schema: z.ZodType, path: readonly PropertyKey[], name: string, value: unknown): string[] {
  const values = schemasAt(schema, path, value).flatMap((s) => s.properties?.[name]?.const ?? [])
  return values.map(String)
}

function schemasAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): JsonSchema[] {
  let places: JsonSchema[] = [z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema]
  const alternatives = (s: JsonSchema, given: unknown): JsonSchema[] => {
    const all = (s.anyOf ?? s.oneOf)?.flatMap((o) => alternatives(o, given)) ?? [s]
    const type = (given as { type?: unknown } | null)?.type
    const meant = all.filter((o) => type !== undefined && o.properties?.type?.const === type)
    return meant.length > 0 ? meant : all
  }
  for (let n = 0; n <= path.length; n++) {
    places = places.flatMap((s) => alternatives(s, dig(value, path.slice(0, n))))
    if (n === path.length) break
    const key = path[n]!
    places = places.flatMap((s) => {
      const next = typeof key === 'number' ? s.items : (s.properties?.[String(key)] ?? s.additionalProperties)
      return typeof next === 'object' ? [next] : []
    })
  }
  return places
}

function dig(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (v, key) => (typeof v === 'object' && v !== null ? (v as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  )
}

/** Where a path's key (or the nearest thing around it) begins. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let n = path.length; n > 0; n--) {
    const parent = n === 1 ? document.contents : document.getIn(path.slice(0, n - 1) as string[], true)
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(path[n - 1]))
      if (pair !== undefined && isScalar(pair.key) && pair.key.range != null) return pair.key.range[0]
    }
    const node = document.getIn(path.slice(0, n) as string[], true)
    if (isNode(node) && node.range != null) return node.range[0]
  }
  return document.contents?.range?.[0] ?? 0
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`))
    .join('')
}
