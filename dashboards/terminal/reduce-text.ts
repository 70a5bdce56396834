/** Keys while a text covers the panels: scrolling, searching in it, the next incident, and closing it. */
import type { KeyPress } from './key-press.ts'
import { reduceAlert } from './reduce-alert.ts'
import { openPrompt } from './reduce-prompt.ts'
import { goTo, moveTo, openHelp, otherZone, stay, withFilter } from './state-change.ts'
import type { OpenText, Step, ViewContext, ViewState } from './view-state.ts'

export function reduceText(state: ViewState, text: OpenText, key: KeyPress, context: ViewContext): Step {
  const to = (scroll: number) =>
    stay(withTop(state, { ...text, scroll: Math.max(0, Math.min(scroll, context.scroll_limit)) }))
  const page = Math.max(1, context.scroll_rows - 1)
  switch (key.name === 'char' ? key.char : key.name) {
    case 'escape':
      // First the marks of a search go, then the text.
      return state.search === null ? close(state) : stay({ ...state, search: null })
    case 'enter':
    case 'right':
    case 'l':
      return toIncidents(state, text, context)
    case 'left':
    case 'backspace':
    case 'q':
    case 'h':
      return close(state)
    case 'down':
    case 'j':
      return to(text.scroll + 1)
    case 'up':
    case 'k':
      return to(text.scroll - 1)
    case 'page_down':
    case ' ':
      return to(text.scroll + page)
    case 'page_up':
      return to(text.scroll - page)
    case 'ctrl_d':
      return to(text.scroll + Math.ceil(page / 2))
    case 'ctrl_u':
      return to(text.scroll - Math.ceil(page / 2))
    case 'home':
    case 'g':
      return to(0)
    case 'end':
    case 'G':
      return to(context.scroll_limit)
    case '/':
      return openPrompt(state, 'search', '', context)
    case ':':
      return openPrompt(state, 'command', '', context)
    case ';':
      return openPrompt(state, 'sql', '', context)
    case 'n':
    case 'N': {
      const by = key.name === 'char' && key.char === 'n' ? 1 : -1
      return state.search === null && text.kind === 'incident'
        ? openNeighbour(state, text.id, by, context)
        : nextMatch(state, text, by, context)
    }
    case 'e':
      return text.kind === 'incident' ? openNeighbour(state, text.id, 1, context) : stay(state)
    case 'E':
      return text.kind === 'incident' ? openNeighbour(state, text.id, -1, context) : stay(state)
    case 'A':
    case 'S':
      return text.kind === 'finding'
        ? reduceAlert(state, key.name === 'char' && key.char === 'A' ? 'A' : 'S', context)
        : stay(state)
    case 't':
      return stay(otherZone(state))
    case 'y':
      return { state, effects: ['copy'] }
    case 'o':
      return { state, effects: ['page'] }
    case 'x':
      return text.kind === 'help' ? stay(state) : openPrompt(state, 'export', '', context)
    case '?':
    case 'function':
      return text.kind === 'help' ? close(state) : openHelp(state)
    default:
      return stay(state)
  }
}

/** From what is wrong to the requests it broke. */
function toIncidents(state: ViewState, text: OpenText, context: ViewContext): Step {
  const place = context.place(text)
  return place === null ? stay(state) : goTo(withFilter(state, place), 'incidents')
}

function withTop(state: ViewState, text: OpenText): ViewState {
  return { ...state, open: [...state.open.slice(0, -1), text] }
}

function close(state: ViewState): Step {
  return stay({ ...state, open: state.open.slice(0, -1), search: null })
}

function nextMatch(state: ViewState, text: OpenText, by: 1 | -1, { find, scroll_limit }: ViewContext): Step {
  if (state.search === null) return stay(state, '/ looks for words in this text')
  const matches = find(state.search)
  const found =
    by === 1
      ? matches.find((row) => row > text.scroll && text.scroll < scroll_limit)
      : matches.findLast((row) => row < Math.min(text.scroll, scroll_limit))
  if (found === undefined) return stay(state, `no ${by === 1 ? 'further' : 'earlier'} "${state.search}"`)
  return stay(withTop(state, { ...text, scroll: Math.min(found, scroll_limit) }))
}

function openNeighbour(state: ViewState, id: string, by: 1 | -1, context: ViewContext): Step {
  const keys = context.keys.incidents
  const index = keys.indexOf(id) + by
  const next = keys[index]
  if (next === undefined)
    return stay(state, by === 1 ? 'no further incident in this list' : 'no earlier incident in this list')
  const moved = moveTo(state, 'incidents', index, keys)
  return { state: withTop(moved, { kind: 'incident', id: next, scroll: 0 }), effects: ['load'] }
}
