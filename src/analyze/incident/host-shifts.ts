/**
 * How far one host's stamps are from those of the others, where that is more than a window forgives: where a partner of its
 * records has to be looked for. Invariant: asked per host and minute, not per record; bounded per host.
 */
import type { ClockLookup } from '../../core/clock-lookup.ts'

const SECOND_MS = 1_000
/** A clock drifts by less than the window forgives in this; ms. */
const KEPT_MS = 60_000
/** More clocks that are wrong in different ways than a fleet has; each costs a look. */
const SHIFT_LIMIT = 16

export class HostShifts {
  readonly #hosts: Iterable<string>
  readonly #clocks: ClockLookup
  readonly #known = new Map<string, Map<number, readonly number[]>>()

  constructor(hosts: Iterable<string>, clocks: ClockLookup) {
    this.#hosts = hosts
    this.#clocks = clocks
  }

  /** Host minus others around that time, whole seconds, ms; distinct, without those under a second. */
  of(host: string, time_ms: number): readonly number[] {
    const slot = Math.floor(time_ms / KEPT_MS)
    let bySlot = this.#known.get(host)
    if (bySlot === undefined) {
      bySlot = new Map()
      this.#known.set(host, bySlot)
    }
    let shifts = bySlot.get(slot)
    if (shifts === undefined) {
      shifts = this.#find(host, time_ms)
      bySlot.set(slot, shifts)
    }
    return shifts
  }

  #find(host: string, time_ms: number): readonly number[] {
    const shifts = new Set<number>()
    for (const other of this.#hosts) {
      if (other === host || shifts.size >= SHIFT_LIMIT) continue
      const offset = this.#clocks.between(host, other, time_ms)?.offset_ms
      if (offset !== undefined && Math.abs(offset) >= SECOND_MS) shifts.add(Math.round(offset / SECOND_MS) * SECOND_MS)
    }
    return [...shifts]
  }
}
