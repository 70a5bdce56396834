/**
 * Lines as winston 3 writes them with `format.combine(errors({ stack: true }), timestamp(), json())`, or `simple()`
 * in place of `json()`. winston itself is no dependency of the product, so its layout is rebuilt here (logform's
 * json.js, simple.js and errors.js; keys sorted by safe-stable-stringify); a test compares both with the real one.
 */

export type WinstonLevel = 'error' | 'warn' | 'info' | 'debug'
type Fields = Readonly<Record<string, unknown>>

export interface WinstonEntry {
  level: WinstonLevel
  message: string
  /** ISO 8601 by the writer's clock. */
  timestamp: string
  /** `defaultMeta`, child bindings and the fields of the call. */
  fields: Fields
  /** An error given as the last argument: winston adds its text to the message and its properties to the fields. */
  error?: Error
}

/** `format.json()`: one object, keys in alphabetical order at every depth. */
export function winstonJson(entry: WinstonEntry): string {
  return `${JSON.stringify(sorted({ level: entry.level, message: messageOf(entry), ...restOf(entry) }))}\n`
}

/** `format.simple()`: level, message, then all else as JSON. */
export function winstonSimple(entry: WinstonEntry): string {
  return `${entry.level}: ${messageOf(entry)} ${JSON.stringify(sorted(restOf(entry)))}\n`
}

function messageOf({ message, error }: WinstonEntry): string {
  return error === undefined ? message : `${message} ${error.message}`
}

function restOf({ fields, error, timestamp }: WinstonEntry): Fields {
  if (error === undefined) return { ...fields, timestamp }
  const { cause, stack } = error
  return { ...fields, ...error, ...(cause === undefined ? {} : { cause }), stack, timestamp }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
