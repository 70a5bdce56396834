/**
 * What the contexts share while one text is scanned: the text, the spans found so far and memory that keeps the scan linear.
 * Invariant: a context returns a position behind everything it read, up to a constant; so no character is read more than a bounded number of times.
 */
import type { SecretKind } from './fingerprint.ts'

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
  #request = ''
  #requestStart = 0

  constructor(text: string) {
    this.text = text
  }

  /** Empty spans are ignored. */
  add(start: number, end: number, kind: SecretKind, quote = ''): void {
    if (end > start) this.spans.push({ start, end, kind, quote })
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

/**
 * Reads on from a trigger at [at, wordEnd) and adds what it finds.
 * Returns where to go on scanning; at least `wordEnd`.
 */
export type Context = (scan: Scan, at: number, wordEnd: number) => number
