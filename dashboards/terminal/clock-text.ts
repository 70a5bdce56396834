/**
 * One clock in full, as scrolling text: how far off and how sure, since when, what failed for it, why we think so, what to
 * do. Leaves the figures of all clocks to the table.
 */
import { remedyOf } from '../../src/core/remedy/remedy-of.ts'
import { lead, signedSeconds, timeApart } from '../../src/core/time-apart.ts'
import { formatCount } from '../format-number.ts'
import { formatAgo, formatDuration, formatInstant } from '../format-time.ts'
import { driftWords, intervalWords, offsetWords } from './clocks-table.ts'
import { EMPTY_LINE, type Line, line, span } from './line.ts'
import type { ClockRow } from './model.ts'
import { labelled, paragraph } from './paragraph.ts'

export function clockText(row: ClockRow | null | undefined, columns: number, zone: string, now_ms: number): Line[] {
  if (row === undefined) return [line(span('Reading …', 'dim'))]
  if (row === null) return [line(span('Nothing is known of this clock any more.', 'warn'))]
  const say = (label: string, text: string | null) => (text === null ? [] : labelled(label, text, columns))
  return [
    line(span(headline(row), row.at_fault ? 'bad' : 'strong')),
    EMPTY_LINE,
    line(span('The clock', 'title')),
    ...say(
      'off by',
      row.offset_s === null ? offsetWords(row) : `${signedSeconds(row.offset_s)}, ${intervalWords(row)}`,
    ),
    ...say('measured against', row.reference ?? 'nothing links it to another clock'),
    ...say('drift', row.drift_ppm === null ? 'too little is known to tell it from none' : driftWords(row.drift_ppm)),
    ...say(
      'time zone',
      row.zone_s ? `its stamps are ${lead(row.zone_s * 1000)} besides: a zone mistake, not a wrong clock` : null,
    ),
    ...say('leeway', row.leeway_s === null ? 'not known' : row.leeway_s === 0 ? 'none' : `${row.leeway_s} s`),
    ...say('forecast', forecast(row, zone, now_ms)),
    ...say('refused for it', row.refused === null ? null : `${formatCount(row.refused)} requests in this range`),
    ...say('measured in', row.samples === null ? null : `${formatCount(row.samples)} observations`),
    ...row.steps
      .toReversed()
      .flatMap(({ at_ms, by_s }) =>
        say(
          'was set',
          `${by_s > 0 ? 'forward' : 'back'} by ${timeApart(by_s * 1000)} at ${formatInstant(Math.round(at_ms / 1000) * 1000, zone)}, ${formatAgo(at_ms, now_ms)}`,
        ),
      ),
    ...(row.why.length === 0 ? [] : [EMPTY_LINE, line(span('Why we think so', 'title'))]),
    ...row.why.flatMap((reason) => paragraph(reason, columns, '  · ')),
    ...(row.at_fault || (row.refused ?? 0) > 0 ? whatToDo(row, columns) : []),
  ]
}

function headline({ title, at_fault, offset_s, low_s, high_s }: ClockRow): string {
  const words = offsetWords({ offset_s, low_s, high_s })
  if (words === 'cannot tell') return `${title}: cannot tell how far it is off`
  if (words === 'in step') return `${title} is in step`
  return `${title} is ${words.replace('> ', 'more than ').replace('< ', 'less than ')}${at_fault ? ', and the others agree against it' : ''}`
}

function forecast({ breach_ms, leeway_s, offset_s }: ClockRow, zone: string, now_ms: number): string | null {
  if (breach_ms === null) return leeway_s === null ? null : 'will not cross its leeway as far as can be seen'
  const when = `${formatInstant(Math.round(breach_ms / 1000) * 1000, zone)}, ${formatAgo(breach_ms, now_ms)}`
  const crossed = breach_ms <= now_ms || Math.abs(offset_s ?? 0) > (leeway_s ?? Number.POSITIVE_INFINITY)
  return !crossed
    ? `crosses its leeway of ${formatDuration((leeway_s ?? 0) * 1000)} at ${when}`
    : `crossed its leeway at ${when}`
}

/** The remedy of the failures that clocks cause; the wording is core's. */
function whatToDo({ offset_s }: ClockRow, columns: number): Line[] {
  const remedy = remedyOf('skew', (offset_s ?? 0) < 0 ? 'not_yet_valid' : 'fresh_token_expired')
  return [
    EMPTY_LINE,
    line(span('What to do', 'title')),
    ...remedy.checks.flatMap((check, i) => paragraph(check, columns, `  ${i + 1}. `)),
    ...paragraph(`Fix: ${remedy.fix}`, columns, '  '),
    ...remedy.links.flatMap(({ text, url }) => paragraph(`${text} ${url}`, columns, '  → ', 'dim')),
  ]
}
