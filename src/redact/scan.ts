/**
 * What the contexts share while one text is scanned: the text, the spans found so far and memory that keeps the scan linear.
 * Invariant: a context returns a position behind everything it read, up to a constant; so no character is read more than a bounded number of times.
 */
import type { SecretKind } from '../core/secret-kind.ts'

/** A secret's place in the text, without quotes and notation around it. */
export interface Span {
  start: number
  end: number
  /** What its surroundings call it; a value that says itself what it is (a JWT, a `ghp_…` key) overrules this. */
  kind: SecretKind
  /** Put on both sides of the fingerprint where a bare number stood in JSON, so that it stays JSON. */
  quote: string
}

export class Scan {
  readonly text: string
  readonly spans: Span[] = []
  /** Up to here no JOSE token with an unusual opening can begin; see self-evident-value.ts. */
  joseFreeUntil = 0
  /** Whether private JSON web keys were looked for already; see private-jwk.ts. */
  jwkSearched = false
  #lineEnd = -1
  #lineFrom = 0
  #isJson: boolean | undefined
  #stringStart = -1
  #stringEnd = -1
  #request = ''
  #requestStart = 0

  constructor(text: string) {
    this.text = text
  }

  /** Empty spans are ignored. */
  add(start: number, end: number, kind: SecretKind, quote = ''): void {
    if (end > start) this.spans.push({ start, end, kind, quote })
  }

  /** Is the whole text one JSON document? */
  get isJson(): boolean {
    this.#isJson ??= isJson(this.text)
    return this.#isJson
  }

  /**
   * Where a value that begins at `from` must end at the latest: at the line's end and, if the whole text is JSON, at the end of the string it
   * stands in. So `{"msg":"password='"}` stays JSON: that apostrophe is the last character of a string and opens nothing.
   */
  valueLimit(from: number): number {
    return Math.min(this.lineEnd(from), this.textLimit(from))
  }

  /** The same for a value that may hold line breaks. */
  textLimit(from: number): number {
    return this.isJson ? this.#jsonStringEnd(from) : this.text.length
  }

  /** End of the JSON string that `at` stands in; `at` itself between strings. Walks on from the last answer. */
  #jsonStringEnd(at: number): number {
    const { text } = this
    if (at < this.#stringStart) this.#stringStart = this.#stringEnd = -1
    while (this.#stringEnd < at) {
      const start = text.indexOf('"', this.#stringEnd + 1)
      if (start < 0 || start >= at) return at
      let end = start + 1
      while (end < text.length && text.charCodeAt(end) !== 34) end += text.charCodeAt(end) === 92 ? 2 : 1
      this.#stringStart = start
      this.#stringEnd = end
    }
    return at > this.#stringStart ? this.#stringEnd : at
  }

  /** Position of the line break at or behind `from`, or the text's end. */
  lineEnd(from: number): number {
    if (from < this.#lineFrom || from > this.#lineEnd) {
      const at = this.text.indexOf('\n', from)
      this.#lineFrom = from
      this.#lineEnd = at < 0 ? this.text.length : at
    }
    return this.#lineEnd
  }

  /**
   * The text without spaces and quotes around `at`, at most `reach` to either side: the query or form that a parameter stands in.
   * Kept and reused for neighbours, so that a thousand parameters do not each copy their surroundings.
   */
  requestAround(at: number, reach: number): string {
    const margin = reach / 4
    const nearEnd = at + margin > this.#requestStart + this.#request.length && at + margin < this.text.length
    if (
      at < this.#requestStart ||
      at >= this.#requestStart + this.#request.length ||
      (nearEnd && this.#requestWasCut())
    ) {
      const from = Math.max(0, at - reach)
      const left = this.text.slice(from, at).search(/[^\s"'<>]*$/)
      const right = /^[^\s"'<>]*/.exec(this.text.slice(at, at + reach))![0]
      this.#requestStart = from + left
      this.#request = this.text.slice(this.#requestStart, at) + right
    }
    return this.#request
  }

  /** Did the last request end at the reach instead of at a space or quote? */
  #requestWasCut(): boolean {
    const next = this.text[this.#requestStart + this.#request.length]
    return next !== undefined && !/[\s"'<>]/.test(next)
  }
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * Reads on from a trigger at [at, wordEnd) and adds what it finds.
 * Returns where to go on scanning; at least `wordEnd`.
 */
export type Context = (scan: Scan, at: number, wordEnd: number) => number
