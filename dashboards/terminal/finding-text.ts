/** One finding, alert or piece of advice in full, as scrolling text: what, where, since when, why we think so, what to do. */
import type { Cause, Subcause } from '../../src/core/cause.ts'
import { formatCount } from '../format-number.ts'
import { formatAgo, formatInstant } from '../format-time.ts'
import { causeTitle, verdictTitle } from '../wording.ts'
import { findingStyle, stateWord } from './findings-table.ts'
import { EMPTY_LINE, type Line, line, span } from './line.ts'
import type { FindingRow } from './model.ts'
import { labelled, paragraph } from './paragraph.ts'

export function findingText(row: FindingRow | null | undefined, columns: number, zone: string, now_ms: number): Line[] {
  if (row === undefined) return [line(span('Reading …', 'dim'))]
  if (row === null) return [line(span('This is not so any more.', 'warn'))]
  const say = (label: string, text: string | null | undefined) =>
    text === null || text === undefined ? [] : labelled(label, text, columns)
  const instant = (ms: number | null) =>
    ms === null ? null : `${formatInstant(Math.round(ms / 1000) * 1000, zone)}, ${formatAgo(ms, now_ms)}`
  return [
    ...paragraph(row.title, columns, '', findingStyle(row)),
    EMPTY_LINE,
    ...section(
      'Why we think so',
      row.why.flatMap((reason) => paragraph(reason, columns, '  · ')),
    ),
    ...section(
      'What to do',
      row.fix.flatMap((step, i) => paragraph(step, columns, `  ${i + 1}. `)),
    ),
    line(span('The facts', 'title')),
    ...say('state', `${stateWord(row)}${row.state === 'finding' ? '' : `, ${row.severity}`}`),
    ...say('kind', row.kind.replaceAll('_', ' ')),
    ...say('cause', row.cause === null ? null : causeWords(row.cause, row.subcause)),
    ...say('host', row.host),
    ...say('service', row.service),
    ...say('client', row.client_id),
    ...say('issuer', row.issuer),
    ...say('since', instant(row.from_ms)),
    ...say(row.state === 'resolved' ? 'resolved' : 'last seen', instant(row.to_ms)),
    ...say(
      row.state === 'advice' ? 'would have spared' : 'failures',
      row.incidents === null ? null : formatCount(row.incidents),
    ),
    ...row.links.flatMap(({ text, url }) => paragraph(`${text} ${url}`, columns, '  → ', 'dim')),
  ]
}

function section(title: string, lines: readonly Line[]): Line[] {
  return lines.length === 0 ? [] : [line(span(title, 'title')), ...lines, EMPTY_LINE]
}

function causeWords(cause: Cause, subcause: Subcause | null): string {
  return subcause === null ? causeTitle(cause) : verdictTitle(cause, subcause)
}
