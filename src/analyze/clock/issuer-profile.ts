/**
 * How an issuer sets its claims: lifetime (exp − iat) and start (nbf − iat). Lets a record that shows only `exp` or `nbf`
 * speak about `iat`, and keeps a deliberately delayed `nbf` from passing for skew.
 * Invariant: a claim is derived only where every token seen so far agrees, or where a bound stays sound.
 */

export interface IssuerProfile {
  /** exp − iat in ms: smallest and largest seen; null before the first. */
  shortest_ms: number | null
  longest_ms: number | null
  /** nbf − iat in ms. */
  earliest_ms: number | null
  latest_ms: number | null
  tokens: number
}

/** Issuers differ from themselves by a rounding; more is a second kind of token; ms. */
const SAME_MS = 1_000

export function createProfile(): IssuerProfile {
  return { shortest_ms: null, longest_ms: null, earliest_ms: null, latest_ms: null, tokens: 0 }
}

export function observeProfile(profile: IssuerProfile, iat: number, nbf?: number, exp?: number): void {
  profile.tokens++
  if (exp !== undefined && exp > iat) {
    profile.shortest_ms = Math.min(profile.shortest_ms ?? Infinity, exp - iat)
    profile.longest_ms = Math.max(profile.longest_ms ?? -Infinity, exp - iat)
  }
  if (nbf !== undefined) {
    profile.earliest_ms = Math.min(profile.earliest_ms ?? Infinity, nbf - iat)
    profile.latest_ms = Math.max(profile.latest_ms ?? -Infinity, nbf - iat)
  }
}

interface DerivedIat {
  iat_ms: number
  /** False where the token may be younger than this says: such an `iat` only bounds. */
  exact: boolean
}

/** The `iat` that the other claims imply; null where the issuer's habits are not known well enough. */
export function deriveIat(profile: IssuerProfile, nbf?: number, exp?: number): DerivedIat | null {
  const { earliest_ms, latest_ms, shortest_ms, longest_ms } = profile
  if (nbf !== undefined) {
    // Most issuers that write nbf write iat into it; without any token that shows both this is taken for granted.
    if (earliest_ms === null || latest_ms === null) return { iat_ms: nbf, exact: true }
    if (latest_ms - earliest_ms <= SAME_MS) return { iat_ms: nbf - (earliest_ms + latest_ms) / 2, exact: true }
  }
  if (exp !== undefined && shortest_ms !== null && longest_ms !== null)
    return { iat_ms: exp - longest_ms, exact: longest_ms - shortest_ms <= SAME_MS }
  return null
}
