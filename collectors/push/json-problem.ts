/**
 * Looks over JSON before it is parsed: JSON.parse builds whatever it is given, and `[[],[],…` grows fiftyfold.
 * Says nothing about whether it is JSON; that is the parser's to say.
 */

const QUOTE = 34
const COMMA = 44
const BACKSLASH = 92

export interface JsonLimits {
  /** Objects, arrays and elements altogether; count. */
  nodes: number
  /** Objects and arrays inside one another. */
  depth: number
}

/** Why it must not be parsed, or null. */
export function jsonProblem(bytes: Uint8Array, limits: JsonLimits): string | null {
  let depth = 0
  let nodes = 0
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]
    if (c === QUOTE) {
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++
    } else if (c === 91 || c === 123) {
      nodes++
      if (++depth > limits.depth) return `nested more than ${limits.depth} deep`
    } else if (c === 93 || c === 125) depth--
    else if (c === COMMA) nodes++
  }
  return nodes > limits.nodes ? `more than ${limits.nodes} values` : null
}
