/** The alert that `A` and `S` are about: the one opened, or the one under the cursor; null where that is no alert. */
import { activePanel, cursorIndex, topText, type ViewContext, type ViewState } from './view-state.ts'

export function alertAtHand(state: ViewState, { keys }: ViewContext): string | null {
  const text = topText(state)
  const onTable = text === null && activePanel(state) === 'findings'
  const key =
    text?.kind === 'finding'
      ? text.key
      : onTable
        ? keys.findings[cursorIndex(state.cursors.findings, keys.findings)]
        : undefined
  return key?.startsWith('alert ') ? key : null
}
