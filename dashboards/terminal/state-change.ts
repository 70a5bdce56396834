/**
 * Changes of the view state that several keys share: go to a screen, set a filter, open a text, move time. Each is pure
 * and gives the step to take; which key does what is decided in the reduce-*.ts files.
 */
import { parseFilter } from './filter-words.ts'
import { type PanelId, panelsOf, type ScreenId } from './screens.ts'
import {
  activePanel,
  FIRST_ROW,
  type OpenText,
  type SortOrder,
  type Step,
  type ViewContext,
  type ViewState,
} from './view-state.ts'

/** `message` is an answer to one key: the next takes it away. */
export function stay(state: ViewState, message?: string): Step {
  return { state: message === undefined ? state : { ...state, message }, effects: [] }
}

export function load(state: ViewState): Step {
  return { state, effects: ['load'] }
}

/** A screen reads only what it shows, so going to one asks for it. */
export function goTo(state: ViewState, screen: ScreenId, panel?: PanelId): Step {
  const focus = panel === undefined ? state.focus : { ...state.focus, [screen]: panel }
  return load({ ...state, screen, focus, open: [], search: null })
}

export function withFilter(state: ViewState, text: string): ViewState {
  const { filter, words } = parseFilter(text)
  return { ...state, filter_text: text, filter, words, cursors: { ...state.cursors, incidents: FIRST_ROW } }
}

/** Texts over texts deeper than this are a key held down; count. */
const DEEPEST = 8

export function openText(state: ViewState, text: OpenText): ViewState {
  return { ...state, open: [...state.open, text].slice(-DEEPEST), search: null }
}

export function openHelp(state: ViewState): Step {
  return stay(openText(state, { kind: 'help', scroll: 0 }))
}

export function otherZone(state: ViewState): ViewState {
  return { ...state, zone: state.zone === 'utc' ? 'local' : 'utc' }
}

export function pause(state: ViewState, now_ms: number): Step {
  return state.paused_at_ms === null ? stay({ ...state, paused_at_ms: now_ms }) : load({ ...state, paused_at_ms: null })
}

export function pan(state: ViewState, direction: 1 | -1, context: ViewContext): Step {
  if (state.length_ms === 'all') return stay(state, 'everything is shown: z narrows the range')
  const now_ms = state.paused_at_ms ?? context.now_ms
  const end = (state.end === 'now' ? now_ms : state.end) + (direction * state.length_ms) / 2
  if (end < 0) return stay(state)
  return load({ ...state, end: end >= now_ms ? 'now' : end })
}

export function moveTo(state: ViewState, panel: PanelId, index: number, keys: readonly string[]): ViewState {
  const kept = Math.max(0, Math.min(index, keys.length - 1))
  // The first row is a place, not a row: whatever is newest or largest stays under the cursor.
  const key = kept === 0 ? null : (keys[kept] ?? null)
  return { ...state, cursors: { ...state.cursors, [panel]: { key, index: kept } } }
}

/** The next column the table under the cursor can be ordered by; after the last comes its own order again. */
export function nextSort(state: ViewState, { sortable }: ViewContext): Step {
  const panel = activePanel(state)
  const columns = sortable[panel] ?? []
  if (columns.length === 0) return stay(state, 'this table has one order only')
  const present = state.sorts[panel]?.column ?? columns[0]
  const column = columns[(columns.indexOf(present ?? '') + 1) % columns.length] ?? ''
  return sortBy(state, panel, column)
}

export function sortBy(state: ViewState, panel: PanelId, column: string): Step {
  return withSort(state, panel, { column, reversed: false }, `ordered by ${column}`)
}

export function reverseSort(state: ViewState, { sortable }: ViewContext): Step {
  const panel = activePanel(state)
  const [natural] = sortable[panel] ?? []
  if (natural === undefined) return stay(state, 'this table has one order only')
  const present = state.sorts[panel] ?? { column: natural, reversed: false }
  return withSort(state, panel, { ...present, reversed: !present.reversed })
}

/** Of the incidents only some are on the screen: another order shows others. */
function withSort(state: ViewState, panel: PanelId, order: SortOrder, message?: string): Step {
  const sorts = { ...state.sorts, [panel]: order }
  const next = { ...state, sorts, ...(message === undefined ? {} : { message }) }
  if (panel !== 'incidents') return stay(next)
  return load({ ...next, cursors: { ...state.cursors, incidents: FIRST_ROW } })
}

/** The panels of a screen, or where there is only one, the screens. */
export function focusNext(state: ViewState, by: 1 | -1, screens: readonly ScreenId[]): Step {
  const panels = panelsOf(state.screen)
  if (panels.length === 1) return goTo(state, neighbour(screens, state.screen, by))
  const panel = neighbour(panels, activePanel(state), by)
  return stay({ ...state, focus: { ...state.focus, [state.screen]: panel } })
}

function neighbour<T>(list: readonly T[], item: T, by: 1 | -1): T {
  return list[(list.indexOf(item) + by + list.length) % list.length] ?? item
}
