/** Wrapped text for the scrolling views: a lead before the first row, blanks of its width before the others. */
import { type Line, line, type Span, span } from './line.ts'
import { toPrintable, wrapText } from './printable.ts'

const LABEL_COLUMNS = 18

export function paragraph(text: string, columns: number, lead: string, style?: Span['style']): Line[] {
  return wrapText(toPrintable(text), columns - lead.length).map((row, i) =>
    line(
      span(i === 0 || lead.trim() === '│' ? lead : ' '.repeat(lead.length), 'dim'),
      style === undefined ? row : span(row, style),
    ),
  )
}

export function labelled(label: string, text: string, columns: number): Line[] {
  return paragraph(text, columns, `  ${label.padEnd(LABEL_COLUMNS)} `)
}
