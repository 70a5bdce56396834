/**
 * Decides which transitions become notices: not silenced ones, no repeat of what was acknowledged, an end only where a
 * beginning was told. Leaves sending to the dispatcher. State is small and saved with the engine's.
 */
import type { Alert, Silence } from '../core/alert.ts'
import type { Transition } from './engine.ts'
import type { Notice, NoticeReason } from './notice.ts'

interface Told {
  /** When it was last told, ms; null: not yet (silenced). */
  told_ms: number | null
  times: number
}

export interface SavedNotifier {
  told: [string, Told][]
}

export interface NotifierOptions {
  /** A firing alert is told again after this long; ms. */
  repeat_ms: number
  silenced(alert: Alert, silences: readonly Silence[], now_ms: number): boolean
}

/** Notices about changes of one alert are at least this far apart, ms. */
const CHANGE_MS = 5 * 60_000
/** Alerts remembered at a time. */
const LIMIT = 5_000

export class Notifier {
  readonly #options: NotifierOptions
  readonly #told = new Map<string, Told>()

  constructor(options: NotifierOptions) {
    this.#options = options
  }

  /** Notices for what happened. */
  take(transitions: readonly Transition[], silences: readonly Silence[], now_ms: number): Notice[] {
    const notices: Notice[] = []
    for (const { kind, alert } of transitions) {
      const told = this.#told.get(alert.id)
      const silenced = this.#options.silenced(alert, silences, now_ms)
      if (kind === 'fired') {
        if (told?.told_ms != null) continue
        this.#remember(alert.id, { told_ms: silenced ? null : now_ms, times: silenced ? 0 : 1 })
        if (!silenced) notices.push(notice('fired', alert, now_ms, 0))
      } else if (kind === 'changed') {
        if (silenced || told === undefined || (told.told_ms !== null && now_ms - told.told_ms < CHANGE_MS)) continue
        notices.push(notice(told.told_ms === null ? 'fired' : 'changed', alert, now_ms, told.times))
        this.#remember(alert.id, { told_ms: now_ms, times: told.times + 1 })
      } else if (kind === 'resolved') {
        this.#told.delete(alert.id)
        if (told?.told_ms != null && !silenced) notices.push(notice('resolved', alert, now_ms, 0))
      }
    }
    return notices
  }

  /** Notices about alerts that still fire: told again, or for the first time when a silence has ended. */
  remind(firing: readonly Alert[], silences: readonly Silence[], now_ms: number): Notice[] {
    const notices: Notice[] = []
    for (const alert of firing) {
      const told = this.#told.get(alert.id)
      if (alert.state !== 'firing' || told === undefined || this.#options.silenced(alert, silences, now_ms)) continue
      const due =
        told.told_ms === null || (now_ms - told.told_ms >= this.#options.repeat_ms && alert.acknowledged_ms === null)
      if (!due) continue
      notices.push(notice(told.told_ms === null ? 'fired' : 'repeat', alert, now_ms, told.times))
      this.#remember(alert.id, { told_ms: now_ms, times: told.times + 1 })
    }
    return notices
  }

  save(): SavedNotifier {
    return { told: [...this.#told] }
  }

  restore(saved: SavedNotifier): void {
    for (const [id, told] of saved.told) this.#told.set(id, told)
  }

  #remember(id: string, told: Told): void {
    this.#told.delete(id)
    this.#told.set(id, told)
    if (this.#told.size > LIMIT) this.#told.delete(this.#told.keys().next().value!)
  }
}

function notice(reason: NoticeReason, alert: Alert, at_ms: number, times: number): Notice {
  return { reason, alert, at_ms, dedupe: `${alert.id}/${reason}${times === 0 ? '' : `/${times}`}` }
}
