/** Lets a limited number of new templates of unrecognised records through per hour; the rest is counted. Known ones always pass. */
import { TEMPLATE_LIMIT } from '../limits.ts'
import { floorTo, HOUR_MS } from '../time-grain.ts'

/** Templates remembered as known; beyond it they count as new again. */
const KNOWN = 20_000

export class TemplateGate {
  readonly #known = new Set<string>()
  #hour = Number.NaN
  #fresh = 0

  passes(key: string, now_ms: number): boolean {
    if (this.#known.has(key)) return true
    const hour = floorTo(now_ms, HOUR_MS)
    if (hour !== this.#hour) {
      this.#hour = hour
      this.#fresh = 0
    }
    if (this.#fresh >= TEMPLATE_LIMIT) return false
    this.#fresh++
    if (this.#known.size >= KNOWN) this.#known.clear()
    this.#known.add(key)
    return true
  }
}
