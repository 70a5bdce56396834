/**
 * What is known of a bare code or name (`AADSTS700082`, `fertft`, `ERR_JWT_EXPIRED`, `invalid_grant`, `stale_jwks`): the
 * signatures that carry it, and the subcause of that name.
 */
import { CAUSES, type Cause, type Subcause } from '../core/cause.ts'
import type { Signature } from '../signatures/signature.ts'

export interface KnownCode {
  signatures: readonly Signature[]
  /** Causes in order of how often the signatures name them, the subcause of that very name first. */
  verdicts: readonly { cause: Cause; subcause: Subcause }[]
}

export function lookUpCode(text: string, signatures: readonly Signature[]): KnownCode | null {
  const code = text.trim()
  if (!/^[\w.:/#-]{2,80}$/.test(code)) return null
  const lower = code.toLowerCase()
  const found = signatures.filter((s) => carries(s, code, lower))
  const named = (Object.keys(CAUSES) as Cause[]).flatMap((cause) =>
    (CAUSES[cause] as readonly Subcause[])
      .filter((subcause) => subcause === lower || `${cause}/${subcause}` === lower)
      .map((subcause) => ({ cause, subcause })),
  )
  if (found.length === 0 && named.length === 0) return null
  const votes = new Map<string, { cause: Cause; subcause: Subcause; weight: number }>()
  for (const { cause, subcause, specificity } of found) {
    if (cause === null || subcause === null) continue
    const key = `${cause}/${subcause}`
    const vote = votes.get(key) ?? { cause, subcause, weight: 0 }
    vote.weight += specificity
    votes.set(key, vote)
  }
  const ranked = [...votes.values()].sort((a, b) => b.weight - a.weight)
  const all = [...named, ...ranked.map(({ cause, subcause }) => ({ cause, subcause }))]
  return {
    signatures: [...found].sort((a, b) => b.specificity - a.specificity),
    verdicts: all.filter((v, i) => all.findIndex((w) => w.cause === v.cause && w.subcause === v.subcause) === i),
  }
}

function carries(s: Signature, code: string, lower: string): boolean {
  return (
    s.id.toLowerCase() === lower ||
    s.id.slice(s.id.indexOf('/') + 1).toLowerCase() === lower ||
    s.contains.includes(lower) ||
    s.any.includes(lower) ||
    s.where.some(
      (c) => !c.negate && c.values !== undefined && c.values.some((v) => v === code || v.toLowerCase() === lower),
    )
  )
}
