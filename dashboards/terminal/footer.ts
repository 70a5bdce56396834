/** The two rows below the panels: what there is to say, and the keys that work here or the filter being typed. */
import { formatStamp } from '../format-time.ts'
import { EMPTY_LINE, type Line, line, type Span, span, spread } from './line.ts'
import { screenNumber } from './screens.ts'
import { sourceProblem } from './source-words.ts'
import { openText, textRows, type View } from './view.ts'
import { activePanel } from './view-state.ts'

export function footerLines(view: View): Line[] {
  return [messageLine(view), view.state.prompt === null ? keysLine(view) : promptLine(view)]
}

function messageLine(view: View): Line {
  const { state, model, columns } = view
  const { prompt } = state
  if (prompt !== null) {
    // A word being typed is no mistake yet while something still begins like it.
    if (prompt.offered.length > 0) return line(span('Tab: ', 'key'), span(prompt.offered.join('  '), 'dim'))
    if (prompt.hint !== null) return line(span(prompt.hint, 'warn'))
    return line(span('Enter applies, Esc leaves; ! before a word takes away', 'dim'))
  }
  if (state.message !== null) return line(span(state.message, 'warn'))
  const text = openText(view)
  if (text !== null) return scrollLine(view, text.length)
  if (model?.error !== undefined) {
    const shown = formatStamp(model.now_ms, view.zone, model.now_ms)
    return line(span(`${model.error}; figures of ${shown}`, 'bad'))
  }
  const notice = model?.notices.find(({ level }) => level === 'warning') ?? model?.notices[0]
  if (notice !== undefined) return line(span(notice.text, notice.level === 'warning' ? 'warn' : 'dim'))
  for (const source of model?.sources ?? []) {
    const problem = sourceProblem(source)
    if (problem !== null && state.screen !== 'sources') {
      return spread(
        [span(`${source.name}: ${problem}`, 'warn')],
        [span(`${screenNumber('sources')}: sources`, 'dim')],
        columns,
      )
    }
  }
  return EMPTY_LINE
}

function scrollLine({ state, rows, columns }: View, length: number): Line {
  const shown = textRows(rows)
  if (length <= shown) return EMPTY_LINE
  const first = Math.min(state.scroll, length - shown)
  return spread([], [span(`rows ${first + 1}–${Math.min(length, first + shown)} of ${length}`, 'dim')], columns)
}

function promptLine({ state, columns }: View): Line {
  const text = state.prompt?.text ?? ''
  // The end of a long text is where it is being typed.
  const room = columns - 3
  const tail = text.length > room ? text.slice(text.length - room) : text
  return line(span('/', 'key'), tail, span('█', 'accent'))
}

function keysLine(view: View): Line {
  const spans: Span[] = []
  let used = 0
  for (const [key, does] of keysOf(view)) {
    const lead = spans.length === 0 ? '' : '  '
    used += lead.length + key.length + 1 + does.length
    if (used > view.columns) break
    spans.push({ text: lead }, span(key, 'key'), { text: ` ${does}` })
  }
  return line(...spans)
}

/** Most useful first: a narrow terminal shows the head of the list. */
function keysOf(view: View): [string, string][] {
  const { state } = view
  if (state.help)
    return [
      ['Esc', 'close'],
      ['j/k', 'scroll'],
    ]
  if (state.detail !== null) {
    return [
      ['Esc', 'back'],
      ['j/k', 'scroll'],
      ['e/E', 'next/previous'],
      ['t', otherZoneName(view)],
      ['?', 'help'],
    ]
  }
  const panel = activePanel(state)
  const open: [string, string][] =
    panel === 'sources' ? [] : [['Enter', panel === 'incidents' ? 'open' : 'filter by it']]
  const back: [string, string][] = state.screen !== 'overview' || state.filter_text !== '' ? [['Esc', 'back']] : []
  return [
    ['?', 'help'],
    ['q', 'quit'],
    ['/', 'filter'],
    ...open,
    ...back,
    ['Tab', 'next'],
    ['z/Z', 'range'],
    ['space', state.paused_at_ms === null ? 'pause' : 'go on'],
    ['[ ]', 'pan'],
    ['t', otherZoneName(view)],
    ['a', 'all time'],
  ]
}

function otherZoneName({ state }: View): string {
  return state.zone === 'utc' ? 'local time' : 'UTC'
}
