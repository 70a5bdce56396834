/** What secrets are drawn with: whole numbers, members of lists, texts; seeded, so that a leak that was found is found again. */
import { createRandom } from '../../simulation/clock/random.ts'

export interface Random {
  /** A whole number in [0, limit). */
  below(limit: number): number
  of<T>(list: readonly T[]): T
  text(alphabet: string, length: number): string
}

export function randomOf(seed: number): Random {
  const { next } = createRandom(seed)
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    of: (list) => list[below(list.length)]!,
    text: (alphabet, length) => Array.from({ length }, () => alphabet[below(alphabet.length)]).join(''),
  }
}
