/**
 * A report for terminals, pipes and the text part of mails: at most 100 columns of prose, tables as wide as they are.
 * Invariant: nothing a log line held reaches the terminal but through toPrintable; no colour, so that it can be pasted.
 */
import { sparkline } from '../sparkline.ts'
import { fitText, textWidth, toPrintable, wrapText } from '../terminal/printable.ts'
import type { Block, Column, Point, ReportDocument, Table } from './document.ts'

const WIDTH = 100

export function reportText(document: ReportDocument): string {
  const lines: string[] = [
    ...underlined(document.title, '='),
    document.subtitle,
    '',
    ...wrapText(toPrintable(document.summary), WIDTH),
    '',
  ]
  if (document.actions.points.length > 0) {
    lines.push(...underlined('What to do', '-'), ...pointLines(document.actions.points, true), '')
  }
  for (const { title, blocks } of document.sections) {
    lines.push(...underlined(title, '-'))
    for (const block of blocks) lines.push(...blockLines(block), '')
  }
  lines.push(document.footer)
  return `${lines.join('\n')}\n`
}

function blockLines(block: Block): string[] {
  switch (block.type) {
    case 'text':
      return wrapText(toPrintable(block.text), WIDTH)
    case 'points':
      return pointLines(block.points, block.ordered)
    case 'table':
      return tableLines(block)
    case 'chart':
      // The clock chart has several lines and no bars; its table is above.
      return block.spark.length === 0
        ? wrapText(toPrintable(block.caption), WIDTH)
        : [...wrapText(toPrintable(block.caption), WIDTH), sparkline(block.spark, Math.min(WIDTH, block.spark.length))]
  }
}

function pointLines(points: readonly Point[], ordered: boolean): string[] {
  return points.flatMap(({ title, worth, lines, command }, index) => {
    const mark = ordered ? `${index + 1}. ` : '- '
    const head = wrapText(toPrintable(worth === undefined ? title : `${title}: ${worth}`), WIDTH - mark.length)
    const rest = lines.flatMap((line) => wrapText(toPrintable(line), WIDTH - 3))
    return [
      ...head.map((row, i) => (i === 0 ? mark : ' '.repeat(mark.length)) + row),
      ...rest.map((row) => `   ${row}`),
      ...(command === undefined ? [] : [`   $ ${toPrintable(command)}`]),
    ]
  })
}

function tableLines({ caption, columns, rows }: Table): string[] {
  const cells = rows.map((row) => row.map(({ text }) => toPrintable(text)))
  return [toPrintable(caption), ...alignedTable(columns, cells)]
}

/** Cells longer than this are cut: one hostile name must not push a table off the screen; columns. */
const CELL_WIDTH = 48

function alignedTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, i) =>
    Math.min(CELL_WIDTH, Math.max(textWidth(title), ...rows.map((row) => textWidth(row[i] ?? '')))),
  )
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, i) => fitText(cells[i] ?? '', widths[i]!, align))
      .join('  ')
      .trimEnd()
  return [
    line(columns.map(({ title }) => title)),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...rows.map(line),
  ]
}

function underlined(title: string, mark: string): string[] {
  const text = toPrintable(title)
  return [text, mark.repeat(textWidth(text))]
}
