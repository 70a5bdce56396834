/**
 * A value that its name gave away often stands a second time in the same record, in the message or a path, without any name.
 * Finds those, so that one careful place and one careless place do not add up to a leak.
 */
import { JOSE_START } from './jwt.ts'
import type { Span } from './scan.ts'
import { looksLikeWords } from './words.ts'

/** Shorter values stand in a text by chance; a password of one word stands there as a word. */
const MIN_LENGTH = 12
/** Each value costs one search through the text. */
const MAX_VALUES = 8

const ALPHANUMERIC = /[0-9A-Za-z]/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The places of the found values outside the spans given; their own places are among them too. */
export function repeatsOf(spans: readonly Span[], text: string): Span[] {
  const repeats: Span[] = []
  const seen = new Set<string>()
  for (const { start, end, kind } of spans) {
    if (end - start < MIN_LENGTH || seen.size >= MAX_VALUES) continue
    const value = text.slice(start, end)
    if (seen.has(value) || isRecognisedAnywhere(value)) continue
    seen.add(value)
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
      if (at !== start && !isInsideWord(text, at, at + value.length)) {
        repeats.push({ start: at, end: at + value.length, kind, quote: '' })
      }
    }
  }
  return repeats
}

/** JWTs are found wherever they stand; UUIDs under a session's name are ids elsewhere (Keycloak's `code_id`); words are words. */
function isRecognisedAnywhere(value: string): boolean {
  return JOSE_START.test(value) || UUID.test(value) || looksLikeWords(value)
}

function isInsideWord(text: string, start: number, end: number): boolean {
  return ALPHANUMERIC.test(text[start - 1] ?? '') || ALPHANUMERIC.test(text[end] ?? '')
}
