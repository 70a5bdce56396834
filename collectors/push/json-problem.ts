/**
 * Looks over JSON before it is parsed: JSON.parse builds whatever it is given, and `[[],[],…` grows fiftyfold.
 * Says nothing about whether it is JSON; that is the parser's to say.
 */

const QUOTE = 34
const BACKSLASH = 92

/** What a byte outside of texts is; 0: nothing of interest. A table, because most bytes are that. */
const IS_QUOTE = 1
const IS_OPEN = 2
const IS_CLOSE = 3
const IS_COMMA = 4
const SIGNS = new Uint8Array(256)
SIGNS[QUOTE] = IS_QUOTE
for (const open of '[{') SIGNS[open.charCodeAt(0)] = IS_OPEN
for (const close of ']}') SIGNS[close.charCodeAt(0)] = IS_CLOSE
SIGNS[','.charCodeAt(0)] = IS_COMMA

export interface JsonLimits {
  /** Objects, arrays and elements altogether; count. */
  nodes: number
  /** Objects and arrays inside one another. */
  depth: number
}

/** Told of brackets outside of texts: where, which, and how deep what it opens or closes lies; 1 is the whole. */
export type OnBracket = (at: number, bracket: number, depth: number) => void

/** @param onBracket is told of those no deeper than `upTo`. @returns why it must not be parsed, or null. */
export function jsonProblem(
  bytes: Uint8Array,
  limits: JsonLimits,
  upTo = 0,
  onBracket: OnBracket = () => {},
): string | null {
  const { length } = bytes
  let depth = 0
  let nodes = 0
  for (let i = 0; i < length; i++) {
    const c = bytes[i]!
    switch (SIGNS[c]) {
      case IS_QUOTE: {
        let inside = bytes[++i]
        for (; inside !== QUOTE && i < length; inside = bytes[++i]) if (inside === BACKSLASH) i++
        break
      }
      case IS_OPEN:
        nodes++
        if (++depth > limits.depth) return `nested more than ${limits.depth} deep`
        if (depth <= upTo) onBracket(i, c, depth)
        break
      case IS_CLOSE:
        if (depth <= upTo) onBracket(i, c, depth)
        depth--
        break
      case IS_COMMA:
        nodes++
    }
  }
  return nodes > limits.nodes ? `more than ${limits.nodes} values` : null
}
