/**
 * Takes out of a tracked shift what went away and came back to where it was: clocks are set, but hardly ever set wrong and then set
 * back to the very error they had. Such a stretch is chance among many lines.
 * Invariant: what remains is in order of time; a stretch with requests known by more than time is never taken out.
 */
import type { TrackedShift } from './track-shift.ts'

/** Stamps and the way of a request, on both sides; ms. */
const DOUBT_MS = 2_000
/** A clock that drifts faster is not known; ms per ms. */
const FASTEST_DRIFT = 0.001

export function withoutExcursions(stretches: readonly TrackedShift[]): TrackedShift[] {
  const parts = stretches
    .filter(({ meetings }) => meetings.length > 0)
    .map((stretch) => ({ stretch, from: ends(stretch, 0), to: ends(stretch, -1), size: stretch.meetings.length }))
    .sort((a, b) => a.from.at_ms - b.from.at_ms)
  const gone = new Set<(typeof parts)[number]>()
  for (let i = 0; i < parts.length; i++) {
    const before = parts[i]!
    if (gone.has(before)) continue
    for (let j = parts.length - 1; j > i + 1; j--) {
      const after = parts[j]!
      if (gone.has(after) || !agree(before.to, after.from)) continue
      const between = parts.slice(i + 1, j).filter((part) => !gone.has(part))
      const away = between.filter(
        (part) => part.stretch.marked === 0 && !agree(before.to, part.from) && !agree(part.to, after.from),
      )
      const size = away.reduce((sum, part) => sum + part.size, 0)
      if (size > before.size + after.size) continue
      for (const part of away) gone.add(part)
      break
    }
  }
  return parts.filter((part) => !gone.has(part)).map(({ stretch }) => stretch)
}

interface End {
  at_ms: number
  shift_ms: number
}

function ends({ meetings }: TrackedShift, index: 0 | -1): End {
  const { mine_ms, other_ms } = meetings.at(index)!
  return { at_ms: mine_ms, shift_ms: mine_ms - other_ms }
}

function agree(a: End, b: End): boolean {
  return Math.abs(a.shift_ms - b.shift_ms) <= DOUBT_MS + FASTEST_DRIFT * Math.abs(a.at_ms - b.at_ms)
}
