/**
 * When something began to be refused at one place, and when it ended: the stretch of time in which its share of the requests
 * differs most from the share outside, by the likelihood ratio of Kulldorff's scan statistic (1997). Strays that were there all
 * along neither make a beginning nor hide one.
 * Invariant: a stretch comes back only if the place was at work before it and the share in it is many times that outside.
 */

/** One step of time at one place. */
export interface Step {
  start_ms: number
  /** Refused for the reason looked at. */
  refused: number
  /** All that was asked there, those included. */
  all: number
}

export interface Onset {
  from_ms: number
  to_ms: number
  refused: number
  all: number
  /** Outside the stretch. */
  strays: number
}

/** Fewer refusals are strays; count. */
const LEAST = 10
/** So many times the share outside, and this share of all, is a change; count, share. */
const TIMES = 5
const LEAST_SHARE = 0.2
/** Nats by which two shares must be likelier than one. */
const SURE = 12
/** A change is one only where the place was at work for this long before it, with so many requests; ms, count. */
const QUIET_MS = 5 * 60_000
const AT_WORK = 5
/** So many times the usual distance between two refusals sets a stray apart. */
const STRAY_GAP = 3
/** Steps weighed against each other, which is quadratic; count. More are for a coarser grid. */
const STEPS_LIMIT = 1_500

/** `steps` in order of time, those without requests left out; at most {@link STEPS_LIMIT}, the newest, are looked at. */
export function onsetOf(given: readonly Step[], step_ms: number): Onset | null {
  const steps = given.slice(-STEPS_LIMIT)
  const refusedTo = [0]
  const allTo = [0]
  for (const { refused, all } of steps) {
    refusedTo.push(refusedTo.at(-1)! + refused)
    allTo.push(allTo.at(-1)! + all)
  }
  const [refusedIn, allIn] = [refusedTo.at(-1)!, allTo.at(-1)!]
  if (refusedIn < LEAST) return null
  const one = logLikelihood(refusedIn, allIn)
  let best: { from: number; to: number; gain: number } | null = null
  for (let from = 0; from < steps.length; from++) {
    if (steps[from]!.refused === 0) continue
    if (steps[from]!.start_ms - steps[0]!.start_ms < QUIET_MS || allTo[from]! < AT_WORK) continue
    for (let to = from + 1; to <= steps.length; to++) {
      if (steps[to - 1]!.refused === 0) continue
      const [r, n] = [refusedTo[to]! - refusedTo[from]!, allTo[to]! - allTo[from]!]
      const [others, rest] = [refusedIn - r, allIn - n]
      if (r < LEAST || r < LEAST_SHARE * n || r * rest < TIMES * others * n) continue
      const gain = logLikelihood(r, n) + logLikelihood(others, rest) - one
      if (gain >= SURE && (best === null || gain > best.gain)) best = { from, to, gain }
    }
  }
  if (best === null) return null
  const { from, to } = withoutStrays(steps, best.from, best.to)
  const refused = refusedTo[to]! - refusedTo[from]!
  return {
    from_ms: steps[from]!.start_ms,
    to_ms: steps[to - 1]!.start_ms + step_ms,
    refused,
    all: allTo[to]! - allTo[from]!,
    strays: refusedIn - refused,
  }
}

/**
 * Where a host says little of what it accepts, a stray some minutes before looks like the beginning: one that stands apart by many
 * times the usual distance is none, and so at the end.
 */
function withoutStrays(steps: readonly Step[], first: number, end: number): { from: number; to: number } {
  const hits: number[] = []
  for (let i = first; i < end; i++) if (steps[i]!.refused > 0) hits.push(i)
  const apart = (a: number, b: number): number => steps[hits[b]!]!.start_ms - steps[hits[a]!]!.start_ms
  let [low, high] = [0, hits.length - 1]
  const usual_ms = apart(low, high) / Math.max(1, high - low)
  while (high - low > 2 && apart(low, low + 1) > STRAY_GAP * usual_ms) low++
  while (high - low > 2 && apart(high - 1, high) > STRAY_GAP * usual_ms) high--
  return { from: hits[low]!, to: hits[high]! + 1 }
}

/** Of `k` refusals among `n` requests at their own share. */
function logLikelihood(k: number, n: number): number {
  return term(k, n) + term(n - k, n)
}

function term(k: number, n: number): number {
  return k <= 0 ? 0 : k * Math.log(k / n)
}
