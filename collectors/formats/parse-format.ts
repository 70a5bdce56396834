/**
 * Turns the text of a YAML file into a checked format, vocabulary or list of message shapes, or into problems that name
 * file, place and mistake. Loaded only where YAML is read: a built authtop starts from formats.compiled.json.
 */
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { isTooDeep, TOO_DEEP } from '../../src/core/too-deep.ts'
import {
  type FormatSource,
  formatSchema,
  type MessageShapesSource,
  messageShapesSchema,
  type VocabularySource,
  vocabularySchema,
} from './format-schema.ts'
import type { FormatProblem } from './format-set.ts'

/** No honest format comes near this; bytes. Also bounds what YAML aliases could expand. */
const FORMAT_SIZE_LIMIT = 1024 * 1024

interface ParsedFile {
  formats: FormatSource[]
  vocabulary?: VocabularySource
  messages?: MessageShapesSource['messages']
  problems: FormatProblem[]
}

/**
 * Required at run time by load.ts, so that no import shows it.
 * @public
 */
export function parseFormatFile(file: string, text: string): ParsedFile {
  const parsed: ParsedFile = { formats: [], problems: [] }
  if (text.length > FORMAT_SIZE_LIMIT) {
    parsed.problems.push({ file, place: '', text: `larger than ${FORMAT_SIZE_LIMIT} bytes` })
    return parsed
  }
  const lines = new LineCounter()
  let document: ReturnType<typeof parseDocument>
  try {
    document = parseDocument(text, { lineCounter: lines })
  } catch (error) {
    if (!isTooDeep(error)) throw error
    parsed.problems.push({ file, place: '', text: TOO_DEEP })
    return parsed
  }
  for (const error of document.errors)
    parsed.problems.push({
      file,
      place: `line ${lines.linePos(error.pos[0]).line}`,
      text: error.message.split('\n')[0]!,
    })
  if (parsed.problems.length > 0) return parsed
  let data: unknown
  try {
    data = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    parsed.problems.push({ file, place: '', text: isTooDeep(error) ? TOO_DEEP : (error as Error).message })
    return parsed
  }
  const check = <T extends z.ZodType>(schema: T): z.output<T> | undefined => {
    const result = schema.safeParse(data)
    if (result.success) return result.data
    for (const issue of result.error.issues) {
      const node = document.getIn(issue.path as (string | number)[], true) as
        | { range?: [number, number, number] }
        | undefined
      const line = node?.range === undefined ? '' : `line ${lines.linePos(node.range[0]).line}, `
      parsed.problems.push({ file, place: `${line}${issue.path.join('.') || 'top level'}`, text: issue.message })
    }
    return undefined
  }
  const kind = typeof data === 'object' && data !== null ? data : {}
  if ('vocabulary' in kind) {
    const vocabulary = check(vocabularySchema)
    if (vocabulary !== undefined) parsed.vocabulary = vocabulary
  } else if ('messages' in kind) {
    const shapes = check(messageShapesSchema)
    if (shapes !== undefined) parsed.messages = shapes.messages
  } else {
    const format = check(formatSchema)
    if (format !== undefined) parsed.formats.push(format)
  }
  return parsed
}
