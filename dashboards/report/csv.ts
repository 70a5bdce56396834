/**
 * Comma-separated values (RFC 4180). A cell that a spreadsheet would take for a formula (`=`, `+`, `-`, `@`, tab, CR at
 * its start, OWASP "CSV injection") gets a leading apostrophe; a name like `+1` too, which would be shown as another. Numbers
 * are no text.
 */

export type CsvCell = string | number | bigint | null

export function csvOf(columns: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

/** Moves a cursor, turns text round or hides in it; `cat report.csv` is as usual as a spreadsheet. Line breaks and tabs may stand in a quoted cell. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

function cell(given: CsvCell): string {
  if (given === null) return ''
  if (typeof given !== 'string') return String(given)
  const value = given.replace(CONTROL, '\ufffd')
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) || safe !== value ? `"${safe.replaceAll('"', '""')}"` : safe
}
