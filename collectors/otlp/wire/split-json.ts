/**
 * A JSON export request taken apart without parsing it: where its spans or log records stand, and what is left without them,
 * each replaced by its number. Both together are JSON exactly if the whole is, since a record is one value wherever it stands;
 * so whoever parses the rest and each record (or proves it sound by looking) has left nothing unread.
 */
import { type JsonLimits, jsonProblem } from '../../push/json-problem.ts'
import { MalformedTelemetry } from '../telemetry.ts'
import type { Range } from './range.ts'

export interface SplitBody {
  records: Range[]
  /** JSON; in the place of each record stands its index in `records`. */
  rest: string
}

const OPEN_ARRAY = 91
const OPEN_OBJECT = 123
const COMMA = 44
/** body, resources, a resource, scopes, a scope, records, a record. */
const SHAPE = [OPEN_OBJECT, OPEN_ARRAY, OPEN_OBJECT, OPEN_ARRAY, OPEN_OBJECT, OPEN_ARRAY, OPEN_OBJECT]
const LIST = 6
const RECORD = 7

/** Null: a list of records holds something else than objects. @throws MalformedTelemetry where it is beyond a limit. */
export function splitJson(bytes: Buffer, limits: JsonLimits): SplitBody | null {
  const records: Range[] = []
  const pieces: string[] = []
  /** How many of the brackets that are open have the shape of a request, from the outermost on. */
  let shaped = 0
  /** What stands before this is in `pieces` or a record. */
  let split = 0
  /** Up to where the list in hand is known to hold records and commas only. */
  let clear = 0
  let start = -1
  let odd = false
  const problem = jsonProblem(bytes, limits, RECORD, (at, bracket, depth) => {
    if (bracket === OPEN_ARRAY || bracket === OPEN_OBJECT) {
      if (shaped >= depth) shaped = depth - 1
      if (shaped !== depth - 1 || SHAPE[depth - 1] !== bracket) return
      shaped = depth
      if (depth === LIST) clear = at + 1
      if (depth !== RECORD) return
      odd ||= !isBetween(bytes, clear, at)
      start = at
    } else if (depth === RECORD && start >= 0) {
      pieces.push(bytes.toString('utf8', split, start), String(records.length))
      records.push({ start, end: at + 1 })
      split = clear = at + 1
      start = -1
    } else if (depth === LIST && shaped >= LIST) {
      odd ||= !isBetween(bytes, clear, at)
      shaped = LIST - 1
    }
  })
  if (problem !== null) throw new MalformedTelemetry(problem)
  if (odd) return null
  pieces.push(bytes.toString('utf8', split))
  return { records, rest: pieces.join('') }
}

/** Nothing but what separates elements. */
function isBetween(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const c = bytes[i]
    if (c !== COMMA && c !== 32 && c !== 10 && c !== 13 && c !== 9) return false
  }
  return true
}
