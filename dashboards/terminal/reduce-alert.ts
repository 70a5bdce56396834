/** `A` takes note of an alert, `S` silences what is like it for a while; both are written to the store. */
import { alertAtHand } from './alert-at-hand.ts'
import { openPrompt } from './reduce-prompt.ts'
import { stay } from './state-change.ts'
import type { Step, ViewContext, ViewState } from './view-state.ts'

/** What most people silence for; they can type over it. */
const USUAL_SILENCE = '2h'

export function reduceAlert(state: ViewState, letter: 'A' | 'S', context: ViewContext): Step {
  const alert = alertAtHand(state, context)
  if (alert === null) return stay(state, 'this is no alert: no rule fires for it')
  return letter === 'A'
    ? { state, effects: [{ acknowledge: alert }] }
    : openPrompt(state, 'silence', USUAL_SILENCE, context)
}
