/**
 * The one gate between text that others wrote and the terminal: control characters, escape sequences and direction
 * overrides become visible text, and clusters whose width terminals disagree on become ones they agree on.
 * Everything drawn goes through here (line.ts). Invariant: the result holds no control or invisible character, is no
 * longer than the limit, and passing it through again changes nothing.
 */
import stringWidth from 'string-width'

/** Longer text is of no use on a screen of some hundred columns; UTF-16 units. */
const TEXT_LIMIT = 4000

/** Marks stacked on one letter beyond this are an attack on the neighbouring lines; count. */
const MARK_LIMIT = 2

const PLAIN = /^[\x20-\x7e]*$/
/**
 * ASCII, Latin letters and what the dashboard itself draws (dashes, quotes, arrows, boxes, blocks): one column a character,
 * none of them a control. Nearly all text is this, and measuring the rest properly costs a hundred times as much.
 */
const NARROW =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f\u2013\u2014\u2018-\u201d\u2026\u203a\u2190-\u2193\u2212\u2500-\u259f\u25b2\u25ba\u25bc\u25c4\u25c6\u25cb\u25cf]*$/

const CONTROL = /[\x00-\x1f\x7f-\x9f]/gu
/** Invisible or reordering: format characters, variation selectors, fillers, tags; line and paragraph separators. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu
/** Zero-width joiners, variation selectors and skin tones change an emoji's width in some terminals only. */
const EMOJI_GLUE = /[\u200d\ufe0e\ufe0f\u20e3\u{1f3fb}-\u{1f3ff}]/gu
const FLAG_LETTER = /[\u{1f1e6}-\u{1f1ff}]/gu
const LONE_SURROGATE = /\p{Cs}/gu
/** A mark with no letter of its own would sit on whatever is drawn before it. */
const LEADING_MARK = /^\p{M}/u
const MARK_RUN = new RegExp(`(\\p{M}{${MARK_LIMIT}})\\p{M}+`, 'gu')

/** Text made safe to draw. Blanks stand for tabs and newlines; `^[` for escape, as `less` and `cat -v` show it. */
export function toPrintable(text: string): string {
  if (text.length <= TEXT_LIMIT && NARROW.test(text)) return text
  return text
    .slice(0, TEXT_LIMIT)
    .replace(LONE_SURROGATE, '\ufffd')
    .replace(CONTROL, visibleControl)
    .replace(EMOJI_GLUE, '')
    .replace(INVISIBLE, visibleCodePoint)
    .replace(FLAG_LETTER, (letter) => String.fromCharCode((letter.codePointAt(0) ?? 0) - 0x1f1e6 + 0x41))
    .replace(MARK_RUN, '$1')
    .replace(LEADING_MARK, '\u25cc$&')
    .slice(0, TEXT_LIMIT)
    .replace(LONE_SURROGATE, '\ufffd')
}

function visibleControl(char: string): string {
  const code = char.charCodeAt(0)
  if (code === 0x09 || code === 0x0a || code === 0x0d) return ' '
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`
  return code === 0x7f ? '^?' : visibleCodePoint(char)
}

function visibleCodePoint(char: string): string {
  return `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`
}

/** What the dashboard itself draws beyond ASCII, and its plain counterpart of the same width. */
const ASCII_COUNTERPARTS: Readonly<Record<string, string>> = {
  '…': '~',
  '·': '.',
  '–': '-',
  '—': '-',
  '−': '-',
  '×': 'x',
  '│': '|',
  '─': '-',
  '›': '>',
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '▲': '^',
  '▼': 'v',
  '◆': '*',
  '●': '*',
  '○': 'o',
  '└': '+',
  '┼': '+',
  '├': '+',
  '┤': '+',
  '╷': '|',
  '━': '=',
  '┊': ':',
  '◄': '<',
  '►': '>',
  '“': '"',
  '”': '"',
  '’': "'",
  '▁': '.',
  '▂': ':',
  '▃': '-',
  '▄': '=',
  '▅': '+',
  '▆': '*',
  '▇': '%',
  '█': '#',
}

const segmenter = new Intl.Segmenter()

/** Printable text in ASCII only, of the same width: what has no counterpart becomes question marks. */
export function toAscii(text: string): string {
  if (PLAIN.test(text)) return text
  let ascii = ''
  for (const { segment } of segmenter.segment(text)) {
    ascii += PLAIN.test(segment) ? segment : (ASCII_COUNTERPARTS[segment] ?? '?'.repeat(textWidth(segment)))
  }
  return ascii
}

/** Columns a printable text takes. */
export function textWidth(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text)
}

/** The longest head of a printable text that fits, with an ellipsis where something was cut. */
export function cutText(text: string, width: number): string {
  if (width <= 0) return ''
  if (textWidth(text) <= width) return text
  if (NARROW.test(text)) return `${text.slice(0, width - 1)}…`
  let head = ''
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    const next = textWidth(segment)
    if (used + next > width - 1) break
    head += segment
    used += next
  }
  // A wide character that did not fit leaves a column over.
  return `${head}…`
}

/** The longest tail of a printable text that fits: of paths the end tells more. */
export function cutTextFromLeft(text: string, width: number): string {
  if (width <= 0) return ''
  if (textWidth(text) <= width) return text
  if (NARROW.test(text)) return `…${text.slice(text.length - width + 1)}`
  const segments = [...segmenter.segment(text)].map(({ segment }) => segment)
  let used = 0
  let from = segments.length
  while (from > 0 && used + textWidth(segments[from - 1]!) <= width - 1) used += textWidth(segments[--from]!)
  return `…${segments.slice(from).join('')}`
}

/** Printable text cut and filled to exactly `width` columns. */
export function fitText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = cutText(text, width)
  const fill = ' '.repeat(Math.max(0, width - textWidth(cut)))
  return align === 'left' ? cut + fill : fill + cut
}

/** Printable text broken at blanks into rows of at most `width` columns; longer words are cut through. */
export function wrapText(text: string, width: number): string[] {
  if (width <= 0) return []
  const rows: string[] = []
  let row = ''
  for (let word of text.split(' ')) {
    if (row !== '' && textWidth(row) + 1 + textWidth(word) > width) {
      rows.push(row)
      row = ''
    }
    while (textWidth(word) > width) {
      const head = takeColumns(word, width)
      rows.push(head)
      word = word.slice(head.length)
    }
    row = row === '' ? word : `${row} ${word}`
  }
  if (row !== '' || rows.length === 0) rows.push(row)
  return rows
}

function takeColumns(text: string, width: number): string {
  if (NARROW.test(text)) return text.slice(0, width)
  let head = ''
  let used = 0
  for (const { segment } of segmenter.segment(text)) {
    const next = textWidth(segment)
    // At least one cluster, or a wide one in a single column would never end.
    if (used + next > width && head !== '') break
    head += segment
    used += next
  }
  return head
}
