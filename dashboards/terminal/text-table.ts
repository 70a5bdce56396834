/** A plain table for terminals and pipes: columns as wide as their widest cell, wide characters counted as drawn. */
import stringWidth from 'string-width'

export function textTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((name, i) =>
    rows.reduce((w, row) => Math.max(w, stringWidth(row[i] ?? '')), stringWidth(name)),
  )
  const line = (cells: readonly string[]) =>
    widths
      .map((width, i) => (cells[i] ?? '') + ' '.repeat(Math.max(0, width - stringWidth(cells[i] ?? ''))))
      .join('  ')
      .trimEnd()
  return `${[line(columns), line(widths.map((w) => '─'.repeat(w))), ...rows.map(line)].join('\n')}\n`
}
