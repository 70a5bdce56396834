/**
 * Splits a text into a template that repeats and the words that do not (numbers, ids, addresses: every word with a
 * digit in it), so that ten million messages are a few hundred templates plus a few bytes each.
 * Lossless for cleaned texts: filling the template gives the text back.
 */

/** Stands for a word in a template, and separates words and parts; cleanText keeps all three out of texts. */
const HOLE = '\u0001'
const WORD_END = '\u001f'
const PART_END = '\u001e'

/** Characters of words by code: 1 part of a word, 2 a digit. Others, and all beyond ASCII, end a word. */
const WORD = 1
const DIGIT = 2
const CLASSES = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return /[0-9]/.test(character) ? DIGIT : /[\w.:+-]/.test(character) ? WORD : 0
})

export interface Phrase {
  template: string
  /** The words that were taken out, in order; null when there are none. */
  vars: string | null
}

/** Several texts as one phrase. One pass over the characters: this runs for every failure that is stored. */
export function toPhrase(parts: readonly string[]): Phrase {
  const text = parts.join(PART_END)
  let template = ''
  let vars: string | null = null
  let copied = 0
  for (let at = 0; at < text.length; at++) {
    let kind = classOf(text, at)
    if (kind === 0) continue
    const start = at
    let digit = false
    for (; kind !== 0; kind = classOf(text, ++at)) digit ||= kind === DIGIT
    if (!digit) continue
    const word = text.slice(start, at)
    template += text.slice(copied, start) + HOLE
    vars = vars === null ? word : vars + WORD_END + word
    copied = at
  }
  return { template: copied === 0 ? text : template + text.slice(copied), vars }
}

function classOf(text: string, at: number): number {
  return at < text.length ? (CLASSES[text.charCodeAt(at)] ?? 0) : 0
}

/** The vars of two phrases in one column; {@link VarReader} takes them apart again. */
export function joinVars(a: string | null, b: string | null): string | null {
  return a === null ? b : b === null ? a : a + WORD_END + b
}

/** Fills templates one after the other from a common list of vars. */
export class VarReader {
  readonly #words: readonly string[]
  #next = 0

  constructor(vars: string | null) {
    this.#words = vars === null ? [] : vars.split(WORD_END)
  }

  /** The parts that were given to {@link toPhrase}. */
  fill(template: string): string[] {
    const pieces = template.split(HOLE)
    let text = pieces[0]!
    for (let i = 1; i < pieces.length; i++) text += (this.#words[this.#next++] ?? '') + pieces[i]!
    return text.split(PART_END)
  }
}
