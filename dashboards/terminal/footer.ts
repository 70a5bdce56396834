/** The two rows below the panels: what there is to say, and the keys that work here or the filter being typed. */
import { formatStamp } from '../format-time.ts'
import { EXPORT_FORMATS } from './export-text.ts'
import { EMPTY_LINE, type Line, line, type Span, span, spread } from './line.ts'
import { type PanelId, screenNumber } from './screens.ts'
import { sourceProblem } from './source-words.ts'
import { openFinding, openText, textRows, type View } from './view.ts'
import { activePanel, type PromptKind, topText } from './view-state.ts'

export function footerLines(view: View): Line[] {
  return [messageLine(view), view.state.prompt === null ? keysLine(view) : promptLine(view)]
}

function messageLine(view: View): Line {
  const { state, model, columns } = view
  const { prompt } = state
  if (prompt !== null) {
    if (prompt.kind === 'export') return line(span('the view as a file in the present folder', 'dim'))
    // A word being typed is no mistake yet while something still begins like it.
    if (prompt.offered.length > 0) return line(span('Tab: ', 'key'), span(prompt.offered.join('  '), 'dim'))
    if (prompt.hint !== null) return line(span(prompt.hint, 'warn'))
    return line(span(PROMPT_HELP[prompt.kind], 'dim'))
  }
  if (state.message !== null) return line(span(state.message, 'accent'))
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

const PROMPT_HELP: Record<Exclude<PromptKind, 'export'>, string> = {
  filter: 'Enter applies, Esc leaves; ! before a word takes away',
  silence: 'how long to be quiet about alerts like this one: 30m, 2h, 7d',
  search: 'Enter looks for it in this text, then n and N',
  command: 'Enter does it, Tab shows commands, Esc leaves',
  sql: 'a SELECT over incidents, rollups, sources …; Enter asks; ↑ earlier ones',
}

function scrollLine({ state, rows, columns }: View, length: number): Line {
  const shown = textRows(rows)
  if (length <= shown) return EMPTY_LINE
  const first = Math.min(topText(state)?.scroll ?? 0, length - shown)
  return spread([], [span(`rows ${first + 1}–${Math.min(length, first + shown)} of ${length}`, 'dim')], columns)
}

const PROMPT_MARK: Record<Exclude<PromptKind, 'export'>, string> = {
  filter: '/',
  search: '/',
  command: ':',
  sql: ';',
  silence: 'silence for ',
}

function promptLine({ state, columns }: View): Line {
  const { kind, text } = state.prompt ?? { kind: 'filter', text: '' }
  if (kind === 'export')
    return line(
      ...EXPORT_FORMATS.flatMap(({ letter, title }) => [span(letter, 'key'), ` ${title}  `]),
      span('Esc', 'key'),
      ' leave',
    )
  // The end of a long text is where it is being typed.
  const room = columns - PROMPT_MARK[kind].length - 2
  const tail = text.length > room ? text.slice(text.length - room) : text
  return line(span(PROMPT_MARK[kind], 'key'), tail, span('█', 'accent'))
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

/** Tables whose rows open; the others' become words of the filter. */
const OPENS: ReadonlySet<PanelId> = new Set(['incidents', 'clocks', 'findings'])

const ALERT_KEYS: readonly [string, string][] = [
  ['A', 'take note'],
  ['S', 'silence'],
]

/** Most useful first: a narrow terminal shows the head of the list. */
function keysOf(view: View): [string, string][] {
  const { state } = view
  const text = topText(state)
  if (text !== null) {
    return [
      ['Esc', 'back'],
      ['j/k', 'scroll'],
      ...(text.kind === 'clock' || text.kind === 'finding' ? ([['Enter', 'its failures']] as [string, string][]) : []),
      ...(text.kind === 'finding' && openFinding(view, text.key)?.alert ? ALERT_KEYS : []),
      ...(text.kind === 'incident' ? ([['e/E', 'next/previous']] as [string, string][]) : []),
      ['/', 'find'],
      ...(text.kind === 'help' ? [] : ([['x', 'export']] as [string, string][])),
      ['y', 'copy'],
      ['o', 'pager'],
      ['t', otherZoneName(view)],
      ...(text.kind === 'help' ? [] : ([['?', 'help']] as [string, string][])),
    ]
  }
  const panel = activePanel(state)
  const open: [string, string][] = panel === 'sources' ? [] : [['Enter', OPENS.has(panel) ? 'open' : 'filter by it']]
  const back: [string, string][] = state.screen !== 'overview' || state.filter_text !== '' ? [['Esc', 'back']] : []
  return [
    ['?', 'help'],
    ['q', 'quit'],
    ['/', 'filter'],
    ...open,
    ...(panel === 'findings' && state.screen === 'findings' ? ALERT_KEYS : []),
    ...back,
    ['Tab', 'next'],
    ['z/Z', 'range'],
    ['space', state.paused_at_ms === null ? 'pause' : 'go on'],
    ['s/r', 'sort'],
    ['[ ]', 'pan'],
    ['e/E', 'failures'],
    ['x', 'export'],
    ['y', 'copy'],
    ['o', 'pager'],
    [':', 'command'],
    [';', 'SQL'],
    ['t', otherZoneName(view)],
    ['a', 'all time'],
  ]
}

function otherZoneName({ state }: View): string {
  return state.zone === 'utc' ? 'local time' : 'UTC'
}
