/**
 * Admits only line patterns whose running time grows with the length of the line: formats are data that users add, and
 * lines are written by whoever can reach the server.
 * The rule is stricter than the one for signatures, because a format sees every line: a pattern is anchored, and each
 * open-ended repeat must be able to end at one place only: what it repeats and what may follow it have no character in
 * common (or nothing follows). A bounded repeat may overlap as long as all of them together allow few combinations.
 */

/** Ways in which all bounded overlapping repeats of one pattern may be combined; keeps a 64 KiB line in milliseconds. */
const MAX_COMBINATIONS = 512

/** Sets are judged by these characters: ASCII and one stand-in for the rest. */
const PROBES = [...Array.from({ length: 128 }, (_, i) => String.fromCharCode(i)), 'é']
type CharSet = ReadonlySet<number>

type Node =
  | { kind: 'chars'; set: CharSet; source: string }
  | { kind: 'group'; options: Item[][]; source: string }
  | { kind: 'assert'; end: boolean }
interface Item {
  node: Node
  min: number
  max: number
}

/** Null when the pattern is accepted, else the reason in words. */
export function vetPattern(source: string): string | null {
  try {
    new RegExp(source)
  } catch (error) {
    return (error as Error).message
  }
  if (!source.startsWith('^')) return 'a line pattern begins with ^'
  try {
    const options = new Parser(source).parse()
    const check = new Check()
    for (const option of options) check.sequence(option, EMPTY)
    return check.combinations > MAX_COMBINATIONS
      ? `overlapping bounded repeats allow ${check.combinations} combinations, at most ${MAX_COMBINATIONS}; shorten their bounds`
      : null
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
}

/** Codes below 128 with which a text that a (vetted) pattern matches may begin; other characters are never excluded. */
export function firstCodes(source: string): ReadonlySet<number> {
  return union(new Parser(source).parse().map((option) => firstOfSequence(option, EMPTY)))
}

class Refusal extends Error {}
const EMPTY: CharSet = new Set()

class Parser {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  parse(): Item[][] {
    const options: Item[][] = [[]]
    while (this.#at < this.#source.length && this.#source[this.#at] !== ')') {
      if (this.#source[this.#at] === '|') {
        this.#at++
        options.push([])
        continue
      }
      const node = this.#atom()
      const [min, max] = this.#quantifier()
      options.at(-1)!.push({ node, min, max })
    }
    return options
  }

  #atom(): Node {
    const start = this.#at
    const rest = this.#source.slice(start)
    const c = rest[0]!
    if (c === '^' || c === '$') {
      this.#at++
      return { kind: 'assert', end: c === '$' }
    }
    if (/^\\[bB]/.test(rest)) {
      this.#at += 2
      return { kind: 'assert', end: false }
    }
    if (/^\\(?:[1-9]|k<)/.test(rest)) throw new Refusal('back-references are not allowed')
    if (c === '(') {
      const head = /^\((?:\?(?::|<?[=!]|<[A-Za-z_]\w*>))?/.exec(rest)![0]
      this.#at += head.length
      const options = this.parse()
      this.#at++
      const source = this.#source.slice(start, this.#at)
      if (/[=!]$/.test(head)) {
        // Looking ahead must not cost more than a few characters.
        if (longest(options) > 64) throw new Refusal(`a look-around without a bound: ${source}`)
        return { kind: 'assert', end: false }
      }
      return { kind: 'group', options, source }
    }
    if (c === '[') {
      let end = start + 1
      while (this.#source[end] !== ']') end += this.#source[end] === '\\' ? 2 : 1
      this.#at = end + 1
    } else if (c === '\\') this.#at += /^\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Z]|.)/s.exec(rest)![0].length
    else this.#at++
    const source = this.#source.slice(start, this.#at)
    return { kind: 'chars', set: setOf(source), source }
  }

  #quantifier(): [number, number] {
    const found = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/.exec(this.#source.slice(this.#at))
    if (found === null) return [1, 1]
    this.#at += found[0].length
    if (found[1] === '*') return [0, Infinity]
    if (found[1] === '+') return [1, Infinity]
    if (found[1] === '?') return [0, 1]
    const min = Number(found[2])
    return [min, found[3] === undefined ? min : found[4] === '' ? Infinity : Number(found[4])]
  }
}

class Check {
  combinations = 1

  /** `follow`: what may come after this sequence. */
  sequence(items: readonly Item[], follow: CharSet): void {
    for (let i = 0; i < items.length; i++) {
      const { node, min, max } = items[i]!
      const after = firstOfSequence(items.slice(i + 1), follow)
      if (node.kind === 'chars') {
        if (max > min && overlap(node.set, after)) {
          if (max === Infinity) throw new Refusal(`what follows the open-ended ${node.source} may also be part of it`)
          if (max - min > 1) this.combinations *= max - min + 1
        }
      } else if (node.kind === 'group') {
        const loops = max > 1
        const first = union(node.options.map((o) => firstOfSequence(o, EMPTY)))
        if (loops) {
          if (max > min && overlap(first, after))
            throw new Refusal(`what follows the repeated ${node.source} may also begin it`)
          for (let a = 0; a < node.options.length; a++)
            for (let b = a + 1; b < node.options.length; b++)
              if (overlap(firstOfSequence(node.options[a]!, EMPTY), firstOfSequence(node.options[b]!, EMPTY)))
                throw new Refusal(`alternatives inside the repeated ${node.source} begin alike`)
          if (node.options.some((o) => o.every(nullable))) throw new Refusal(`the repeated ${node.source} may be empty`)
        }
        const next = loops ? union([first, after]) : after
        for (const option of node.options) this.sequence(option, next)
      }
    }
  }
}

function nullable(item: Item): boolean {
  const { node } = item
  if (item.min === 0 || node.kind === 'assert') return true
  return node.kind === 'group' && node.options.some((o) => o.every(nullable))
}

/** Characters with which a sequence (then `follow`) may begin. */
function firstOfSequence(items: readonly Item[], follow: CharSet): CharSet {
  const found = new Set<number>()
  for (const item of items) {
    const { node } = item
    if (node.kind === 'assert' && node.end) return found
    if (node.kind === 'chars') for (const c of node.set) found.add(c)
    if (node.kind === 'group') for (const o of node.options) for (const c of firstOfSequence(o, EMPTY)) found.add(c)
    if (!nullable(item)) return found
  }
  for (const c of follow) found.add(c)
  return found
}

function longest(options: readonly (readonly Item[])[]): number {
  return Math.max(
    0,
    ...options.map((items) =>
      items.reduce(
        (n, { node, max }) => n + max * (node.kind === 'group' ? longest(node.options) : node.kind === 'chars' ? 1 : 0),
        0,
      ),
    ),
  )
}

const sets = new Map<string, CharSet>()

function setOf(source: string): CharSet {
  let set = sets.get(source)
  if (set === undefined) {
    const one = new RegExp(`^${source}$`)
    set = new Set(PROBES.flatMap((c, i) => (one.test(c) ? [i] : [])))
    sets.set(source, set)
  }
  return set
}

function union(all: readonly CharSet[]): CharSet {
  return new Set(all.flatMap((s) => [...s]))
}

function overlap(a: CharSet, b: CharSet): boolean {
  for (const c of a) if (b.has(c)) return true
  return false
}
