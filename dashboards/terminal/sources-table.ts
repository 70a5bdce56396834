/** Where the records come from: per source its format, rate, counts, lag and problem. */

import { formatCount, formatCountWithin, formatRate, NO_FIGURE } from '../format-number.ts'
import { span } from './line.ts'
import type { SourceRow } from './model.ts'
import { cutTextFromLeft, fitText, toPrintable } from './printable.ts'
import { lagBytes, lagWords, sourceProblem } from './source-words.ts'
import type { Table } from './table.ts'
import type { Style } from './theme.ts'

export const SOURCES_TABLE: Table<SourceRow> = {
  panel: 'sources',
  title: 'Sources',
  natural: 'name',
  rows: ({ model }) => model?.sources ?? null,
  key: (row) => row.stream,
  nothing: () => 'Nothing is being read. Name log files on the command line: authtop /var/log/app/*.log',
  columns: [
    {
      id: 'name',
      head: 'Sources',
      width: 20,
      grow: 1,
      text: (row) => row.name,
      style: nameStyle,
      draw: (row, _, width) => [span(fitText(cutTextFromLeft(toPrintable(row.name), width), width), nameStyle(row))],
      order: (row) => row.name,
    },
    {
      id: 'format',
      head: 'format',
      width: 12,
      from: 72,
      text: (row) => row.format ?? 'not known',
      order: (row) => row.format ?? null,
    },
    {
      id: 'rate',
      head: 'records/s',
      width: 9,
      align: 'right',
      text: (row) => (row.records_per_second === null ? NO_FIGURE : formatRate(row.records_per_second)),
      order: (row) => row.records_per_second,
    },
    {
      id: 'records',
      head: 'records',
      width: 10,
      align: 'right',
      from: 90,
      text: (row) => formatCountWithin(row.counters.records, 10),
      order: (row) => row.counters.records,
    },
    {
      id: 'recognised',
      head: 'auth events',
      width: 11,
      align: 'right',
      text: (row) => formatCountWithin(row.counters.recognised, 11),
      style: () => 'strong',
      order: (row) => row.counters.recognised,
    },
    {
      id: 'dropped',
      head: 'cut',
      width: 6,
      align: 'right',
      from: 110,
      text: (row) => formatCount(row.counters.cut_records),
      order: (row) => row.counters.cut_records,
    },
    { id: 'behind', head: 'behind', width: 9, align: 'right', text: lagWords, order: lagBytes },
  ],
  exports: [
    { name: 'name', value: (row) => row.name },
    { name: 'format', value: (row) => row.format ?? null },
    { name: 'records_per_second', value: (row) => row.records_per_second },
    { name: 'lines', value: (row) => row.counters.lines },
    { name: 'records', value: (row) => row.counters.records },
    { name: 'recognised', value: (row) => row.counters.recognised },
    { name: 'cut_records', value: (row) => row.counters.cut_records },
    { name: 'cut_bytes', value: (row) => row.counters.cut_bytes },
    { name: 'offset', value: (row) => row.offset },
    { name: 'behind_bytes', value: lagBytes },
    { name: 'problem', value: sourceProblem },
  ],
}

function nameStyle(row: SourceRow): Style {
  return sourceProblem(row) === null ? 'plain' : 'warn'
}
