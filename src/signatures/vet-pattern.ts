/**
 * Refuses regular expressions that could take more than linear-ish time on a hostile line. Conservative on purpose:
 * packs and formats are data that users add, and a line is written by whoever can reach the server.
 * Rules: no quantifier on a group that itself contains an unbounded quantifier, no back-references, no two adjacent
 * unbounded quantifiers over overlapping character sets, at most a few unbounded quantifiers that can match the same text.
 * What is left is at worst polynomial of low degree, which `authtop check` measures by running every pattern on a hostile line.
 */

/** A pattern needing more than this many unbounded `.*`-like parts is not a signature but a parser; count. */
const MAX_OPEN_WILDCARDS = 3

/** Null when the pattern is accepted, else the reason in words. */
export function vetPattern(source: string, flags = ''): string | null {
  try {
    new RegExp(source, flags)
  } catch (error) {
    return (error as Error).message
  }
  if (/\\[1-9]|\\k</.test(source)) return 'back-references are not allowed: their running time cannot be bounded'
  return scan(source)
}

interface Frame {
  unbounded: boolean
}

function scan(source: string): string | null {
  const stack: Frame[] = [{ unbounded: false }]
  let wildcards = 0
  let previous: { set: string; unbounded: boolean } | null = null
  let i = 0
  while (i < source.length) {
    const atomStart = i
    const c = source[i]!
    let closed: Frame | null = null
    if (c === '(') {
      stack.push({ unbounded: false })
      const head = /^\((?:\?(?:[:=!]|<[=!]|<[A-Za-z_]\w*>))?/.exec(source.slice(i))!
      i += head[0].length
      previous = null
      continue
    }
    if (c === '|') {
      previous = null
      i++
      continue
    }
    if (c === ')') {
      closed = stack.pop() ?? null
      if (closed === null || stack.length === 0) return 'unbalanced parentheses'
      i++
    } else if (c === '[') {
      i = classEnd(source, i)
    } else if (c === '\\') {
      i += /^\\(?:u\{[^}]*\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[pP]\{[^}]*\}|.)/is.exec(source.slice(i))![0].length
    } else {
      i++
    }
    const set = source.slice(atomStart, i)
    const quantifier = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(source.slice(i))
    let unbounded = false
    if (quantifier !== null) {
      const q = quantifier[0]
      const most =
        q[0] === '{'
          ? quantifier[2] === undefined
            ? Number(quantifier[1])
            : quantifier[3] === ''
              ? Infinity
              : Number(quantifier[3])
          : q[0] === '?'
            ? 1
            : Infinity
      unbounded = most === Infinity
      if (closed?.unbounded && most > 1)
        return `a repeated group contains an unbounded repeat: …${source.slice(Math.max(0, atomStart - 20), i + q.length)}`
      i += q.length
    }
    const frame = stack[stack.length - 1]!
    if (unbounded || closed?.unbounded) frame.unbounded = true
    if (unbounded && closed === null) {
      if (isWide(set) && ++wildcards > MAX_OPEN_WILDCARDS)
        return `more than ${MAX_OPEN_WILDCARDS} open-ended wildcards; bound them, e.g. [^"]{1,200}`
      if (previous?.unbounded && overlap(previous.set, set))
        return `two open-ended repeats side by side can match the same text: ${previous.set} and ${set}`
    }
    previous = closed === null ? { set, unbounded } : null
  }
  return stack.length === 1 ? null : 'unbalanced parentheses'
}

function classEnd(source: string, start: number): number {
  let i = start + 1
  while (i < source.length && source[i] !== ']') i += source[i] === '\\' ? 2 : 1
  return i + 1
}

/** Does this atom match nearly anything? */
function isWide(set: string): boolean {
  return set === '.' || set.startsWith('[^') || set === '\\S' || set === '\\W' || set === '\\D' || set === '[\\s\\S]'
}

const PROBES = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).concat('\n', '\t', 'é')

function overlap(a: string, b: string): boolean {
  const [left, right] = [new RegExp(`^${a}$`, 's'), new RegExp(`^${b}$`, 's')]
  return PROBES.some((p) => left.test(p) && right.test(p))
}
