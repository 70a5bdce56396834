/** The answer to a question in SQL as scrolling text: a table, why there is none, or that it is being asked. */
import { formatQuantity } from '../format-number.ts'
import { EMPTY_LINE, type Line, line, span } from './line.ts'
import { toPrintable } from './printable.ts'
import { textTable } from './text-table.ts'
import type { SqlAnswer } from './view.ts'

export function sqlText(answer: SqlAnswer | null): Line[] {
  if (answer === null) return [line(span('No question was asked yet; ; asks one.', 'dim'))]
  const head = [line(span('SQL  ', 'title'), span(answer.query, 'accent')), EMPTY_LINE]
  if (answer.error !== null) {
    return [
      ...head,
      line(span(answer.error, 'bad')),
      EMPTY_LINE,
      line(span('Tables: incidents observations rollups rollups_hourly rollups_daily successes sources', 'dim')),
      line(span('unrecognised_records limits; docs/sql.md has every column. ; and ↑ bring the question back.', 'dim')),
    ]
  }
  if (answer.result === null) return [...head, line(span('Asking …', 'dim'))]
  const { columns, rows, truncated } = answer.result
  const table = textTable(
    columns.map(toPrintable),
    rows.map((row) => row.map((value) => toPrintable(value === null ? '' : String(value)))),
  )
  const count = `${formatQuantity(rows.length, 'row')}${truncated ? ', cut here: narrow the question down' : ''}`
  return [
    ...head,
    ...table
      .trimEnd()
      .split('\n')
      .map((text) => line(text)),
    EMPTY_LINE,
    line(span(count, 'dim')),
  ]
}
