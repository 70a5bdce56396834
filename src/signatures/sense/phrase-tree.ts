/**
 * Phrases of whole words with a meaning each; tells the longest one that begins at a word.
 * Invariant: a step costs one look-up, so a text is read in time linear in its words, whatever is in it.
 */

interface Node<T> {
  next: Map<string, Node<T>>
  meaning: T | undefined
}

export interface Found<T> {
  meaning: T
  /** Words it spans. */
  length: number
}

export class PhraseTree<T> {
  readonly #root: Node<T> = { next: new Map(), meaning: undefined }

  /** Of two meanings of one phrase the first stays. @param phrase words apart by one space */
  add(phrase: string, meaning: T): void {
    let node = this.#root
    for (const word of phrase.split(' ')) {
      const next = node.next.get(word) ?? { next: new Map(), meaning: undefined }
      node.next.set(word, next)
      node = next
    }
    node.meaning ??= meaning
  }

  longestAt(words: readonly string[], at: number): Found<T> | null {
    let node: Node<T> | undefined = this.#root
    let found: Found<T> | null = null
    for (let i = at; i < words.length; i++) {
      node = node.next.get(words[i]!) ?? node.next.get(singular(words[i]!))
      if (node === undefined) break
      if (node.meaning !== undefined) found = { meaning: node.meaning, length: i + 1 - at }
    }
    return found
  }
}

/** `tokens` → `token`; words in `ss` and short ones stay. */
function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word
}

/** `(access|refresh|) token` → `access token`, `refresh token`, `token`. */
export function spelledOut(phrase: string): string[] {
  const open = phrase.lastIndexOf('(')
  if (open < 0) return [phrase.replace(/ {2,}/g, ' ').trim()]
  const close = phrase.indexOf(')', open)
  const [before, after] = [phrase.slice(0, open), phrase.slice(close + 1)]
  return phrase
    .slice(open + 1, close)
    .split('|')
    .flatMap((alternative) => spelledOut(before + alternative + after))
}
