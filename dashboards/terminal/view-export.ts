/**
 * What leaves the screen: the table under the cursor for `x`, the row or text for `y`, the whole view as text for `o`.
 * Invariant: nothing that leaves holds a control character but the newlines between its lines.
 */

import { CLOCKS_TABLE } from './clocks-table.ts'
import { type ExportTable, exportText } from './export-text.ts'
import { FINDINGS_TABLE } from './findings-table.ts'
import { INCIDENTS_TABLE } from './incidents-table.ts'
import { plainText } from './line.ts'
import { toPrintable } from './printable.ts'
import { exportOf, orderedRows } from './table.ts'
import { TABLES } from './tables.ts'
import { openText, type View } from './view.ts'
import { activePanel, cursorIndex, topText } from './view-state.ts'

/** Columns that are pictures, or said by another column. */
const DRAWN: ReadonlySet<string> = new Set(['trend', 'bar', 'mark'])

/** Null where there is nothing to write. */
export function exportedTable(view: View): ExportTable | null {
  const text = topText(view.state)
  if (text?.kind === 'sql') {
    const result = view.sql?.result
    if (result === undefined || result === null) return null
    return {
      name: 'sql',
      columns: result.columns,
      rows: result.rows.map((row) => row.map((value) => (typeof value === 'bigint' ? String(value) : value))),
    }
  }
  if (text?.kind === 'clock') {
    return exportOf(CLOCKS_TABLE, view.model?.clocks?.rows.filter(({ key }) => key === text.key) ?? [])
  }
  if (text?.kind === 'finding') {
    const rows = view.model?.findings ?? view.model?.standing ?? []
    return exportOf(
      FINDINGS_TABLE,
      rows.filter(({ key }) => key === text.key),
    )
  }
  if (text?.kind === 'incident') {
    const incident = view.model?.detail?.incident
    return incident === undefined ? null : exportOf(INCIDENTS_TABLE, [incident])
  }
  const table = TABLES[activePanel(view.state)]
  const rows = orderedRows(table, view)
  return rows === null ? null : exportOf(table, rows)
}

/** The open text, or the row under the cursor; null where there is neither. */
export function copiedText(view: View): string | null {
  const text = openText(view)
  if (text !== null) return linesOf(text)
  const table = TABLES[activePanel(view.state)]
  const rows = orderedRows(table, view) ?? []
  const row =
    rows[
      cursorIndex(
        view.state.cursors[table.panel],
        rows.map((each) => table.key(each)),
      )
    ]
  if (row === undefined) return null
  return table.columns
    .filter(({ id }) => !DRAWN.has(id))
    .map((column) => toPrintable(column.text(row, view)).trim())
    .filter((part) => part !== '')
    .join('  ')
}

/** The open text, or the whole table under the cursor. */
export function pagedText(view: View): string | null {
  const text = openText(view)
  if (text !== null) return `${linesOf(text)}\n`
  const table = exportedTable(view)
  return table === null ? null : exportText(table, 'markdown')
}

function linesOf(text: NonNullable<ReturnType<typeof openText>>): string {
  return text.map(plainText).join('\n')
}
