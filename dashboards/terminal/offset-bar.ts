/**
 * An offset as a bar around zero: the interval, the best value in it, and the tolerance on both sides. The scale is
 * logarithmic on either side and the same for all rows, so that 40 ms and 5 min can stand in one column.
 * Invariant: exactly `width` characters; what lies beyond the scale or is unbounded ends in an arrow.
 */
import { type Span, span } from './line.ts'
import type { ClockRow } from './model.ts'

type Shown = Pick<ClockRow, 'offset_s' | 'low_s' | 'high_s' | 'leeway_s' | 'at_fault'>

export interface OffsetScale {
  /** Seconds at either end. */
  end_s: number
}

/** Below this the scale is linear: clocks that agree this well are in step; seconds. */
const LINEAR_S = 0.5
/** Even a fleet in perfect step gets a scale on which a second is no catastrophe; seconds. */
const SMALLEST_END_S = 10

export function offsetScale(rows: readonly Shown[]): OffsetScale {
  let end_s = SMALLEST_END_S
  for (const { offset_s, low_s, high_s, leeway_s } of rows) {
    // An interval of hours says "not known", and must not push everything else into the middle.
    const known =
      offset_s === null
        ? [low_s !== null && low_s > 0 ? low_s : null, high_s !== null && high_s < 0 ? high_s : null]
        : [offset_s]
    for (const seconds of [...known, leeway_s]) if (seconds !== null) end_s = Math.max(end_s, Math.abs(seconds) * 1.2)
  }
  return { end_s }
}

export function offsetBar(
  { offset_s, low_s, high_s, leeway_s, at_fault }: Shown,
  scale: OffsetScale,
  width: number,
): Span[] {
  const place = (seconds: number) => {
    const part = Math.asinh(seconds / LINEAR_S) / Math.asinh(scale.end_s / LINEAR_S)
    return Math.max(0, Math.min(width - 1, Math.round(((part + 1) / 2) * (width - 1))))
  }
  const marks = new Array<string>(Math.max(0, width)).fill('·')
  const put = (seconds: number, mark: string) => {
    if (Math.abs(seconds) <= scale.end_s) marks[place(seconds)] = mark
  }
  if (low_s !== null || high_s !== null) {
    const from = low_s === null ? 0 : place(low_s)
    const to = high_s === null ? width - 1 : place(high_s)
    for (let i = from; i <= to; i++) marks[i] = '━'
    if (low_s === null || low_s < -scale.end_s) marks[0] = '◄'
    if (high_s === null || high_s > scale.end_s) marks[width - 1] = '►'
  }
  put(0, '│')
  if (leeway_s !== null && leeway_s > 0) {
    put(-leeway_s, '┊')
    put(leeway_s, '┊')
  }
  if (offset_s !== null) marks[place(offset_s)] = '●'
  return runs(marks, at_fault)
}

/** Neighbours of one style are one span. */
function runs(marks: readonly string[], at_fault: boolean): Span[] {
  const spans: { text: string; style: NonNullable<Span['style']> }[] = []
  for (const mark of marks) {
    const style = mark === '·' ? 'dim' : mark === '│' || mark === '┊' ? 'plain' : at_fault ? 'bad' : 'good'
    const last = spans.at(-1)
    if (last?.style === style) last.text += mark
    else spans.push({ text: mark, style })
  }
  return spans.map(({ text, style }) => span(text, style))
}
