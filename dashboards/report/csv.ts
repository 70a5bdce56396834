/**
 * Comma-separated values (RFC 4180). A cell that a spreadsheet would take for a formula (`=`, `+`, `-`, `@`, tab, CR at
 * its start, OWASP "CSV injection") gets a leading apostrophe, unless it is a plain number.
 */

export type CsvCell = string | number | bigint | null

export function csvOf(columns: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function cell(value: CsvCell): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+(?:\.\d+)?$/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) || safe !== value ? `"${safe.replaceAll('"', '""')}"` : safe
}
