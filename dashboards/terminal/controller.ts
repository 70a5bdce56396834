/**
 * Keeps the view state and the latest model, asks for new models when needed, and tells who draws. Knows no terminal:
 * keys come in as names, effects on the terminal go out as words.
 * Invariant: never two loads at once, and never a model on the screen that answers an older question.
 */
import type { SqlResult } from '../../src/core/ports/store.ts'
import { EXPORT_FORMATS, type ExportFormat, exportText } from './export-text.ts'
import type { KeyPress } from './key-press.ts'
import type { DashboardModel, FindingRow, ModelRequest } from './model.ts'
import { pointedAt } from './pointed-at.ts'
import { reduce, reducePaste } from './reduce.ts'
import { TABLES } from './tables.ts'
import { openFinding, type SqlAnswer, type View, viewContext } from './view.ts'
import { copiedText, exportedTable, pagedText } from './view-export.ts'
import {
  activePanel,
  type Effect,
  openIncident,
  type Step,
  topText,
  type ViewContext,
  type ViewState,
} from './view-state.ts'

/** At least between the starts of two loads that new data asked for; with the commit before it, a line is seen in a quarter of a second; ms. */
export const LOAD_INTERVAL_MS = 100

/** …and so many times what the last one took, up to a limit in ms: a large store has other work than this screen. */
const LOAD_SHARE = 5
const LONGEST_LOAD_INTERVAL_MS = 2_000

/** Without new data the range still moves on, and rates fall; ms. */
export const REFRESH_INTERVAL_MS = 10_000

/** Rows of lists asked for; nobody scrolls further by hand, and a filter narrows. */
const LIST_LIMIT = 500

interface Screen extends Pick<View, 'columns' | 'rows' | 'ascii' | 'monochrome'> {
  /** IANA zone for "local". */
  local_zone: string
}

/** What only the terminal can do. */
export type TerminalEffect = 'quit' | 'redraw' | 'suspend' | { copy: string } | { page: string }

/** What people change about alerts, by the alert's id; the sentence that is answered is shown. */
export interface AlertDesk {
  acknowledge(alert_id: string): Promise<string>
  silence(alert_id: string, length_ms: number): Promise<string>
}

export interface ControllerOptions {
  load(request: ModelRequest): Promise<DashboardModel>
  now(): number
  /** Size and kind of the terminal as of now. */
  screen(): Screen
  /** Something on the screen changed. */
  draw(): void
  effect(effect: TerminalEffect): void
  /** Writes a new file into the present folder; answers its path. */
  save(name: string, text: string): Promise<string>
  sql(query: string): Promise<SqlResult>
  desk: AlertDesk
  moment: ViewContext['moment']
  initial: ViewState
}

export interface Controller {
  view(): View
  press(key: KeyPress): void
  paste(text: string): void
  /** The store has something new. */
  changed(): void
  /** Shows a sentence until the next key. */
  tell(message: string): void
  start(): void
  stop(): void
}

