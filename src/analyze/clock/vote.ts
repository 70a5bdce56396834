/**
 * Who is off: the clocks that agree outvote those that do not. One against all is at fault; all against the issuer accuse
 * the issuer; one against one accuses nobody. Invariant: nobody is accused without a strict majority of agreeing clocks,
 * and only where its whole interval lies outside the agreement.
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

/** Null where no majority agrees, or where there are fewer than two clocks. */
export function vote(voters: readonly Voter[]): Verdict | null {
  if (voters.length < 2) return null
  const edges = voters.flatMap((v) => [
    { at: v.low_ms - TOLERANCE_MS / 2, by: 1 },
    { at: v.high_ms + TOLERANCE_MS / 2, by: -1 },
  ])
  edges.sort((a, b) => a.at - b.at || b.by - a.by)
  let count = 0
  let best = { count: 0, from: 0, to: 0 }
  for (const [i, edge] of edges.entries()) {
    count += edge.by
    if (count > best.count) best = { count, from: edge.at, to: edges[i + 1]?.at ?? edge.at }
  }
  if (best.count * 2 <= voters.length || best.count < 2) return null
  const agreed_ms = (best.from + best.to) / 2
  const accused = new Set<string>()
  for (const v of voters)
    if (v.low_ms > agreed_ms + TOLERANCE_MS || v.high_ms < agreed_ms - TOLERANCE_MS) accused.add(v.party)
  return { agreed_ms, agreeing: voters.length - accused.size, voters: voters.length, accused }
}
