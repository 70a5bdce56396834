/**
 * A cheap test on a record's raw, unredacted text: false proves that no signature can match it, so most lines are never
 * decoded. Its words come from the signatures' own anchors, shortened until a few dozen cover all of them.
 * Invariant (property-tested): whatever the matcher would match, the prefilter lets through, however the text was
 * escaped by JSON, XML or URL encoders: only characters that no encoder touches are used.
 */
import { anchorLiterals } from './matcher.ts'
import type { Signature } from './signature.ts'

/** Runs that JSON, Go's and .NET's HTML-safe JSON, logfmt and access-log escaping leave alone; `_` and digits included. */
const WORD = /[a-z0-9_]+/g
const STEM_MIN = 3
const PREFIX_MIN = 5

/** Words that fill ordinary logs: they may stand for an anchor only where it has nothing rarer. */
const ORDINARY: ReadonlySet<string> = new Set(
  'the and for not with from was has are this that your you can could found failed fail error errors request requests response server client http https user name type time value message data code level info warn debug null true false invalid valid exception java org com net core status object missing unable been does must should unknown access event events service key id no is of to in at on'.split(
    ' ',
  ),
)

export function stemsOf(signatures: readonly Signature[]): string[] {
  const anchors: Map<string, number>[] = []
  for (const signature of signatures) {
    const literals = anchorLiterals(signature)
    const texts =
      literals.length > 0
        ? literals
        : (signature.where.find((c) => c.values !== undefined && !c.negate)?.values ?? []).map((v) => v.toLowerCase())
    for (const text of texts) anchors.push(candidates(text))
  }
  return cover(anchors)
}

/** A regular expression source; match it case-insensitively. */
export function prefilterSource(stems: readonly string[]): string {
  return stems.map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
}

/** Words of one anchor, and prefixes of them, that may stand for it, with how telling each is. */
function candidates(text: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const [word] of text.matchAll(WORD)) {
    if (word.length < STEM_MIN) continue
    const telling = ORDINARY.has(word) ? 0.05 : 1
    found.set(word, telling * Math.min(word.length, 10))
    for (let size = PREFIX_MIN; size < word.length; size++) {
      const prefix = word.slice(0, size)
      if (!ORDINARY.has(prefix)) found.set(prefix, telling * size * 0.9)
    }
  }
  if (found.size === 0) throw new RangeError(`"${text}" has no word of ${STEM_MIN} characters to be found by`)
  return found
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
