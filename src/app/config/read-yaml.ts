/** Reads a YAML file against a schema; every mistake comes with its line and, for a mistyped name, the nearest right one. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { closestName } from '../../core/closest-name.ts'
import { ConfigError, type ConfigMistake } from './config-mistake.ts'

/** YAML anchors may multiply text ("billion laughs"). */
const MAX_ALIASES = 100

/** Throws {@link ConfigError}. `extra`: further checks with the place they are about. */
export function readYaml<T>(
  file: string,
  text: string,
  schema: z.ZodType<T>,
  extra: (value: T) => { path: PropertyKey[]; text: string }[] = () => [],
): T {
  const lines = new LineCounter()
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: false, lineCounter: lines })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  if (document.errors.length > 0)
    throw new ConfigError(
      document.errors.map((e) => ({ file, ...at(e.pos[0]), path: '', text: `no valid YAML: ${e.message}` })),
    )
  const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {}
  const parsed = schema.safeParse(value)
  const place = (path: readonly PropertyKey[]) => ({ ...at(offsetOf(document, path)), path: pathText(path) })
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.flatMap((issue) => mistakesOf(file, issue, schema, value, place)))
  const further = extra(parsed.data).map(({ path, text: words }) => ({ file, ...place(path), text: words }))
  if (further.length > 0) throw new ConfigError(further)
  return parsed.data
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
  return [{ file, ...place(issue.path), text: issue.message }]
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
  return places.flatMap((s) => Object.keys(s.properties ?? {}))
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
