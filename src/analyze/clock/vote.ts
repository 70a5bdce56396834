/**
 * Who is off: the clocks that agree outvote those that do not. One against all is at fault; all against the issuer accuse
 * the issuer; one against one accuses nobody. Clocks that are wrong are wrong in their own ways: the largest group that agrees is
 * right. Invariant: nobody is accused unless that group is far larger than any other that agrees within itself (those have a
 * cause in common, and which of two causes is the fault numbers hardly tell), nor where its interval touches the agreement.
 */

export interface Voter {
  party: string
  low_ms: number
  high_ms: number
}

export interface Verdict {
  /** Where the agreeing clocks stand against the reference, ms. */
  agreed_ms: number
  agreeing: number
  voters: number
  accused: ReadonlySet<string>
}

/** Differences smaller than this are no fault: constant delays look like them, and every validator forgives them. */
export const TOLERANCE_MS = 1_000

/** So many times the size of another group of clocks that agree with each other. */
const FAR_LARGER = 2

/** Null where no group of clocks is the largest, or none agree at all. */
export function vote(voters: readonly Voter[]): Verdict | null {
  const largest = largestGroup(voters)
  if (largest === null || largest.count < 2) return null
  const agreed_ms = largest.at_ms
  const accused = voters.filter((v) => isOutside(v, agreed_ms))
  const rival = largestGroup(accused)
  if (rival !== null && rival.count > 1 && rival.count * FAR_LARGER > largest.count) return null
  return {
    agreed_ms,
    agreeing: voters.length - accused.length,
    voters: voters.length,
    accused: new Set(accused.map((v) => v.party)),
  }
}

function isOutside({ low_ms, high_ms }: Omit<Voter, 'party'>, agreed_ms: number): boolean {
  return low_ms > agreed_ms + TOLERANCE_MS || high_ms < agreed_ms - TOLERANCE_MS
}

/** The place that most intervals contain (Marzullo), half the tolerance allowed on each side. */
export function largestGroup(voters: readonly Omit<Voter, 'party'>[]): { count: number; at_ms: number } | null {
  const edges = voters.flatMap((v) => [
    { at: v.low_ms - TOLERANCE_MS / 2, by: 1 },
    { at: v.high_ms + TOLERANCE_MS / 2, by: -1 },
  ])
  edges.sort((a, b) => a.at - b.at || b.by - a.by)
  let count = 0
  let best: { count: number; at_ms: number } | null = null
  for (const [i, edge] of edges.entries()) {
    count += edge.by
    if (count > (best?.count ?? 0)) best = { count, at_ms: (edge.at + (edges[i + 1]?.at ?? edge.at)) / 2 }
  }
  return best
}

/**
 * The verdict without those that something speaks for. `defence`: false, the accusation does not stand; true, it does; an
 * interval, where the accused is known to be by other ways (it stands if that lies outside, too); null, by no other way.
 */
export function fairly(verdict: Verdict, defence: (party: string) => boolean | Omit<Voter, 'party'> | null): Verdict {
  const accused = [...verdict.accused].filter((party) => {
    const place = defence(party)
    if (place === null || typeof place === 'boolean') return place === true
    return isOutside(place, verdict.agreed_ms)
  })
  return { ...verdict, accused: new Set(accused) }
}
