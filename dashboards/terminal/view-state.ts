/**
 * What the person at the keyboard has chosen: screen, cursors, order of the tables, range, filter, pause, prompt, and
 * the texts opened over the panels. Plain data; reduce.ts turns (state, key) into the next one.
 * Invariant: a state is a value; every change makes a new one.
 */
import type { Filter, FilterField } from '../../src/core/filter.ts'
import type { ExportFormat } from './export-text.ts'
import { parseFilter } from './filter-words.ts'
import { PANEL_IDS, type PanelId, panelsOf, SCREENS, type ScreenId } from './screens.ts'
import { DEFAULT_RANGE_MS } from './time-window.ts'

/** What is being typed: a filter, words looked for in a text, a command, SQL, the letter of an export format, a length of time. */
export type PromptKind = 'filter' | 'search' | 'command' | 'sql' | 'export' | 'silence'

export interface Prompt {
  kind: PromptKind
  text: string
  /** Why the text is not what is wanted; null while it is. */
  hint: string | null
  /** Completions that Tab goes through, and the one shown. */
  offered: readonly string[]
  chosen: number
  /** How many entries back in the history this text is; 0: it is new. */
  back: number
}

/** A cursor holds on to its row by name, so that new rows above do not move it; null: stays on the first row. */
export interface Cursor {
  key: string | null
  /** Where it was, for when that row is gone. */
  index: number
}

/** A text that covers the panels; `scroll` is its first row shown. */
export type OpenText = { scroll: number } & (
  | { kind: 'help' }
  | { kind: 'incident'; id: string }
  | { kind: 'clock'; key: string }
  | { kind: 'finding'; key: string }
  | { kind: 'sql' }
)

/** Order of one table; without one it comes as the model has it. */
export interface SortOrder {
  column: string
  reversed: boolean
}

export interface ViewState {
  screen: ScreenId
  /** Panel of each screen that has the cursor. */
  focus: Readonly<Record<ScreenId, PanelId>>
  cursors: Readonly<Record<PanelId, Cursor>>
  sorts: Readonly<Partial<Record<PanelId, SortOrder>>>
  /** Texts over the panels, the topmost last. */
  open: readonly OpenText[]
  prompt: Prompt | null
  /** What was typed before, oldest first. */
  history: Readonly<Partial<Record<PromptKind, readonly string[]>>>
  /** Words looked for in the open text; lower case. */
  search: string | null
  filter_text: string
  filter: Filter
  /** Free words of the filter. */
  words: readonly string[]
  length_ms: number | 'all'
  end: 'now' | number
  /** Collector's clock when the screen was frozen, ms; null while live. */
  paused_at_ms: number | null
  zone: 'local' | 'utc'
  /** Answer to the last key, gone with the next. */
  message: string | null
}

/** What a key asks of others: the terminal, the store, the disk. */
export type Effect =
  | 'quit'
  | 'load'
  | 'redraw'
  | 'suspend'
  | 'copy'
  | 'page'
  | { export: ExportFormat }
  | { sql: string }
  /** Alerts, by their id. */
  | { acknowledge: string }
  | { silence: string; length_ms: number }

export interface Step {
  state: ViewState
  effects: readonly Effect[]
}

/** What the mouse can point at. */
export type PointedAt =
  | { kind: 'screen'; screen: ScreenId }
  | { kind: 'panel'; panel: PanelId }
  | { kind: 'row'; panel: PanelId; index: number }

/** What the reducer must know of the screen: rows by name, page heights, and how far text can scroll. */
export interface ViewContext {
  now_ms: number
  keys: Readonly<Record<PanelId, readonly string[]>>
  rows: Readonly<Record<PanelId, number>>
  /** Columns each table can be ordered by; the first is the one it comes in. */
  sortable: Readonly<Partial<Record<PanelId, readonly string[]>>>
  scroll_rows: number
  scroll_limit: number
  /** Rows of the open text that hold these words. */
  find(words: string): readonly number[]
  seen: Partial<Record<FilterField, readonly string[]>>
  /** What an open text is about, as words of the filter; null where a filter cannot say it. */
  place(text: OpenText): string | null
  /** The alert that fires for a row of what is wrong, by its id; null where none does. */
  alert(key: string): string | null
  /** What is drawn at a place of the screen, 0-based; null where nothing can be pointed at. */
  at(column: number, row: number): PointedAt | null
  /** A time as typed (`09:14`, `2026-11-16`, `2h`), ms; null when it is none. */
  moment(text: string): number | null
}

export const FIRST_ROW: Cursor = { key: null, index: 0 }

/** What can be asked for at the start; what is saved between runs is a part of it. */
export type InitialWish = Partial<Pick<ViewState, 'length_ms' | 'end' | 'filter_text' | 'zone' | 'screen' | 'sorts'>>

export function initialState(wish: InitialWish = {}): ViewState {
  const parsed = parseFilter(wish.filter_text ?? '')
  return {
    screen: wish.screen ?? 'overview',
    focus: Object.fromEntries(SCREENS.map(({ id }) => [id, panelsOf(id)[0]])) as Record<ScreenId, PanelId>,
    cursors: Object.fromEntries(PANEL_IDS.map((id) => [id, FIRST_ROW])) as Record<PanelId, Cursor>,
    sorts: wish.sorts ?? {},
    open: [],
    prompt: null,
    history: {},
    search: null,
    filter_text: parsed.hint === null ? (wish.filter_text ?? '') : '',
    filter: parsed.filter,
    words: parsed.words,
    length_ms: wish.length_ms ?? DEFAULT_RANGE_MS,
    end: wish.end ?? 'now',
    paused_at_ms: null,
    zone: wish.zone ?? 'local',
    message: parsed.hint,
  }
}

/** Panel that has the cursor on the present screen. */
export function activePanel(state: ViewState): PanelId {
  return state.focus[state.screen]
}

/** The text on top; null when the panels are seen. */
export function topText(state: ViewState): OpenText | null {
  return state.open.at(-1) ?? null
}

/** The incident whose detail is wanted, under the help too. */
export function openIncident(state: ViewState): string | null {
  const text = state.open.findLast(({ kind }) => kind === 'incident')
  return text?.kind === 'incident' ? text.id : null
}

/** Row of the cursor among the rows now there. */
export function cursorIndex(cursor: Cursor, keys: readonly string[]): number {
  if (cursor.key === null) return 0
  const found = keys.indexOf(cursor.key)
  return found >= 0 ? found : Math.max(0, Math.min(cursor.index, keys.length - 1))
}
