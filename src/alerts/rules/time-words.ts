/**
 * What hosts' own time services last said, and how that sits with what tokens show of their clocks: corroboration, never a
 * reason of its own. Bounded; what is old says nothing.
 */
import { timeApart } from '../../core/time-apart.ts'
import type { TimeService } from '../../core/watch-step.ts'
import type { WatchFact } from '../fact.ts'

type Heard = TimeService & { at_ms: number }

const HOSTS_LIMIT = 5_000
/** A word this old is none; ms. */
const OLD_MS = 15 * 60_000
/** Nearer than this (or than what the service vouches for) it agrees; s. */
const AGREES_S = 1

export class TimeWords {
  readonly #heard = new Map<string, Heard>()

  take({ time_services, at_ms }: WatchFact): void {
    for (const service of time_services) {
      this.#heard.delete(service.host)
      this.#heard.set(service.host, { ...service, at_ms })
      if (this.#heard.size > HOSTS_LIMIT) this.#heard.delete(this.#heard.keys().next().value!)
    }
  }

  /** Sentences about these hosts; `offset_s`: how far tokens show them off, ahead is positive. */
  about(hosts: readonly string[], offset_s: number, now_ms: number): string[] {
    return hosts.flatMap((host) => {
      const heard = this.#heard.get(host)
      return heard === undefined || now_ms - heard.at_ms > OLD_MS ? [] : [sentence(heard, offset_s)]
    })
  }

  save(): [string, Heard][] {
    return [...this.#heard]
  }

  restore(saved: readonly [string, Heard][] | undefined): void {
    for (const [host, heard] of saved ?? []) this.#heard.set(host, heard)
  }
}

function sentence({ host, by, offset_s, error_s, synchronised }: Heard, shown_s: number): string {
  if (!synchronised) return `${by} on ${host} says that it is not synchronised: nothing corrects its clock`
  const way = offset_s < 0 ? 'behind' : 'ahead of'
  const vouched = error_s === null ? '' : `, wrong by ${timeApart(error_s * 1000)} at most`
  const says = `${by} on ${host} says that its clock is ${timeApart(offset_s * 1000)} ${way} its time source${vouched}`
  if (Math.abs(offset_s - shown_s) <= Math.max(AGREES_S, error_s ?? 0)) return `${says}: it agrees`
  return Math.abs(offset_s) <= Math.max(AGREES_S, error_s ?? 0)
    ? `${says}: it does not see what the tokens show, so its source is wrong or the other side is`
    : `${says}: it is off as well, if by another amount`
}
