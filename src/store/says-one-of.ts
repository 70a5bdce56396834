/**
 * Does a text say a name? As a word of its own: `bob` is not in `bobsled`. Also finds the name as JSON and URLs write it.
 * A client's name may be an everyday word (`web`): such a one counts only where the text calls it a client.
 */

/** Names with a digit or a joint and of this length are nobody's everyday words; characters. */
const DISTINCTIVE_LENGTH = 8
const CALLED_CLIENT = /client[\w .-]{0,20}["'`\\:=> (<[]{0,8}$/i
const WORD = /[\p{L}\p{N}]/u

export interface SaysOneOf {
  (text: string): boolean
  /** The text with every such name replaced. */
  struckOut(text: string, by: string): string
}

export function saysOneOf(names: readonly string[], ofClient: boolean): SaysOneOf {
  const spellings = [
    ...new Set(names.flatMap((name) => [name, JSON.stringify(name).slice(1, -1), encodeURIComponent(name)])),
  ].map((name) => ({ name, anywhere: !ofClient || isDistinctive(name) }))

  function* places(text: string): Generator<[start: number, end: number]> {
    for (const { name, anywhere } of spellings) {
      for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
        const end = at + name.length
        if (WORD.test(text[at - 1] ?? '') && WORD.test(name[0]!)) continue
        if (WORD.test(text[end] ?? '') && WORD.test(name.at(-1)!)) continue
        if (anywhere || text.length === name.length || CALLED_CLIENT.test(text.slice(Math.max(0, at - 40), at)))
          yield [at, end]
      }
    }
  }

  return Object.assign((text: string) => !places(text).next().done, {
    struckOut(text: string, by: string): string {
      let out = ''
      let copied = 0
      for (const [start, end] of [...places(text)].sort((a, b) => a[0] - b[0])) {
        if (start < copied) continue
        out += text.slice(copied, start) + by
        copied = end
      }
      return out + text.slice(copied)
    },
  })
}

function isDistinctive(name: string): boolean {
  return name.length >= DISTINCTIVE_LENGTH && /[0-9_.:@-]/.test(name)
}
