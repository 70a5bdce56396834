/** How a running collector learns that its configuration was read again. Leaves signals and files to the command line. */
import type { RetentionPolicy } from '../../core/ports/store.ts'
import type { Privacy } from '../../core/privacy.ts'
import type { Config } from '../config/config.ts'
import type { Receivers } from '../receivers.ts'

/** What a configuration decides of a collector. */
export interface Settings {
  paths: readonly string[]
  /** Store location. */
  store: string
  /** IANA zone for stamps without one. */
  zone: string
  privacy: Privacy
  retention: RetentionPolicy
  config: Config
  /** Where senders may push to, secrets read. */
  receivers?: Receivers
}

/** `restart`: what was asked for goes only with everything closed and opened again. */
export type ReloadAnswer = 'taken' | 'restart'

export class Reloads {
  #handler: ((settings: Settings) => Promise<ReloadAnswer>) | null = null
  #waiting: Settings | null = null

  /** While it returns nothing or has not been called, what comes waits. */
  handle(handler: (settings: Settings) => Promise<ReloadAnswer>): void {
    this.#handler = handler
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting !== null) void handler(waiting)
  }

  stop(): void {
    this.#handler = null
  }

  /** Resolves when it is in force, or on its way. */
  async offer(settings: Settings): Promise<ReloadAnswer> {
    if (this.#handler !== null) return this.#handler(settings)
    this.#waiting = settings
    return 'restart'
  }
}
