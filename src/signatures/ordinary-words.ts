/** The words of ordinary production logs and how often they stand there; the counts are data, in ordinary-words.txt. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where they lie. */
export const ORDINARY_WORDS = join(import.meta.dirname, 'ordinary-words.txt')
/** The file counts lines in ten thousand. */
export const RAREST_COUNTED = 0.0001

export interface OrdinaryWord {
  word: string
  /** Share of lines that hold it. */
  share: number
}

export function ordinaryWords(): OrdinaryWord[] {
  const words: OrdinaryWord[] = []
  for (const line of readFileSync(ORDINARY_WORDS, 'utf8').split('\n')) {
    if (line.startsWith('#') || line === '') continue
    const space = line.indexOf(' ')
    words.push({ word: line.slice(0, space), share: Number(line.slice(space + 1)) * RAREST_COUNTED })
  }
  return words
}
