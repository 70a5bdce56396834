/** Which paths name one of the services at hand: what is asked of each path, and of each service, only once. */
import { isNamed } from './same-request.ts'
import type { Told } from './tell.ts'

/** Paths remembered; those with numbers in them are many. Count. */
const PATHS_KEPT = 10_000

export class PathNames {
  readonly #services = new Map<string, Pick<Told, 'service' | 'host'>>()
  readonly #known = new Map<string, boolean>()

  constructor(told: readonly Pick<Told, 'service' | 'host'>[]) {
    for (const { service, host } of told) {
      const who = { ...(service === undefined ? {} : { service }), ...(host === undefined ? {} : { host }) }
      this.#services.set(`${service}\u001f${host}`, who)
    }
  }

  /** Is one of the services named by it? */
  nameAny(path: string | undefined): boolean {
    if (path === undefined) return false
    let named = this.#known.get(path)
    if (named === undefined) {
      named = [...this.#services.values()].some((who) => isNamed(path, who))
      if (this.#known.size < PATHS_KEPT) this.#known.set(path, named)
    }
    return named
  }
}
