/**
 * All formats, compiled to what the assembler and the decoder run: patterns, time layouts, field plans, in the order in
 * which they are tried. A format with a mistake is left out and named in `problems`; the others go on.
 * Invariant: every pattern in here has passed vet-pattern.ts, so its running time grows with the line's length only.
 */
import { FieldPlan } from '../decode/field-plan.ts'
import { compileVocabulary, type FieldWords } from '../decode/field-words.ts'
import { compileScale, type SeverityScale } from '../decode/severity.ts'
import { compileTimeLayout, type TimeLayout } from '../decode/time-layout.ts'
import { compilePattern } from './compile-pattern.ts'
import type { CompiledFormat, CompiledFormats, FormatSource, VocabularySource } from './format-schema.ts'
import { compileMessageShapes, type MessageShapes } from './message-shapes.ts'
import { firstCodes } from './vet-pattern.ts'

export interface FormatProblem {
  file: string
  /** Where in the file: a line, a field, a sample. */
  place: string
  text: string
}

type ObjectTest = (value: Readonly<Record<string, unknown>>) => boolean

export interface Format {
  name: string
  kind: FormatSource['kind']
  priority: number
  /** A line that begins a record; null for structured kinds. */
  start: RegExp | null
  multiline: boolean
  patterns: readonly RegExp[]
  /** Lines that the patterns see. */
  headLines: number
  /** Does a parsed object have the fields that tell this format? */
  fits: ObjectTest
  plan: FieldPlan
  times: readonly TimeLayout[]
  scale: SeverityScale
  /** The message is a remote party's. */
  silent: boolean
  trailing: FormatSource['trailing']
  /** Literal at which the message ends, and the field that follows it; null: nginx's `key: value` list. */
  tail: { at: string; field: string | null } | null
  body: readonly (string | { attribute: string })[] | null
  source: CompiledFormat
}

export class FormatSet {
  readonly formats: readonly Format[]
  readonly json: readonly Format[]
  readonly logfmt: readonly Format[]
  readonly text: readonly Format[]
  readonly messages: MessageShapes
  /** Text formats whose records may begin with a character, by its code (128: any other), in the order to try them. */
  readonly startsWith: readonly (readonly Format[])[]
  readonly problems: readonly FormatProblem[]
  /** For records that no format fits. */
  readonly plain: Format

  constructor(compiled: CompiledFormats, problems: readonly FormatProblem[] = []) {
    const found: FormatProblem[] = [...problems]
    const { vocabulary } = compiled
    const formats: Format[] = []
    const words = compileVocabulary(vocabulary)
    const scales = new Map<string, SeverityScale>()
    for (const source of compiled.formats) {
      try {
        if (formats.some((f) => f.name === source.format))
          throw new RangeError('a format of this name is there already')
        formats.push(compileFormat(source, vocabulary, words, scales))
      } catch (error) {
        found.push({ file: `${source.format}.yaml`, place: source.format, text: (error as Error).message })
      }
    }
    formats.sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1))
    this.formats = formats
    this.json = formats.filter((f) => f.kind === 'json')
    this.logfmt = formats.filter((f) => f.kind === 'logfmt')
    this.text = formats.filter((f) => f.kind === 'text')
    const firsts = this.text.map((format) => ({
      format,
      codes: new Set(format.source.first_codes ?? firstCodes(format.start!.source)),
    }))
    this.startsWith = Array.from({ length: 129 }, (_, code) =>
      firsts.filter(({ codes }) => codes.has(code)).map(({ format }) => format),
    )
    this.plain = compileFormat(PLAIN, vocabulary, words, scales)
    this.messages = compileMessageShapes(compiled.messages, vocabulary, words, (place, text) =>
      found.push({ file: 'messages.yaml', place, text }),
    )
    this.problems = found
  }

  /** Codes of the characters with which records of a text format may begin. */
  firstCodesOf(name: string): number[] {
    return this.startsWith.flatMap((formats, code) => (formats.some((f) => f.name === name) ? [code] : []))
  }
}

