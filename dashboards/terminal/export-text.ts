/**
 * A table as JSON, CSV or Markdown, for files people hand on. Pure; the caller writes the file.
 * Invariant: every row has a value for every column, and no control character is left in CSV or Markdown.
 */
import { csvOf } from '../report/csv.ts'
import { toPrintable } from './printable.ts'

export const EXPORT_FORMATS = [
  { format: 'json', letter: 'j', title: 'JSON', ending: 'json' },
  { format: 'csv', letter: 'c', title: 'CSV', ending: 'csv' },
  { format: 'markdown', letter: 'm', title: 'Markdown', ending: 'md' },
] as const

export type ExportFormat = (typeof EXPORT_FORMATS)[number]['format']

export type ExportValue = string | number | null

export interface ExportTable {
  /** What it shows, e.g. `incidents`; part of the file's name. */
  name: string
  columns: readonly string[]
  rows: readonly (readonly ExportValue[])[]
}

export function exportText({ columns, rows }: ExportTable, format: ExportFormat): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(
        rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null]))),
        null,
        2,
      )}\n`
    case 'csv':
      return csvOf(
        columns,
        rows.map((row) => row.map((value) => (typeof value === 'string' ? toPrintable(value) : value))),
      )
    case 'markdown':
      return [columns, columns.map(() => '---'), ...rows]
        .map((row) => `| ${row.map((value) => clean(value).replaceAll('|', '\\|')).join(' | ')} |\n`)
        .join('')
  }
}

function clean(value: ExportValue): string {
  return value === null ? '' : toPrintable(String(value))
}
