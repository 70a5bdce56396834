/** The life of a token in lines: corrected time, what happened where, and how far that host's clock was off. */
import { lead } from '../../src/core/time-apart.ts'
import { formatStamp } from '../format-time.ts'
import { type Line, line, type Span, span } from './line.ts'
import { paragraph } from './paragraph.ts'
import { cellText } from './table.ts'
import type { TimelineStep, TokenTimeline } from './token-timeline.ts'

const WHAT: Record<TimelineStep['what'], string> = {
  issued: 'issued',
  refreshed: 'refreshed',
  not_before: 'valid from here',
  accepted: 'accepted',
  refused: 'refused',
  revoked: 'revoked',
  expires: 'expires',
}

const MARKS: Record<TimelineStep['what'], string> = {
  issued: '○',
  refreshed: '○',
  not_before: '┊',
  accepted: '●',
  refused: '×',
  revoked: '×',
  expires: '┊',
}

const TIME_COLUMNS = 11

export function timelineText(timeline: TokenTimeline, columns: number, zone: string): Line[] {
  const { token, reference, steps } = timeline
  const clock = reference === null ? 'times as each host wrote them' : `on one clock, that of ${reference}`
  const now_ms = steps.find(({ here }) => here)?.at_ms ?? 0
  return [
    line(span('The token’s life', 'title'), span(token === null ? '' : `  ${token}`, 'accent')),
    ...paragraph(clock, columns, '  ', 'dim'),
    ...steps.flatMap((step) => stepLines(step, columns, zone, now_ms, reference !== null)),
  ]
}

function stepLines(step: TimelineStep, columns: number, zone: string, now_ms: number, corrected: boolean): Line[] {
  const { what, host, at_ms, written_ms, offset_ms, count, until_ms, said, here } = step
  const style: Span['style'] = what === 'refused' || what === 'revoked' ? 'bad' : what === 'accepted' ? 'good' : 'plain'
  const where = host === '' ? '' : ` ${what === 'refused' || what === 'accepted' ? 'by' : 'on'} ${host}`
  const again =
    count > 1
      ? ` ×${count}${until_ms === null ? '' : ` until ${formatStamp(until_ms - (offset_ms ?? 0), zone, now_ms)}`}`
      : ''
  const words = said === '' ? '' : `: ${said}`
  const time = cellText(formatStamp(at_ms, zone, now_ms), TIME_COLUMNS)
  const first: Line = line(
    `  ${time}`,
    span(`${MARKS[what]} `, style),
    span(`${WHAT[what]}${where}`, here ? 'strong' : style),
    `${again}${words}`,
    span(here ? '  ← this failure' : '', 'accent'),
  )
  const own = clockWords(step, corrected)
  if (own === null) return [first]
  const stamp = formatStamp(written_ms, zone, now_ms)
  return [first, ...paragraph(`its clock said ${stamp}, ${own}`, columns, ' '.repeat(TIME_COLUMNS + 4), 'dim')]
}

/** Less than this is not worth a line: stamps are often whole seconds; ms. */
const WORTH_SAYING_MS = 1_000

function clockWords({ offset_ms, host }: TimelineStep, corrected: boolean): string | null {
  if (host === '') return null
  if (offset_ms === null) return corrected ? 'not corrected: nothing tells how far it is off' : null
  return Math.abs(offset_ms) < WORTH_SAYING_MS ? null : lead(offset_ms)
}
