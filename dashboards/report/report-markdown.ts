/**
 * A report to paste into GitHub, GitLab, Confluence or Slack: CommonMark with GitHub's tables.
 * Invariant: text from logs stays text: every character that could begin markup, HTML, a mention or a link is escaped or
 * stands in code, control and direction characters are made visible, and nothing breaks out of a table cell.
 */
import { sparkline } from '../sparkline.ts'
import { toPrintable } from '../terminal/printable.ts'
import type { Block, Point, ReportDocument, Table } from './document.ts'

/** Bars of a sparkline that fit a line of prose. */
const SPARK_WIDTH = 100

export function reportMarkdown(document: ReportDocument): string {
  const parts: string[] = [
    `# ${escapeMarkdown(document.title)}`,
    escapeMarkdown(document.subtitle),
    escapeMarkdown(document.summary),
    document.headlines
      .map(
        ({ value, label, note }) =>
          `- **${escapeMarkdown(value)}** ${escapeMarkdown(label)}${note === '' ? '' : ` (${escapeMarkdown(note)})`}`,
      )
      .join('\n'),
  ]
  if (document.actions.points.length > 0) parts.push('## What to do', pointList(document.actions.points, true))
  for (const { title, blocks } of document.sections) {
    parts.push(`## ${escapeMarkdown(title)}`, ...blocks.map(blockText))
  }
  parts.push(`_${escapeMarkdown(document.footer)}_`)
  return `${parts.join('\n\n')}\n`
}

function blockText(block: Block): string {
  switch (block.type) {
    case 'text':
      return escapeMarkdown(block.text)
    case 'points':
      return pointList(block.points, block.ordered)
    case 'table':
      return tableText(block)
    case 'chart':
      return block.spark.length === 0
        ? escapeMarkdown(block.caption)
        : `${escapeMarkdown(block.caption)}\n\n${codeSpan(sparkline(block.spark, Math.min(SPARK_WIDTH, block.spark.length)))}`
  }
}

function pointList(points: readonly Point[], ordered: boolean): string {
  return points
    .map(({ title, worth, lines, command }, index) => {
      const mark = ordered ? `${index + 1}. ` : '- '
      const indent = ' '.repeat(mark.length)
      return [
        `${mark}**${escapeMarkdown(title)}**${worth === undefined ? '' : `: ${escapeMarkdown(worth)}`}`,
        ...lines.map((line) => `${indent}- ${escapeMarkdown(line)}`),
        ...(command === undefined ? [] : [`${indent}- ${codeSpan(command)}`]),
      ].join('\n')
    })
    .join('\n')
}

function tableText({ caption, columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    `**${escapeMarkdown(caption)}**\n`,
    line(columns.map(({ title }) => escapeMarkdown(title))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(({ text }) => cellText(text)))),
  ].join('\n')
}

/** Leading blanks show that a row belongs to the one above; in Markdown a character has to. */
function cellText(text: string): string {
  return text.startsWith('  ') ? `↳ ${escapeMarkdown(text.trimStart())}` : escapeMarkdown(text)
}

/**
 * Text that CommonMark (0.31 §2.4) and the platforms on top of it show as it is. Zero-width joiners would be invisible
 * marks in a copy, so mentions and bare addresses are broken by entities, which every renderer shows as the character.
 */
export function escapeMarkdown(text: string): string {
  return toPrintable(text)
    .replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char]!)
    .replace(/[\\`*_{}[\]()#+!|~^$=-]/g, '\\$&')
    .replace(/@/g, '&#64;')
    .replace(/:\/\//g, '&#58;//')
    .replace(/\b(www)\./gi, '$1&#46;')
    .replace(/^(\d+)\./, '$1\\.')
}

/** Code in a fence longer than any run of backticks within (CommonMark 0.31 §6.1). */
function codeSpan(text: string): string {
  const printable = toPrintable(text)
  const longest = Math.max(0, ...[...printable.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = longest > 0 ? ' ' : ''
  return `${fence}${pad}${printable}${pad}${fence}`
}
