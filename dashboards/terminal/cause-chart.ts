/**
 * Failures over the range as stacked bars, one colour (without colour: one letter) per cause, over an axis of time.
 * Leaves figures to the causes table below it, whose names have the same colours.
 * Invariant: exactly `box.height` lines; a step with any failure shows at least one mark.
 */
import type { Cause } from '../../src/core/cause.ts'
import type { TimeRange } from '../../src/core/filter.ts'
import { formatCountShort } from '../format-number.ts'
import { formatStamp } from '../format-time.ts'
import { resample } from '../sparkline.ts'
import { causeTitle } from '../wording.ts'
import { findingStyle } from './findings-table.ts'
import type { BoxId, PanelBox } from './layout.ts'
import { EMPTY_LINE, type Line, type Span, span } from './line.ts'
import type { CauseRow, DashboardModel, FindingRow } from './model.ts'
import { cellText } from './table.ts'
import type { View } from './view.ts'

/** Stands for its cause where there is no colour to do so. */
const LETTERS: Record<Cause, string> = {
  unknown: '?',
  skew: 'S',
  expiry: 'E',
  revocation: 'R',
  misconfiguration: 'C',
  malformed: 'M',
  misuse: 'U',
  outage: 'O',
}

/** Columns of the scale: `12.3k ┤`. */
const SCALE_COLUMNS = 8
/** Wider bars tell no more. */
const WIDEST_BAR = 12

interface Bar {
  /** From the bottom up; counts. */
  parts: readonly { cause: Cause; count: number }[]
  total: number
}

export function causeChart(view: View, box: PanelBox<BoxId>): Line[] {
  const { model } = view
  if (model === null) return Array.from({ length: box.height }, () => EMPTY_LINE)
  const head = headLine(view, model, box.width)
  const rows = box.height - 2
  const room = box.width - SCALE_COLUMNS
  const bars = barsOf(model.causes, room)
  const peak = Math.max(0, ...bars.map(({ total }) => total))
  const wide = Math.max(1, Math.min(WIDEST_BAR, Math.floor(room / Math.max(1, bars.length))))
  const lines: Line[] = [head]
  for (let row = rows; row >= 1; row--) {
    const scale = row === rows ? formatCountShort(peak) : row === 1 && rows > 2 ? '0' : ''
    const spans: Span[] = [span(`${cellText(scale, SCALE_COLUMNS - 2, 'right')} │`, 'dim')]
    for (const bar of bars) spans.push(cellOf(bar, row, rows, peak, wide, view))
    lines.push({ spans })
  }
  lines.push(axis(view, model, bars.length * wide))
  return lines.slice(0, box.height)
}

function headLine(view: View, model: DashboardModel, width: number): Line {
  const spans: Span[] = [span('  Failures by cause', 'title'), span('   ', 'head')]
  let used = 22
  for (const { cause, count } of model.causes) {
    const name = ` ${causeTitle(cause)}  `
    if (count === 0 || used + name.length + 1 > width) continue
    used += name.length + 1
    spans.push(span(view.monochrome || view.ascii ? LETTERS[cause] : '█', cause), span(name, 'head'))
  }
  return { spans: [...spans, span(' '.repeat(Math.max(0, width - used)), 'head')] }
}

/** One bar per step of the range, the causes in the order of their table so that the largest stands at the bottom. */
function barsOf(causes: readonly CauseRow[], room: number): Bar[] {
  const shown = [...causes].filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)
  const trends = shown.map(({ cause, trend }) => ({ cause, trend: resample(trend, room) }))
  const length = Math.max(0, ...trends.map(({ trend }) => trend.length))
  return Array.from({ length }, (_, i) => {
    const parts = trends.map(({ cause, trend }) => ({ cause, count: trend[i] ?? 0 }))
    return { parts, total: parts.reduce((sum, { count }) => sum + count, 0) }
  })
}

const EIGHTHS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** What of a bar lies in one row: the cause in the middle of its share there, a part block at its top. */
function cellOf({ parts, total }: Bar, row: number, rows: number, peak: number, wide: number, view: View): Span {
  const height = peak === 0 ? 0 : (total / peak) * rows
  const filled = Math.min(1, height - (row - 1))
  const least = row === 1 && total > 0 ? 1 / EIGHTHS.length : 0
  const share = Math.max(filled, least)
  if (share <= 0) return { text: ' '.repeat(wide) }
  const middle = ((row - 1 + Math.max(0, share) / 2) / Math.max(height, 1e-9)) * total
  const cause = causeAt(parts, middle)
  const eighth = Math.max(0, Math.min(EIGHTHS.length - 1, Math.ceil(share * EIGHTHS.length) - 1))
  const mark = view.monochrome || view.ascii ? LETTERS[cause] : (EIGHTHS[eighth] ?? '█')
  // A gap between wide bars shows where a step ends.
  return span(wide > 2 ? `${mark.repeat(wide - 1)} ` : mark.repeat(wide), cause)
}

function causeAt(parts: Bar['parts'], at: number): Cause {
  let sum = 0
  for (const { cause, count } of parts) {
    sum += count
    if (count > 0 && at < sum) return cause
  }
  return parts.findLast(({ count }) => count > 0)?.cause ?? 'unknown'
}

/** `└──────────` with the times of its ends and middle. */
function axis(view: View, { range, now_ms, findings }: DashboardModel, width: number): Line {
  const { zone } = view
  // Seconds say nothing on an axis of minutes; a date has none.
  const stamp = (ms: number) => formatStamp(ms, zone, now_ms).replace(/^(\d\d:\d\d):\d\d$/, '$1')
  const marks = new Array<string>(Math.max(0, width)).fill('─')
  const write = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) if (at + i >= 0 && at + i < width) marks[at + i] = text[i] ?? '─'
  }
  const [from, middle, to] = [range.from_ms, (range.from_ms + range.to_ms) / 2, range.to_ms].map(stamp)
  write(0, `${from} `)
  if (width > 40) write(Math.floor(width / 2), ` ${middle} `)
  write(width - (to?.length ?? 0) - 1, ` ${to}`)
  const spans: Span[] = [span(`${' '.repeat(SCALE_COLUMNS - 1)}└`, 'dim')]
  const taken = (at: number) => marks[at] !== '─'
  const starts = startMarks(findings ?? [], range, width, taken)
  for (let i = 0; i < width; i++) spans.push(starts.get(i) ?? span(marks[i] ?? '─', 'dim'))
  return { spans }
}

/** Where on the axis findings (◆) and alerts (▲) began; an alert hides a finding, and what is worse what is less so. */
function startMarks(
  findings: readonly FindingRow[],
  { from_ms, to_ms }: TimeRange,
  width: number,
  taken: (at: number) => boolean,
): Map<number, Span> {
  const marks = new Map<number, Span>()
  // The list begins with what needs a person first.
  for (const row of findings.toReversed()) {
    if (row.from_ms === null || row.from_ms < from_ms || row.from_ms >= to_ms || row.state === 'advice') continue
    let at = Math.floor(((row.from_ms - from_ms) / (to_ms - from_ms)) * width)
    // Beside a time rather than over it.
    while (taken(at) && at < width - 1) at += 1
    if (taken(at)) continue
    marks.set(at, span(row.alert !== null ? '▲' : '◆', findingStyle(row)))
  }
  return marks
}
