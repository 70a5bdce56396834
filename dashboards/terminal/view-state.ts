/**
 * What the person at the keyboard has chosen: screen, cursor, range, filter, pause, prompt. A pure reducer turns
 * (state, key) into the next state and the effects it asks for; reading data and touching the terminal is left to
 * controller.ts and run-dashboard.tsx.
 * Invariant: total. No key in any state throws, and Esc repeated always ends at the plain overview.
 */
import type { Filter, FilterField } from '../../src/core/filter.ts'
import { completions, filterWord, parseFilter, splitWords, withoutLastWord } from './filter-words.ts'
import type { KeyPress } from './key-press.ts'
import { OVERVIEW_PANELS, type PanelId, SCREENS, type ScreenId } from './screens.ts'
import { DEFAULT_RANGE_MS, zoom } from './time-window.ts'

interface Prompt {
  text: string
  /** Why the text is no filter; null while it is one. */
  hint: string | null
  /** Completions that Tab goes through, and the one shown. */
  offered: readonly string[]
  chosen: number
}

/** A cursor holds on to its row by name, so that new rows above do not move it; null: stays on the first row. */
export interface Cursor {
  key: string | null
  /** Where it was, for when that row is gone. */
  index: number
}

export interface ViewState {
  screen: ScreenId
  /** Panel of the overview that has the cursor. */
  focus: PanelId
  cursors: Readonly<Record<PanelId, Cursor>>
  /** Incident shown in the detail view. */
  detail: string | null
  help: boolean
  /** First row shown of the detail or help text. */
  scroll: number
  prompt: Prompt | null
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

export type Effect = 'quit' | 'load' | 'redraw' | 'suspend'

export interface Step {
  state: ViewState
  effects: readonly Effect[]
}

/** What the reducer must know of the screen: rows by name, page heights, and how far text can scroll. */
export interface ViewContext {
  now_ms: number
  keys: Readonly<Record<PanelId, readonly string[]>>
  rows: Readonly<Record<PanelId, number>>
  scroll_rows: number
  scroll_limit: number
  seen: Partial<Record<FilterField, readonly string[]>>
}

/** A filter longer than this was not typed by hand; characters. */
const PROMPT_LIMIT = 500

const FIRST_ROW: Cursor = { key: null, index: 0 }

export function initialState(
  wish: Partial<Pick<ViewState, 'length_ms' | 'end' | 'filter_text' | 'zone' | 'screen'>> = {},
): ViewState {
  const parsed = parseFilter(wish.filter_text ?? '')
  return {
    screen: wish.screen ?? 'overview',
    focus: 'causes',
    cursors: { causes: FIRST_ROW, incidents: FIRST_ROW, hosts: FIRST_ROW, clients: FIRST_ROW, sources: FIRST_ROW },
    detail: null,
    help: false,
    scroll: 0,
    prompt: null,
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
  return state.screen === 'overview' ? state.focus : state.screen
}

/** Row of the cursor among the rows now there. */
export function cursorIndex(cursor: Cursor, keys: readonly string[]): number {
  if (cursor.key === null) return 0
  const found = keys.indexOf(cursor.key)
  return found >= 0 ? found : Math.max(0, Math.min(cursor.index, keys.length - 1))
}

export function reduce(state: ViewState, key: KeyPress, context: ViewContext): Step {
  if (key.name === 'ctrl_c') return { state, effects: ['quit'] }
  if (key.name === 'ctrl_z') return { state, effects: ['suspend'] }
  if (key.name === 'ctrl_l') return { state, effects: ['redraw'] }
  const quiet = state.message === null ? state : { ...state, message: null }
  if (quiet.prompt !== null) return reducePrompt(quiet, quiet.prompt, key, context)
  if (quiet.help || quiet.detail !== null) return reduceText(quiet, key, context)
  return reduceLists(quiet, key, context)
}

/** Text pasted into the terminal: goes into an open prompt and nowhere else, so that a paste presses no keys. */
export function reducePaste(state: ViewState, text: string, context: ViewContext): Step {
  if (state.prompt === null)
    return stay({ ...state, message: 'pasted text is taken only by the filter: press / first' })
  return stay({ ...state, prompt: edited(state.prompt.text + text.replace(/\s+/g, ' '), context) })
}

function stay(state: ViewState): Step {
  return { state, effects: [] }
}

function load(state: ViewState): Step {
  return { state, effects: ['load'] }
}

function reducePrompt(state: ViewState, prompt: Prompt, key: KeyPress, context: ViewContext): Step {
  switch (key.name) {
    case 'escape':
      return stay({ ...state, prompt: null })
    case 'enter':
      if (prompt.hint === null) return load(withFilter({ ...state, prompt: null }, prompt.text.trim()))
      return stay({ ...state, prompt: { ...prompt, offered: [] } })
    case 'backspace':
    case 'delete':
      if (prompt.text === '') return stay({ ...state, prompt: null })
      return stay({ ...state, prompt: edited([...prompt.text].slice(0, -1).join(''), context) })
    case 'ctrl_u':
      return stay({ ...state, prompt: edited('', context) })
    case 'ctrl_w':
      return stay({ ...state, prompt: edited(withoutLastWord(prompt.text), context) })
    case 'tab':
    case 'shift_tab':
      return stay({ ...state, prompt: completed(prompt, key.name === 'tab' ? 1 : -1) })
    case 'char':
      return stay({ ...state, prompt: edited(prompt.text + key.char, context) })
    default:
      return stay(state)
  }
}

function edited(text: string, context: ViewContext): Prompt {
  const kept = text.slice(0, PROMPT_LIMIT)
  return { text: kept, hint: parseFilter(kept).hint, offered: completions(kept, context.seen), chosen: -1 }
}

function completed(prompt: Prompt, direction: 1 | -1): Prompt {
  const { offered } = prompt
  if (offered.length === 0) return prompt
  const chosen =
    (prompt.chosen + direction + (prompt.chosen < 0 && direction < 0 ? 1 : 0) + offered.length) % offered.length
  const text = offered[chosen] ?? prompt.text
  return { ...prompt, text, chosen, hint: parseFilter(text).hint }
}

function withFilter(state: ViewState, text: string): ViewState {
  const { filter, words } = parseFilter(text)
  return { ...state, filter_text: text, filter, words, cursors: { ...state.cursors, incidents: FIRST_ROW } }
}

/** Keys of the detail and help texts. */
function reduceText(state: ViewState, key: KeyPress, context: ViewContext): Step {
  const to = (scroll: number) => stay({ ...state, scroll: Math.max(0, Math.min(scroll, context.scroll_limit)) })
  const page = Math.max(1, context.scroll_rows - 1)
  const closes =
    key.name === 'escape' || key.name === 'left' || key.name === 'backspace' || isChar(key, 'q') || isChar(key, 'h')
  if (state.help && (closes || isChar(key, '?') || key.name === 'function'))
    return stay({ ...state, help: false, scroll: 0 })
  if (closes) return stay({ ...state, detail: null, scroll: 0 })
  if (key.name === 'down' || isChar(key, 'j')) return to(state.scroll + 1)
  if (key.name === 'up' || isChar(key, 'k')) return to(state.scroll - 1)
  if (key.name === 'page_down') return to(state.scroll + page)
  if (key.name === 'page_up') return to(state.scroll - page)
  if (key.name === 'ctrl_d') return to(state.scroll + Math.ceil(page / 2))
  if (key.name === 'ctrl_u') return to(state.scroll - Math.ceil(page / 2))
  if (key.name === 'home' || isChar(key, 'g')) return to(0)
  if (key.name === 'end' || isChar(key, 'G')) return to(context.scroll_limit)
  if (!state.help && state.detail !== null) {
    if (isChar(key, 'e') || isChar(key, 'n')) return openNeighbour(state, 1, context)
    if (isChar(key, 'E') || isChar(key, 'N')) return openNeighbour(state, -1, context)
    if (isChar(key, 't')) return stay(otherZone(state))
    if (isChar(key, '?') || key.name === 'function') return stay({ ...state, help: true, scroll: 0 })
  }
  return stay(state)
}

function openNeighbour(state: ViewState, by: 1 | -1, context: ViewContext): Step {
  const keys = context.keys.incidents
  const index = keys.indexOf(state.detail ?? '') + by
  const id = keys[index]
  if (id === undefined)
    return stay({ ...state, message: by === 1 ? 'no older incident in this list' : 'no newer incident in this list' })
  return load({ ...state, detail: id, scroll: 0, cursors: { ...state.cursors, incidents: { key: id, index } } })
}

/** Letters that stand for a key people also have. */
const LETTER_KEYS: Readonly<Record<string, KeyPress>> = {
  j: { name: 'down' },
  k: { name: 'up' },
  g: { name: 'home' },
  G: { name: 'end' },
  l: { name: 'enter' },
  h: { name: 'escape' },
}

function reduceLists(state: ViewState, pressed: KeyPress, context: ViewContext): Step {
  const key = pressed.name === 'char' ? (LETTER_KEYS[pressed.char] ?? pressed) : pressed
  const panel = activePanel(state)
  const keys = context.keys[panel]
  const at = cursorIndex(state.cursors[panel], keys)
  const page = Math.max(1, context.rows[panel])
  const move = (index: number) => stay(moveTo(state, panel, index, keys))

  switch (key.name) {
    case 'down':
      return move(at + 1)
    case 'up':
      return move(at - 1)
    case 'page_down':
      return move(at + page)
    case 'page_up':
      return move(at - page)
    case 'ctrl_d':
      return move(at + Math.ceil(page / 2))
    case 'ctrl_u':
      return move(at - Math.ceil(page / 2))
    case 'home':
      return move(0)
    case 'end':
      return move(keys.length - 1)
    case 'tab':
      return stay(nextPanel(state, 1))
    case 'shift_tab':
      return stay(nextPanel(state, -1))
    case 'enter':
    case 'right':
      return openRow(state, panel, keys[at], at)
    case 'escape':
    case 'left':
    case 'backspace':
      return back(state)
    case 'function':
      return stay({ ...state, help: true, scroll: 0 })
    case 'char':
      return reduceCommand(state, key.char, context)
    default:
      return stay(state)
  }
}

function reduceCommand(state: ViewState, char: string, context: ViewContext): Step {
  switch (char) {
    case 'q':
      return { state, effects: ['quit'] }
    case '?':
      return stay({ ...state, help: true, scroll: 0 })
    case '/':
      return stay({ ...state, prompt: edited(state.filter_text === '' ? '' : `${state.filter_text} `, context) })
    case ' ':
    case '=':
      return state.paused_at_ms === null
        ? stay({ ...state, paused_at_ms: context.now_ms })
        : load({ ...state, paused_at_ms: null })
    case 'z':
    case '+':
      return load({ ...state, length_ms: zoom(state.length_ms, -1) })
    case 'Z':
    case '-':
      return load({ ...state, length_ms: zoom(state.length_ms, 1) })
    case 'a':
      return load({ ...state, length_ms: 'all', end: 'now' })
    case '[':
      return pan(state, -1, context)
    case ']':
      return pan(state, 1, context)
    case '0':
      return load({ ...state, end: 'now' })
    case 't':
      return stay(otherZone(state))
    case 'e':
    case 'n':
      return stay(moveToIncident(state, 1, context))
    case 'E':
    case 'N':
      return stay(moveToIncident(state, -1, context))
    default: {
      const screen = /^[1-9]$/.test(char) ? SCREENS[Number(char) - 1] : undefined
      return screen === undefined ? stay(state) : stay({ ...state, screen: screen.id })
    }
  }
}

function otherZone(state: ViewState): ViewState {
  return { ...state, zone: state.zone === 'utc' ? 'local' : 'utc' }
}

function pan(state: ViewState, direction: 1 | -1, context: ViewContext): Step {
  if (state.length_ms === 'all') return stay({ ...state, message: 'everything is shown: z narrows the range' })
  const now_ms = state.paused_at_ms ?? context.now_ms
  const end = (state.end === 'now' ? now_ms : state.end) + (direction * state.length_ms) / 2
  if (end < 0) return stay(state)
  return load({ ...state, end: end >= now_ms ? 'now' : end })
}

function moveTo(state: ViewState, panel: PanelId, index: number, keys: readonly string[]): ViewState {
  const kept = Math.max(0, Math.min(index, keys.length - 1))
  // The first row is a place, not a row: whatever is newest or largest stays under the cursor.
  const key = kept === 0 ? null : (keys[kept] ?? null)
  return { ...state, cursors: { ...state.cursors, [panel]: { key, index: kept } } }
}

function moveToIncident(state: ViewState, by: 1 | -1, context: ViewContext): ViewState {
  const keys = context.keys.incidents
  const shown =
    state.screen === 'overview' ? { ...state, focus: 'incidents' as const } : { ...state, screen: 'incidents' as const }
  const moved = activePanel(state) === 'incidents' ? by : 0
  return moveTo(shown, 'incidents', cursorIndex(state.cursors.incidents, keys) + moved, keys)
}

/** The next panel of the overview; on the other screens, which are one panel each, the next screen. */
function nextPanel(state: ViewState, by: 1 | -1): ViewState {
  if (state.screen !== 'overview')
    return {
      ...state,
      screen: neighbour(
        SCREENS.map(({ id }): ScreenId => id),
        state.screen,
        by,
      ),
    }
  return { ...state, focus: neighbour<PanelId>(OVERVIEW_PANELS, state.focus, by) }
}

function neighbour<T>(list: readonly T[], item: T, by: 1 | -1): T {
  return list[(list.indexOf(item) + by + list.length) % list.length] ?? item
}

const FIELD_OF_PANEL: Partial<Record<PanelId, FilterField>> = { causes: 'cause', hosts: 'host', clients: 'client_id' }

/** Opens an incident; any other row becomes a condition of the filter, with the incidents it leaves. */
function openRow(state: ViewState, panel: PanelId, row: string | undefined, index: number): Step {
  if (row === undefined) return stay(state)
  if (panel === 'incidents') {
    return load({ ...state, detail: row, scroll: 0, cursors: { ...state.cursors, incidents: { key: row, index } } })
  }
  const field = FIELD_OF_PANEL[panel]
  if (field === undefined) return stay(state)
  const word = filterWord(field, row)
  const text = splitWords(state.filter_text).includes(word) ? state.filter_text : `${state.filter_text} ${word}`.trim()
  const next = withFilter(state, text)
  return load(state.screen === 'overview' ? { ...next, focus: 'incidents' } : { ...next, screen: 'incidents' })
}

/** One step back: to the overview, then the filter's last word, then the first panel. */
function back(state: ViewState): Step {
  if (state.screen !== 'overview') return stay({ ...state, screen: 'overview' })
  if (state.filter_text !== '') return load(withFilter(state, withoutLastWord(state.filter_text)))
  if (state.focus !== 'causes') return stay({ ...state, focus: 'causes' })
  return stay(state)
}

function isChar(key: KeyPress, char: string): boolean {
  return key.name === 'char' && key.char === char
}
