/**
 * The mouse, where it was asked for: a click puts the cursor there (a second one opens), a click on a screen's name goes
 * there, the wheel scrolls. While something is typed it does nothing.
 */
import type { KeyPress } from './key-press.ts'
import { openRow } from './reduce-lists.ts'
import { goTo, moveTo, stay } from './state-change.ts'
import { activePanel, cursorIndex, type Step, topText, type ViewContext, type ViewState } from './view-state.ts'

/** Rows per notch of the wheel, as terminals and pagers have it. */
const WHEEL_ROWS = 3

export function reduceMouse(state: ViewState, key: Extract<KeyPress, { column: number }>, context: ViewContext): Step {
  if (state.prompt !== null) return stay(state)
  const by = key.name === 'wheel_up' ? -WHEEL_ROWS : key.name === 'wheel_down' ? WHEEL_ROWS : 0
  const text = topText(state)
  if (text !== null) {
    const scroll = Math.max(0, Math.min(text.scroll + by, context.scroll_limit))
    return stay({ ...state, open: [...state.open.slice(0, -1), { ...text, scroll }] })
  }
  if (by !== 0) {
    const panel = activePanel(state)
    const keys = context.keys[panel]
    return stay(moveTo(state, panel, cursorIndex(state.cursors[panel], keys) + by, keys))
  }
  const pointed = context.at(key.column, key.row)
  if (pointed === null) return stay(state)
  if (pointed.kind === 'screen') return goTo(state, pointed.screen)
  const { panel } = pointed
  const focused: ViewState = { ...state, focus: { ...state.focus, [state.screen]: panel } }
  if (pointed.kind === 'panel') return stay(focused)
  const keys = context.keys[panel]
  const again = activePanel(state) === panel && cursorIndex(state.cursors[panel], keys) === pointed.index
  return again
    ? openRow(focused, panel, keys[pointed.index], pointed.index)
    : stay(moveTo(focused, panel, pointed.index, keys))
}
