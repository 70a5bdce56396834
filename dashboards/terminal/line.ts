/**
 * A line of the screen as styled spans, and the only place where one becomes bytes for the terminal. Panels build
 * lines; `paintLine` cleans, cuts, fills and colours them.
 * Invariant: a painted line is never wider than asked for and holds no control character but our own SGR codes,
 * whatever the spans contain.
 */
import type { Appearance } from './appearance.ts'
import { cutText, textWidth, toAscii, toPrintable } from './printable.ts'
import type { Style } from './theme.ts'

export interface Span {
  text: string
  style?: Style
}

export interface Line {
  spans: readonly Span[]
  /** Drawn over the whole width in place of the spans' own styles. */
  over?: Style
}

export function line(...spans: readonly (Span | string)[]): Line {
  return { spans: spans.map((span) => (typeof span === 'string' ? { text: span } : span)) }
}

export function span(text: string, style: Style): Span {
  return { text, style }
}

export const EMPTY_LINE: Line = { spans: [] }

export function lineWidth(spans: readonly Span[]): number {
  let width = 0
  for (const { text } of spans) width += textWidth(toPrintable(text))
  return width
}

/** Left part, right part at the other end, blanks between; the left is cut when both do not fit. */
export function spread(left: readonly Span[], right: readonly Span[], width: number): Line {
  const rightWidth = lineWidth(right)
  const room = width - rightWidth
  if (room < 1) return { spans: clip(left, width) }
  const head = clip(left, room - (rightWidth > 0 ? 1 : 0))
  return { spans: [...head, { text: ' '.repeat(Math.max(0, room - lineWidth(head))) }, ...right] }
}

/** The head of the spans that fits into `width` columns. */
function clip(spans: readonly Span[], width: number): Span[] {
  const kept: Span[] = []
  let used = 0
  for (const part of spans) {
    const text = toPrintable(part.text)
    const own = textWidth(text)
    if (used + own > width) {
      const cut = cutText(text, width - used)
      if (cut !== '') kept.push({ ...part, text: cut })
      break
    }
    kept.push({ ...part, text })
    used += own
  }
  return kept
}

/** Two blocks next to each other, the left one filled to its width. */
export function beside(left: readonly Line[], leftWidth: number, gap: string, right: readonly Line[]): Line[] {
  const lines: Line[] = []
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const a = styledSpans(left[i] ?? EMPTY_LINE, leftWidth)
    const b = right[i] ?? EMPTY_LINE
    lines.push({ spans: [...a, { text: gap, style: 'dim' }, ...styledSpans(b, null)] })
  }
  return lines
}

/** The spans with the line's own style put on each, so that they can stand beside others. */
function styledSpans({ spans, over }: Line, width: number | null): Span[] {
  const kept = width === null ? [...spans] : clip(spans, width)
  if (width !== null) kept.push({ text: ' '.repeat(Math.max(0, width - lineWidth(kept))) })
  return over === undefined ? kept : kept.map((part) => ({ ...part, style: over }))
}

const RESET = '\x1b[0m'

/** The line's text alone, clean: for exports, the clipboard and the pager. */
export function plainText({ spans }: Line): string {
  return spans
    .map(({ text }) => toPrintable(text))
    .join('')
    .trimEnd()
}

/** The bytes of one line: clean, at most `width` columns, coloured by the theme. */
export function paintLine(
  { spans, over }: Line,
  width: number,
  { theme, ascii }: Pick<Appearance, 'theme' | 'ascii'>,
): string {
  let painted = ''
  let used = 0
  let run = ''
  let runCode = ''
  const flush = () => {
    if (run !== '') painted += runCode === '' ? run : `\x1b[${runCode}m${run}${RESET}`
    run = ''
  }
  for (const part of spans) {
    const text = cutText(toPrintable(part.text), width - used)
    if (text === '') continue
    used += textWidth(text)
    const code = theme[over ?? part.style ?? 'plain']
    if (code !== runCode) {
      flush()
      runCode = code
    }
    run += ascii ? toAscii(text) : text
  }
  if (over !== undefined && used < width) run += ' '.repeat(width - used)
  flush()
  return painted
}
