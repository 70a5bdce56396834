/**
 * Keeps the view state and the latest model, asks for new models when needed, and tells who draws. Knows no terminal:
 * keys come in as names, effects on the terminal go out as words.
 * Invariant: never two loads at once, and never a model on the screen that answers an older question.
 */
import type { KeyPress } from './key-press.ts'
import type { DashboardModel, ModelRequest } from './model.ts'
import type { View } from './view.ts'
import { viewContext } from './view.ts'
import { type Effect, reduce, reducePaste, type Step, type ViewState } from './view-state.ts'

/** Between two loads that new data asked for; a person cannot read faster, and the store has other work; ms. */
export const LOAD_INTERVAL_MS = 500

/** Without new data the range still moves on, and rates fall; ms. */
export const REFRESH_INTERVAL_MS = 10_000

/** Rows of lists asked for; nobody scrolls further by hand, and a filter narrows. */
const LIST_LIMIT = 500

interface Screen {
  columns: number
  rows: number
  ascii: boolean
  /** IANA zone for "local". */
  local_zone: string
}

export interface ControllerOptions {
  load(request: ModelRequest): Promise<DashboardModel>
  now(): number
  /** Size and kind of the terminal as of now. */
  screen(): Screen
  /** Something on the screen changed. */
  draw(): void
  effect(effect: Exclude<Effect, 'load'>): void
  initial: ViewState
}

export interface Controller {
  view(): View
  press(key: KeyPress): void
  paste(text: string): void
  /** The store has something new. */
  changed(): void
  start(): void
  stop(): void
}

export function createController(options: ControllerOptions): Controller {
  let state = options.initial
  let model: DashboardModel | null = null
  let answered: ModelRequest | null = null
  let failure: string | null = null
  let loading = false
  let asked = 0
  let wanted = false
  /** A key (or the start) asked for something that no answer has shown yet. */
  let owed = true
  let last_load_ms = 0
  let timer: NodeJS.Timeout | null = null
  let stopped = false

  const view = (): View => {
    const { columns, rows, ascii, local_zone } = options.screen()
    return { model, answered, failure, state, columns, rows, ascii, zone: state.zone === 'utc' ? 'UTC' : local_zone }
  }

  const request = (): ModelRequest => ({
    now_ms: state.paused_at_ms ?? options.now(),
    length_ms: state.length_ms,
    end: state.end,
    filter: state.filter,
    words: state.words,
    incident_id: state.detail,
    limit: LIST_LIMIT,
  })

  const wait = (ms: number) => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => {
      timer = null
      void loadNow()
    }, ms)
  }

  const loadNow = async () => {
    // A frozen screen takes no news, only what a key asked for.
    if (stopped || (state.paused_at_ms !== null && !owed)) return
    if (loading) {
      wanted = true
      return
    }
    loading = true
    wanted = false
    const question = ++asked
    last_load_ms = options.now()
    const asking = request()
    const live = state.paused_at_ms === null
    /** Nobody overtook the question: no later key, no pause. */
    const current = () => question === asked && !stopped && live === (state.paused_at_ms === null)
    try {
      const answer = await options.load(asking)
      if (current()) {
        owed = false
        model = answer
        answered = asking
        failure = null
        options.draw()
      }
    } catch (error) {
      if (current()) {
        const text = error instanceof Error ? error.message : String(error)
        if (model === null) failure = text
        else model = { ...model, error: text }
        options.draw()
      }
    } finally {
      loading = false
    }
    if (stopped) return
    if (!current()) wait(0)
    else if (wanted) wait(LOAD_INTERVAL_MS)
    else if (timer === null) wait(REFRESH_INTERVAL_MS)
  }

  const take = ({ state: next, effects }: Step) => {
    const differs = next !== state
    state = next
    for (const effect of effects) {
      if (effect !== 'load') {
        options.effect(effect)
        continue
      }
      owed = true
      if (loading) {
        // What is being read answers the question before this key.
        asked += 1
        wanted = true
      } else {
        void loadNow()
      }
    }
    if (differs) options.draw()
  }

  return {
    view,
    press(key) {
      take(reduce(state, key, viewContext(view(), options.now())))
    },
    paste(text) {
      take(reducePaste(state, text, viewContext(view(), options.now())))
    },
    changed() {
      if (stopped || state.paused_at_ms !== null) return
      if (loading) wanted = true
      else wait(Math.max(0, last_load_ms + LOAD_INTERVAL_MS - options.now()))
    },
    start() {
      void loadNow()
    },
    stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}
