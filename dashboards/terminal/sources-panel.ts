/** The table of sources, and below it the one under the cursor in full: position, newest record, problem, what its lines are. */
import type { SourceStatus } from '../../src/core/source-status.ts'
import { formatCount } from '../format-number.ts'
import { formatAgo, formatInstant } from '../format-time.ts'
import type { PanelBox } from './layout.ts'
import { EMPTY_LINE, type Line, line, span } from './line.ts'
import { sourceProblem } from './source-words.ts'
import { SOURCES_TABLE } from './sources-table.ts'
import { orderedRows } from './table.ts'
import { tablePanel } from './table-panel.ts'
import type { View } from './view.ts'
import { cursorIndex } from './view-state.ts'

/** Rows for the source under the cursor: a rule and four facts; sample lines besides. */
const DETAIL_ROWS = 5
const SAMPLE_ROWS = 3
/** With fewer rows the list needs them all. */
const ROWS_FOR_DETAIL = 16

export function sourcesPanel(view: View, box: PanelBox): Line[] {
  const rows = orderedRows(SOURCES_TABLE, view) ?? []
  const detailed = box.height >= ROWS_FOR_DETAIL && rows.length > 0
  if (!detailed) return tablePanel(view, box, SOURCES_TABLE)
  // The same for all rows, so that the list stands still while the cursor moves.
  const below = DETAIL_ROWS + Math.min(SAMPLE_ROWS, Math.max(...rows.map(({ sample }) => sample?.length ?? 0)))
  const list = tablePanel(view, { ...box, height: box.height - below }, SOURCES_TABLE)
  const keys = rows.map((row) => row.stream)
  const detail = sourceDetail(view, rows[cursorIndex(view.state.cursors.sources, keys)]!, box.width)
  while (detail.length < below) detail.push(EMPTY_LINE)
  return [...list, ...detail.slice(0, below)]
}

function sourceDetail(view: View, source: SourceStatus, width: number): Line[] {
  const now_ms = view.model?.now_ms ?? 0
  const { records, cut_records, cut_bytes } = source.counters
  const problem = sourceProblem(source)
  const labels = [source.host, source.service].filter((label) => label !== undefined).join(' / ')
  const last = source.last_record_ms
  return [
    line(span('─'.repeat(width), 'dim')),
    line('  ', span(source.name, 'strong'), labels === '' ? '' : span(`  (${labels})`, 'dim')),
    problem === null ? line('  ', span('no problem', 'dim')) : line('  ', span(problem, 'warn')),
    line(
      `  records ${formatCount(records)}, read to byte ${formatCount(source.offset)}`,
      cut_records > 0 ? `, ${formatCount(cut_records)} cut (${formatCount(cut_bytes)} bytes dropped)` : '',
    ),
    line(
      `  newest record ${last === undefined ? 'without time' : `${formatInstant(last, view.zone)}, ${formatAgo(last, now_ms)}`}`,
      source.zone === undefined ? '' : `; stamps without a zone are read as ${source.zone}`,
    ),
    ...(source.sample ?? []).map((text) => line(span('  │ ', 'dim'), text)),
  ]
}
