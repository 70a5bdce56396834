/**
 * Under which window of its characters each literal is filed: the one met least in what is searched, which is ordinary lines
 * and lines that say what the literals say. Chosen by the build for the packs it compiles, at start-up only for a user's own.
 * Estimates only: they decide how fast authtop is, never what it recognises.
 */
import { classOf, GRAM, MASK, SHIFT } from './char-class.ts'
import { RARITY, WindowCounts, WindowFrequency } from './window-frequency.ts'

/** Literal → where in it its window begins. A literal that is not among them has its window chosen when it is filed. */
export type WindowPlaces = Readonly<Record<string, number>>

/**
 * Of literals that are no longer than a window there is nothing to choose.
 * @param speaking share of what is searched that says what the literals say, 0 to 1
 */
export function rareWindows(literals: readonly string[], speaking = 1): Record<string, number> {
  const ordinary = WindowFrequency.load()
  const spoken = new WindowCounts()
  for (const literal of literals) spoken.add(literal, speaking / literals.length)
  const places: Record<string, number> = Object.create(null)
  for (const literal of literals) if (literal.length > GRAM) places[literal] = rarestWindow(literal, ordinary, spoken)
  return places
}

function rarestWindow(literal: string, ordinary: WindowFrequency, spoken: WindowCounts): number {
  let h = 0
  let rarity = 0
  let best = Number.POSITIVE_INFINITY
  let bestAt = 0
  for (let i = 0; i < literal.length; i++) {
    const last = classOf(literal.charCodeAt(i))
    h = ((h << SHIFT) | last) & MASK
    rarity += RARITY[last]!
    if (i >= GRAM) rarity -= RARITY[classOf(literal.charCodeAt(i - GRAM))]!
    if (i < GRAM - 1) continue
    const met = ordinary.of(h, rarity) + spoken.of(h)
    if (met >= best) continue
    best = met
    bestAt = i - GRAM + 1
  }
  return bestAt
}
