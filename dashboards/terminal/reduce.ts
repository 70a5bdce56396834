/**
 * The reducer: (state, key) gives the next state and the effects it asks for. This file holds the keys that work
 * everywhere and hands the rest to the prompt, the open text or the lists; reading data and touching the terminal is left
 * to controller.ts and run-dashboard.tsx.
 * Invariant: total. No key in any state throws, and Esc repeated always ends at the plain overview.
 */
import type { KeyPress } from './key-press.ts'
import { reduceLists } from './reduce-lists.ts'
import { reduceMouse } from './reduce-mouse.ts'
import { editPrompt, reducePrompt } from './reduce-prompt.ts'
import { reduceText } from './reduce-text.ts'
import { stay } from './state-change.ts'
import { type Step, topText, type ViewContext, type ViewState } from './view-state.ts'

export function reduce(state: ViewState, key: KeyPress, context: ViewContext): Step {
  if (key.name === 'ctrl_c') return { state, effects: ['quit'] }
  if (key.name === 'ctrl_z') return { state, effects: ['suspend'] }
  if (key.name === 'ctrl_l') return { state, effects: ['redraw'] }
  const quiet = state.message === null ? state : { ...state, message: null }
  if ('column' in key) return reduceMouse(quiet, key, context)
  if (quiet.prompt !== null) return reducePrompt(quiet, quiet.prompt, key, context)
  const text = topText(quiet)
  if (text !== null) return reduceText(quiet, text, key, context)
  return reduceLists(quiet, key, context)
}

/** Text pasted into the terminal: goes into an open prompt and nowhere else, so that a paste presses no keys. */
export function reducePaste(state: ViewState, text: string, context: ViewContext): Step {
  const { prompt } = state
  if (prompt === null || prompt.kind === 'export')
    return stay(state, 'pasted text is taken only by a prompt: press / : or ; first')
  return stay({ ...state, prompt: editPrompt(prompt, prompt.text + text.replace(/\s+/g, ' '), context) })
}
