/**
 * SQL texts with values in them. The one place where a value becomes SQL: everything that is not made here from a number or an
 * escaped text is written in our sources. Names of tables and columns are never values.
 */

/** A piece of SQL that is written by us. */
export class Sql {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Value = string | number | Sql | readonly (string | number)[]

/** `sql\`… ${value} …\``: texts are quoted, lists become `('a', 'b')`, other SQL is taken as it is. */
export function sql(parts: TemplateStringsArray, ...values: readonly Value[]): Sql {
  let text = parts[0]!
  values.forEach((value, i) => {
    text += toText(value) + parts[i + 1]!
  })
  return new Sql(text)
}

export function join(pieces: readonly Sql[], between: string): Sql {
  return new Sql(pieces.map(({ text }) => text).join(between))
}

function toText(value: Value): string {
  if (value instanceof Sql) return value.text
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return whole(value)
  // An empty list is written as one that holds nothing any column may be.
  return value.length === 0
    ? '(NULL)'
    : `(${value.map((one) => (typeof one === 'string' ? quote(one) : whole(one))).join(', ')})`
}

/** ClickHouse reads backslash escapes in literals (docs: SQL reference, syntax, string); a bare NUL ends a statement for some clients. */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`
}

function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`no whole number for SQL: ${value}`)
  return String(value)
}
