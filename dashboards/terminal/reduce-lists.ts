/** Keys while the panels are seen: moving, opening, ordering, time, and the one-letter commands. */
import type { FilterField } from '../../src/core/filter.ts'
import { filterWord, splitWords, withoutLastWord } from './filter-words.ts'
import type { KeyPress } from './key-press.ts'
import { reduceAlert } from './reduce-alert.ts'
import { openPrompt } from './reduce-prompt.ts'
import { type PanelId, panelsOf, SCREENS, type ScreenId } from './screens.ts'
import {
  focusNext,
  goTo,
  load,
  moveTo,
  nextSort,
  openHelp,
  openText,
  otherZone,
  pan,
  pause,
  reverseSort,
  stay,
  withFilter,
} from './state-change.ts'
import { zoom } from './time-window.ts'
import { activePanel, cursorIndex, type Step, type ViewContext, type ViewState } from './view-state.ts'

/** Letters that stand for a key people also have. */
const LETTER_KEYS: Readonly<Record<string, KeyPress>> = {
  j: { name: 'down' },
  k: { name: 'up' },
  g: { name: 'home' },
  G: { name: 'end' },
  l: { name: 'enter' },
  h: { name: 'escape' },
}

const SCREEN_IDS = SCREENS.map(({ id }): ScreenId => id)

export function reduceLists(state: ViewState, pressed: KeyPress, context: ViewContext): Step {
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
      return focusNext(state, 1, SCREEN_IDS)
    case 'shift_tab':
      return focusNext(state, -1, SCREEN_IDS)
    case 'enter':
    case 'right':
      return openRow(state, panel, keys[at], at)
    case 'escape':
    case 'left':
    case 'backspace':
      return back(state)
    case 'function':
      return openHelp(state)
    case 'char':
      return reduceLetter(state, key.char, context)
    default:
      return stay(state)
  }
}

function reduceLetter(state: ViewState, char: string, context: ViewContext): Step {
  const panel = activePanel(state)
  switch (char) {
    case 'q':
      return { state, effects: ['quit'] }
    case '?':
      return openHelp(state)
    case '/':
      return openPrompt(state, 'filter', state.filter_text === '' ? '' : `${state.filter_text} `, context)
    case ':':
      return openPrompt(state, 'command', '', context)
    case ';':
      return openPrompt(state, 'sql', '', context)
    case 'x':
      return openPrompt(state, 'export', '', context)
    case ' ':
    case '=':
      return pause(state, context.now_ms)
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
    case 's':
      return nextSort(state, context)
    case 'r':
      return reverseSort(state, context)
    case 'y':
      return { state, effects: ['copy'] }
    case 'o':
      return { state, effects: ['page'] }
    case 'A':
    case 'S':
      return panel === 'findings' ? reduceAlert(state, char, context) : stay(state)
    case 'e':
    case 'n':
      return moveToIncident(state, 1, context)
    case 'E':
    case 'N':
      return moveToIncident(state, -1, context)
    default: {
      const screen = /^[1-9]$/.test(char) ? SCREENS[Number(char) - 1] : undefined
      return screen === undefined ? stay(state) : goTo(state, screen.id)
    }
  }
}

/** To the incidents where there are none yet on the screen, then down or up them. */
function moveToIncident(state: ViewState, by: 1 | -1, context: ViewContext): Step {
  const keys = context.keys.incidents
  const at = cursorIndex(state.cursors.incidents, keys)
  if (activePanel(state) === 'incidents') return stay(moveTo(state, 'incidents', at + by, keys))
  if (panelsOf(state.screen).includes('incidents'))
    return stay({ ...state, focus: { ...state.focus, [state.screen]: 'incidents' } })
  return goTo(state, 'incidents')
}

const FIELD_OF_PANEL: Partial<Record<PanelId, FilterField>> = {
  causes: 'cause',
  hosts: 'host',
  clients: 'client_id',
  services: 'service',
  issuers: 'issuer',
}

/** Opens an incident, clock or finding; a row that stands for a value becomes a condition of the filter, with the incidents it leaves. */
export function openRow(state: ViewState, panel: PanelId, row: string | undefined, index: number): Step {
  if (row === undefined) return stay(state)
  if (panel === 'incidents') {
    const cursors = { ...state.cursors, incidents: { key: row, index } }
    return load(openText({ ...state, cursors }, { kind: 'incident', id: row, scroll: 0 }))
  }
  if (panel === 'clocks' || panel === 'findings') {
    const cursors = { ...state.cursors, [panel]: { key: row, index } }
    return load(
      openText({ ...state, cursors }, { kind: panel === 'clocks' ? 'clock' : 'finding', key: row, scroll: 0 }),
    )
  }
  const field = FIELD_OF_PANEL[panel]
  if (field === undefined) return stay(state)
  const word = filterWord(field, row)
  const text = splitWords(state.filter_text).includes(word) ? state.filter_text : `${state.filter_text} ${word}`.trim()
  const next = withFilter(state, text)
  return state.screen === 'overview'
    ? load({ ...next, focus: { ...next.focus, overview: 'incidents' } })
    : goTo(next, 'incidents')
}

/** One step back: to the overview, then the filter's last word, then the first panel. */
function back(state: ViewState): Step {
  if (state.screen !== 'overview') return goTo(state, 'overview')
  if (state.filter_text !== '') return load(withFilter(state, withoutLastWord(state.filter_text)))
  const [first] = panelsOf('overview')
  if (activePanel(state) !== first) return stay({ ...state, focus: { ...state.focus, overview: first! } })
  return stay(state)
}