export function createController(options: ControllerOptions): Controller {
  let state = options.initial
  let model: DashboardModel | null = null
  let answered: ModelRequest | null = null
  let failure: string | null = null
  let sql: SqlAnswer | null = null
  let kept: FindingRow | null = null
  let loading = false
  let asked = 0
  let wanted = false
  /** A key (or the start) asked for something that no answer has shown yet. */
  let owed = true
  let last_load_ms = 0
  let interval_ms = LOAD_INTERVAL_MS
  let timer: NodeJS.Timeout | null = null
  let stopped = false

  const view = (): View => {
    const { local_zone, ...screen } = options.screen()
    return { model, answered, failure, sql, kept, state, ...screen, zone: state.zone === 'utc' ? 'UTC' : local_zone }
  }

  const context = () => {
    const seen = view()
    const at: ViewContext['at'] = (column, row) => pointedAt(seen, column, row)
    return viewContext(seen, options.now(), { moment: options.moment, at })
  }

  const request = (): ModelRequest => ({
    screen: state.screen,
    now_ms: state.paused_at_ms ?? options.now(),
    length_ms: state.length_ms,
    end: state.end,
    filter: state.filter,
    words: state.words,
    order: state.sorts.incidents ?? null,
    incident_id: openIncident(state),
    limit: LIST_LIMIT,
  })

  const wait = (ms: number) => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => {
      timer = null
      void loadNow()
    }, ms)
  }

  const untilNext = () => Math.max(0, last_load_ms + interval_ms - options.now())

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
        owed = answer.pending
        model = withKnownParts(answer, asking, model, answered)
        answered = asking
        failure = null
        keepOpenFinding()
        options.draw()
      }
    } catch (error) {
      if (current()) {
        const text = messageOf(error)
        if (model === null) failure = text
        else model = { ...model, error: text }
        options.draw()
      }
    } finally {
      loading = false
      const share_ms = LOAD_SHARE * (options.now() - last_load_ms)
      interval_ms = Math.min(LONGEST_LOAD_INTERVAL_MS, Math.max(LOAD_INTERVAL_MS, share_ms))
    }
    if (stopped) return
    if (!current()) wait(0)
    else if (wanted || owed) wait(untilNext())
    else if (timer === null) wait(REFRESH_INTERVAL_MS)
  }

  const keepOpenFinding = () => {
    const text = topText(state)
    if (text?.kind === 'finding') kept = openFinding({ model }, text.key) ?? kept
  }

  /** Says what came of a key whose work took a while. */
  const tell = (message: string) => {
    if (stopped) return
    state = { ...state, message }
    options.draw()
  }

  const perform = (effect: Exclude<Effect, 'load'>) => {
    if (effect === 'copy') copy()
    else if (effect === 'page') page()
    else if (typeof effect === 'string') options.effect(effect)
    else if ('sql' in effect) void ask(effect.sql)
    else if ('acknowledge' in effect) void change(options.desk.acknowledge(effect.acknowledge))
    else if ('silence' in effect) void change(options.desk.silence(effect.silence, effect.length_ms))
    else void writeFile(effect.export)
  }

  const change = async (changing: Promise<string>) => {
    tell(await changing.catch((error: unknown) => `not done: ${messageOf(error)}`))
    // The screen shows what the store now holds.
    owed = true
    if (loading) wanted = true
    else void loadNow()
  }

  const copy = () => {
    const text = copiedText(view())
    if (text === null) return tell('there is nothing to copy here')
    options.effect({ copy: text })
  }

  const page = () => {
    const text = pagedText(view())
    if (text === null) return tell('there is nothing to show here')
    options.effect({ page: text })
  }

  /** Whether what is asked for is still on its way. */
  const reading = () => {
    const text = topText(state)
    if (text?.kind === 'sql') return sql !== null && sql.result === null && sql.error === null
    return model === null || text !== null || TABLES[activePanel(state)].rows(view()) === null
  }

  const writeFile = async (format: ExportFormat) => {
    const table = exportedTable(view())
    if (table === null)
      return tell(reading() ? 'still being read: x again in a moment' : 'there is nothing to export here')
    const { ending } = EXPORT_FORMATS.find((each) => each.format === format)!
    const stamp = new Date(options.now()).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
    try {
      const path = await options.save(`authtop-${table.name}-${stamp}.${ending}`, exportText(table, format))
      tell(`${table.rows.length} rows written to ${path}`)
    } catch (error) {
      tell(`not written: ${messageOf(error)}`)
    }
  }

  const ask = async (query: string) => {
    const asked_now: SqlAnswer = { query, result: null, error: null }
    sql = asked_now
    options.draw()
    const answer = await options.sql(query).then(
      (result): SqlAnswer => ({ query, result, error: null }),
      (error: unknown): SqlAnswer => ({ query, result: null, error: messageOf(error) }),
    )
    // A later question has taken its place.
    if (sql !== asked_now || stopped) return
    sql = answer
    options.draw()
  }

  const take = ({ state: next, effects }: Step) => {
    const differs = next !== state
    state = next
    for (const effect of effects) {
      if (effect !== 'load') {
        perform(effect)
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
    keepOpenFinding()
    if (differs) options.draw()
  }

  return {
    view,
    press(key) {
      take(reduce(state, key, context()))
    },
    paste(text) {
      take(reducePaste(state, text, context()))
    },
    tell,
    changed() {
      if (stopped || state.paused_at_ms !== null) return
      if (loading) wanted = true
      else wait(untilNext())
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

/**
 * The answer for one screen, filled up with what another screen has shown of the same range and filter, so that going
 * back and forth shows figures at once.
 */
function withKnownParts(
  next: DashboardModel,
  asking: ModelRequest,
  known: DashboardModel | null,
  answered: ModelRequest | null,
): DashboardModel {
  if (known === null || answered === null || !sameQuestion(asking, answered)) return next
  return {
    ...next,
    incidents: next.incidents ?? (asking.order === answered.order ? known.incidents : null),
    clocks: next.clocks ?? known.clocks,
    findings: next.findings ?? known.findings,
    standing: next.standing ?? known.standing,
    parties: {
      clients: next.parties.clients ?? known.parties.clients,
      services: next.parties.services ?? known.parties.services,
      issuers: next.parties.issuers ?? known.parties.issuers,
      hosts: next.parties.hosts ?? known.parties.hosts,
    },
  }
}

function sameQuestion(a: ModelRequest, b: ModelRequest): boolean {
  return (
    a.length_ms === b.length_ms &&
    a.end === b.end &&
    a.filter === b.filter &&
    a.words === b.words &&
    a.order === b.order
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
