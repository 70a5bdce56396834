/**
 * A cheap test on a record's raw, unredacted text: false proves that no signature can match it, so most lines are never
 * decoded. Its words come from the signatures' own anchors, shortened until a few dozen cover all of them.
 * Invariant (property-tested): whatever the matcher would match, the prefilter lets through, however the text was
 * escaped by JSON, XML or URL encoders: only characters that no encoder touches are used.
 */
import { anchorTexts } from './anchor.ts'
import type { Signature } from './signature.ts'

/** Words, and runs of words: what JSON, Go's and .NET's HTML-safe JSON, logfmt and access-log escaping leave alone. */
const WORD = /[a-z0-9_]+/g
const PHRASE = /[a-z0-9_]+(?: [a-z0-9_]+)*/g
const STEM_MIN = 3
const PREFIX_MIN = 5

/** Words that fill ordinary logs: an anchor made of nothing else is stood for by its longest phrase instead. */
const ORDINARY: ReadonlySet<string> = new Set(
  (
    'the and for not with from was has are this that your you can could found failed fail error errors request requests ' +
    'response responses server client clients http https user users name type time value values message data code level ' +
    'info warn debug null true false invalid valid exception java org com net core status state object missing unable been ' +
    'does must should unknown access event events service services key keys id no is of to in at on by or an set get put ' +
    'post already another other different expected required provided public private before after block many find known ' +
    'fetch limit parts active inactive account accounts custom future past issue issued action session sessions order ' +
    'orders allowed denied contain contains default config configuration source target host port path url uri query api ' +
    'app web new old all any none one two three first last next json xml text html body header headers method timestamp ' +
    'login logout page list create created update updated delete deleted start started stop stopped end ended success ' +
    'successful successfully ok enabled disabled locked blocked changed reset invalidated enough more than number string ' +
    'profile profiles application applications applicable content charset accept encoding agent browser mozilla windows linux typ types web ' +
    'connection address remote time duration bytes length size count total max min average thread process pid main worker ' +
    'integer format field fields input output result results empty too large small long short read write open close closed'
  ).split(' '),
)

export function stemsOf(signatures: readonly Signature[]): string[] {
  const anchors = signatures.flatMap((s) => anchorTexts(s).map(candidates))
  return cover(anchors)
}

/** A regular expression source; match it case-insensitively. */
export function prefilterSource(stems: readonly string[]): string {
  return stems.map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
}

/** What may stand for one anchor, with how telling it is: its rare words and their prefixes, else its longest phrase. */
function candidates(text: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const [word] of text.matchAll(WORD)) {
    if (word.length < STEM_MIN || isOrdinary(word)) continue
    found.set(word, Math.min(word.length, 10))
    for (let size = PREFIX_MIN; size < word.length; size++) {
      const prefix = word.slice(0, size)
      if (!startsOrdinary(prefix) && !prefix.endsWith('_')) found.set(prefix, size * 0.9)
    }
  }
  if (found.size > 0) return found
  const phrases = [...text.matchAll(PHRASE)].map((m) => m[0]).filter((p) => p.length >= STEM_MIN)
  const longest = phrases.reduce((a, b) => (b.length > a.length ? b : a), '')
  if (longest === '') throw new RangeError(`"${text}" cannot be found by a prefilter`)
  return found.set(longest, longest.length)
}

/** Has this anchor a word that a prefilter can look for? */
export function canBeFound(text: string): boolean {
  return [...text.matchAll(PHRASE)].some((m) => m[0].length >= STEM_MIN)
}

/** Short numbers are everywhere: durations, ports, sizes. */
function isOrdinary(word: string): boolean {
  return ORDINARY.has(word) || /^\d{1,3}$/.test(word)
}

const ORDINARY_PREFIXES: ReadonlySet<string> = new Set(
  [...ORDINARY].flatMap((word) => Array.from({ length: word.length }, (_, i) => word.slice(0, i + 1))),
)

function startsOrdinary(prefix: string): boolean {
  return ORDINARY_PREFIXES.has(prefix)
}

/** Greedy set cover: the stem that stands for most anchors, weighed by how telling it is for them, first. */
function cover(anchors: readonly Map<string, number>[]): string[] {
  const stems: string[] = []
  let open = anchors.map((_, i) => i)
  while (open.length > 0) {
    const votes = new Map<string, number>()
    for (const i of open) for (const [stem, telling] of anchors[i]!) votes.set(stem, (votes.get(stem) ?? 0) + telling)
    let best = ''
    let bestScore = -1
    for (const [stem, score] of votes)
      if (score > bestScore || (score === bestScore && stem < best)) {
        best = stem
        bestScore = score
      }
    stems.push(best)
    open = open.filter((i) => !anchors[i]!.has(best))
  }
  return stems.sort()
}
