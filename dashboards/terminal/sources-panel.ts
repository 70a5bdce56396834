/** Where the records come from: per source its format, counts, lag and problem; below, the one under the cursor in full. */
import type { SourceStatus } from '../../src/core/source-status.ts'
import { formatCount } from '../format-number.ts'
import { formatAgo, formatInstant } from '../format-time.ts'
import type { PanelBox } from './layout.ts'
import { cell, EMPTY_LINE, type Line, line, span } from './line.ts'
import { MARKER_COLUMNS, panelLines } from './panel.ts'
import { lagWords, sourceProblem } from './source-words.ts'
import type { View } from './view.ts'
import { cursorIndex } from './view-state.ts'

const FORMAT = { width: 14 }
const FIGURE = { width: 12, align: 'right' } as const
const LAG = { width: 10, align: 'right' } as const
/** Rows for the source under the cursor: a rule, five facts, three sample lines. */
const DETAIL_ROWS = 9
/** With fewer rows the list needs them all. */
const ROWS_FOR_DETAIL = 16

export function sourcesPanel(view: View, box: PanelBox): Line[] {
  const rows = view.model?.sources ?? []
  const detailed = box.height >= ROWS_FOR_DETAIL && rows.length > 0
  const height = detailed ? box.height - DETAIL_ROWS : box.height
  const name = { width: box.width - MARKER_COLUMNS - FORMAT.width - 2 * FIGURE.width - LAG.width - 1 }
  const list = panelLines(
    view,
    { ...box, height },
    {
      heads: [
        cell('Sources', name, 'title'),
        { text: ' ' },
        cell('format', FORMAT),
        cell('lines', FIGURE),
        cell('auth events', FIGURE),
        cell('behind', LAG),
      ],
      keys: rows.map((source) => source.stream),
      nothing: 'Nothing is being read. Name log files on the command line: authtop /var/log/app/*.log',
      row(index) {
        const source = rows[index]!
        return [
          cell(source.name, name, sourceProblem(source) === null ? 'plain' : 'warn'),
          { text: ' ' },
          cell(source.format ?? 'not known', FORMAT),
          cell(formatCount(source.counters.lines), FIGURE),
          cell(formatCount(source.counters.recognised), FIGURE, 'strong'),
          cell(lagWords(source), LAG),
        ]
      },
    },
  )
  if (!detailed) return list
  const source =
    rows[
      cursorIndex(
        view.state.cursors.sources,
        rows.map((row) => row.stream),
      )
    ]!
  const detail = sourceDetail(view, source, box.width)
  while (detail.length < DETAIL_ROWS) detail.push(EMPTY_LINE)
  return [...list, ...detail.slice(0, DETAIL_ROWS)]
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
