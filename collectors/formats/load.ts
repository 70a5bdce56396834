/**
 * Finds formats: compiled ones (formats.compiled.json, written by the build so that start-up reads no YAML) or the YAML
 * files beside this one, plus the user's own folders. Meaning is format-set.ts's business.
 * A bad file is a problem in the set, never a reason to stop.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, extname, join } from 'node:path'
import type { CompiledFormats } from './format-schema.ts'
import { type FormatProblem, FormatSet } from './format-set.ts'

export { FormatSet }

/** Where the YAML of the built-in formats lies. */
export const FORMATS_FOLDER: string = import.meta.dirname
const COMPILED = 'formats.compiled.json'

/**
 * Formats of `dir` (default: the built-in ones), then those of the user's own folders; a user's format of a built-in name
 * replaces it. Problems are in `FormatSet.problems`.
 */
export function loadFormats(dir: string = FORMATS_FOLDER, own: readonly string[] = []): FormatSet {
  const compiled = join(dir, COMPILED)
  const base: CompiledFormats & { problems?: FormatProblem[] } = existsSync(compiled)
    ? (JSON.parse(readFileSync(compiled, 'utf8')) as CompiledFormats)
    : readFolder(dir)
  if (own.length === 0) return new FormatSet(base, base.problems)
  const more = own.filter((folder) => existsSync(folder)).map(readFolder)
  const fresh = more.flatMap((m) => m.formats)
  const names = new Set(fresh.map((f) => f.format))
  return new FormatSet(
    {
      vocabulary: base.vocabulary,
      formats: [...base.formats.filter((f) => !names.has(f.format)), ...fresh],
      messages: [...base.messages, ...more.flatMap((m) => m.messages)],
    },
    [...(base.problems ?? []), ...more.flatMap((m) => m.problems)],
  )
}

/** What the build writes beside the YAML. Throws when a built-in file has a problem: a broken build must not ship. */
export function compileFormats(dir: string = FORMATS_FOLDER): CompiledFormats {
  const { problems, ...read } = readFolder(dir)
  const set = new FormatSet(read, problems)
  if (set.problems.length > 0) throw new Error(set.problems.map((p) => `${p.file}: ${p.place}: ${p.text}`).join('\n'))
  return {
    vocabulary: read.vocabulary,
    formats: read.formats.map((f) => ({ ...f, samples: [], first_codes: set.firstCodesOf(f.format) })),
    messages: read.messages.map((m) => ({ ...m, samples: [], vetted: true })),
  }
}

/** A set from what `compileFormats` gave. */
export function formatsFrom(compiled: CompiledFormats): FormatSet {
  return new FormatSet(compiled)
}

/** The built-in formats with their samples, from the YAML even where a compiled file exists; for `authtop check`. */
export function loadFormatSources(dir: string = FORMATS_FOLDER): FormatSet {
  const read = readFolder(dir)
  return new FormatSet(read, read.problems)
}

const NO_VOCABULARY: CompiledFormats['vocabulary'] = {
  vocabulary: 'none',
  fragments: {},
  containers: [],
  time: [],
  severity: [],
  message: [],
  trace_id: [],
  span_id: [],
  drop: [],
  drop_under: [],
  attributes: [],
  resource: {},
  errors: [],
  stack: [],
  error_type: [],
  error_fields: { type: [], message: [], stack: [], code: [], cause: [] },
  speech: [],
  severity_words: {},
  scales: {},
}

function readFolder(dir: string): CompiledFormats & { problems: FormatProblem[] } {
  // Required, not imported: yaml and zod cost tens of milliseconds that a start from compiled formats should not pay.
  const { parseFormatFile } = createRequire(import.meta.url)(
    `./parse-format${extname(import.meta.filename)}`,
  ) as typeof import('./parse-format.ts')
  const all: CompiledFormats & { problems: FormatProblem[] } = {
    formats: [],
    vocabulary: NO_VOCABULARY,
    messages: [],
    problems: [],
  }
  for (const file of readdirSync(dir).sort()) {
    if (!/\.ya?ml$/.test(file)) continue
    const parsed = parseFormatFile(basename(file), readFileSync(join(dir, file), 'utf8'))
    all.problems.push(...parsed.problems)
    all.formats.push(...parsed.formats)
    if (parsed.vocabulary !== undefined) all.vocabulary = parsed.vocabulary
    if (parsed.messages !== undefined) all.messages.push(...parsed.messages)
  }
  return all
}
