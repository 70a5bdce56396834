/**
 * What is known of a bare code or name (`AADSTS700082`, `fertft`, `ERR_JWT_EXPIRED`, `invalid_grant`, `stale_jwks`): the
 * signatures that carry it, and the subcause of that name.
 */
import { CAUSES, type Cause, type Subcause } from '../core/cause.ts'
import type { Signature } from '../signatures/signature.ts'

export interface KnownCode {
  signatures: readonly Signature[]
  /** Most likely first: the subcause of that very name, what the code means alone, then what it may mean besides. */
  verdicts: readonly { cause: Cause; subcause: Subcause }[]
}

/** Names and numbers that software gives, unlike the words of a sentence. */
const CODE_LIKE = /[\d_.:/#-]|[a-z][A-Z]/
const WORDS = /\w+(?:[.:/#-]{1,2}\w+)*/g

export function lookUpCode(text: string, signatures: readonly Signature[]): KnownCode | null {
  const code = text.trim()
  if (!/^[\w.:/#-]{2,80}$/.test(code)) return null
  const lower = code.toLowerCase()
  const carrying = signatures.filter((s) => carries(s, code, lower))
  const found = carrying.length > 0 || !CODE_LIKE.test(code) ? carrying : signatures.filter((s) => mentions(s, lower))
  const named = (Object.keys(CAUSES) as Cause[]).flatMap((cause) =>
    (CAUSES[cause] as readonly Subcause[])
      .filter((subcause) => subcause === lower || `${cause}/${subcause}` === lower)
      .map((subcause) => ({ cause, subcause })),
  )
  if (found.length === 0 && named.length === 0) return null
  // Whoever is found by more than the code alone says less of what the code means.
  const alone = found.filter((s) => !s.codes?.includes(lower))
  const plainest = Math.min(...(alone.length > 0 ? alone : found).map(asked))
  /** A code that alone leaves the reason open (`invalid_grant`): what most systems mean by it comes first. */
  const openCode = found.some((s) => asked(s) === plainest && s.cause === 'unknown')
  const votes = new Map<string, { cause: Cause; subcause: Subcause; plain: boolean; systems: Set<string> }>()
  for (const signature of found) {
    const { cause, subcause, system } = signature
    if (cause === null || subcause === null) continue
    const key = `${cause}/${subcause}`
    const vote = votes.get(key) ?? { cause, subcause, plain: false, systems: new Set<string>() }
    vote.plain ||= asked(signature) === plainest && cause !== 'unknown'
    vote.systems.add(system)
    votes.set(key, vote)
  }
  // "No reason stated" explains nothing: it comes last.
  const ranked = [...votes.values()].sort(
    (a, b) =>
      Number(a.cause === 'unknown') - Number(b.cause === 'unknown') ||
      Number(openCode) * (b.systems.size - a.systems.size) ||
      Number(b.plain) - Number(a.plain) ||
      b.systems.size - a.systems.size,
  )
  const all = [...named, ...ranked.map(({ cause, subcause }) => ({ cause, subcause }))]
  return {
    signatures: [...found].sort(
      (a, b) =>
        Number(isNamed(b, lower)) - Number(isNamed(a, lower)) ||
        Number(asked(b) === plainest) - Number(asked(a) === plainest) ||
        b.specificity - a.specificity,
    ),
    verdicts: all.filter((v, i) => all.findIndex((w) => w.cause === v.cause && w.subcause === v.subcause) === i),
  }
}

/** How much a signature asks for: the one that asks for least says what the code means alone. */
function asked(s: Signature): number {
  const words = s.contains.length + Math.min(s.any.length, 1) + (s.pattern === undefined ? 0 : 1)
  return words + s.where.filter((c) => !c.negate).length
}

/** Whether the signature bears that very name: the standard's own before those that quote it. */
function isNamed(s: Signature, lower: string): boolean {
  return s.id.slice(s.id.indexOf('/') + 1).toLowerCase() === lower
}

function carries(s: Signature, code: string, lower: string): boolean {
  return (
    s.id.toLowerCase() === lower ||
    isNamed(s, lower) ||
    s.contains.includes(lower) ||
    s.any.includes(lower) ||
    s.codes?.includes(lower) ||
    s.where.some(
      (c) => !c.negate && c.values !== undefined && c.values.some((v) => v === code || v.toLowerCase() === lower),
    )
  )
}

/** Whether the code is a word of a longer text of the signature's, `[auth][error] JWTSessionError` or `ID=OIDCS-28ubl Message=`. */
function mentions(s: Signature, lower: string): boolean {
  const words = [...s.contains, ...s.any, s.pattern ?? ''].flatMap((text) => text.toLowerCase().match(WORDS) ?? [])
  return s.id.toLowerCase().endsWith(`-${lower}`) || words.includes(lower)
}
