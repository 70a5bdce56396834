/** The alert that `A` and `S` are about, by its id: of the row opened, or under the cursor; null where no rule fires for it. */
import { activePanel, cursorIndex, topText, type ViewContext, type ViewState } from './view-state.ts'

export function alertAtHand(state: ViewState, { keys, alert }: ViewContext): string | null {
  const text = topText(state)
  const onTable = text === null && activePanel(state) === 'findings'
  const key =
    text?.kind === 'finding'
      ? text.key
      : onTable
        ? keys.findings[cursorIndex(state.cursors.findings, keys.findings)]
        : undefined
  return key === undefined ? null : alert(key)
}