const PLAIN: FormatSource = {
  format: 'text',
  title: 'text of no known layout',
  writes: 'anything',
  source: [],
  kind: 'text',
  priority: 0,
  zone: 'none',
  head_lines: 1,
  patterns: [],
  fields: {},
  speech: [],
  silent: false,
  trailing: 'none',
  samples: [],
}

function compileFormat(
  source: CompiledFormat,
  vocabulary: VocabularySource,
  words: FieldWords,
  scales: Map<string, SeverityScale>,
): Format {
  const scaleName = source.severity?.scale ?? 'words'
  if (scaleName !== 'words' && !Object.hasOwn(vocabulary.scales, scaleName))
    throw new RangeError(
      `severity.scale: no scale "${scaleName}"; there are words, ${Object.keys(vocabulary.scales).join(', ')}`,
    )
  let scale = scales.get(scaleName)
  if (scale === undefined) {
    scale = compileScale(scaleName, vocabulary)
    scales.set(scaleName, scale)
  }
  const vetted = source.first_codes !== undefined
  const patterns = source.patterns.map((p, i) => compilePattern(p, vocabulary, `patterns.${i}`, vetted))
  if (source.kind === 'text' && source.format !== 'text') {
    if (source.start === undefined) throw new RangeError('start: a text format says how its records begin')
    if (patterns.length === 0) throw new RangeError('patterns: a text format has at least one')
  } else if (patterns.length > 0) throw new RangeError('patterns: only text formats have them')
  return {
    name: source.format,
    kind: source.kind,
    priority: source.priority,
    start: source.start === undefined ? null : compilePattern(source.start, vocabulary, 'start', vetted),
    multiline: source.multiline ?? source.kind === 'text',
    patterns,
    headLines: source.head_lines,
    fits: compileTest(source),
    plan: new FieldPlan(words, source),
    times: (source.time?.layout ?? ['iso', 'epoch'])
      .map(compileTimeLayout)
      .map((layout) => (source.zone === 'utc' ? inUtc(layout) : layout)),
    scale,
    silent: source.silent,
    trailing: source.trailing,
    tail: source.tail === undefined ? null : { at: source.tail.at, field: source.tail.field ?? null },
    body: source.body === undefined ? null : compileBody(source.body),
    source,
  }
}

function compileTest({ detect }: FormatSource): ObjectTest {
  if (detect === undefined) return () => true
  const all = Object.entries(detect.all).map(([name, type]) => ({ read: reader(name), type }))
  const any = detect.any.map(reader)
  const none = detect.none.map(reader)
  return (value) => {
    for (const { read, type } of all) {
      const found = read(value)
      if (found === undefined || (type !== 'any' && typeof found !== type)) return false
    }
    for (const read of none) if (read(value) !== undefined) return false
    if (any.length === 0) return true
    for (const read of any) if (read(value) !== undefined) return true
    return false
  }
}

/** `log.level` is read as that key, or as `level` inside `log`. */
function reader(name: string): (value: Readonly<Record<string, unknown>>) => unknown {
  const dot = name.indexOf('.')
  if (dot < 0) return (value) => (Object.hasOwn(value, name) ? value[name] : undefined)
  const outer = name.slice(0, dot)
  const inner = reader(name.slice(dot + 1))
  return (value) => {
    if (Object.hasOwn(value, name)) return value[name]
    const object = Object.hasOwn(value, outer) ? value[outer] : undefined
    return typeof object === 'object' && object !== null ? inner(object as Record<string, unknown>) : undefined
  }
}

function compileBody(template: string): Format['body'] {
  return template.split(/\$\{([^}]+)\}/).map((part, i) => (i % 2 === 0 ? part : { attribute: part }))
}

/** A stamp without a zone is UTC, whatever zone the logs around it are in. */
function inUtc(layout: TimeLayout): TimeLayout {
  return (value, _zone, reference_ms) => {
    const stamp = layout(value, () => 0, reference_ms)
    return stamp === null ? null : { ...stamp, naive: false }
  }
}
