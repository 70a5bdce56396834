/** An object as a wrapper in JSON is read; total. */
export type JsonEntry = Readonly<Record<string, unknown>>

/** Null where the line is no JSON; told apart beforehand that it begins as an object. */
export function entryOf(line: string): JsonEntry | null {
  try {
    return JSON.parse(line) as JsonEntry
  } catch {
    return null
  }
}

/** What stands in an entry as an object; empty where it is none. */
export function objectOf(value: unknown): JsonEntry {
  return typeof value === 'object' && value !== null ? (value as JsonEntry) : {}
}
