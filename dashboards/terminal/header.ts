/** The rows above the panels: screens and clock, range and state, what succeeds, what fails. */
import type { Kind } from '../../src/core/kind.ts'
import { formatChange, formatCount, formatQuantity, formatRate, formatShare } from '../format-number.ts'
import { formatClock, formatLength, formatMinute, formatStamp, formatZone } from '../format-time.ts'
import { healedShare } from '../healing-words.ts'
import { kindDone } from '../wording.ts'
import { HEADER_ROWS } from './layout.ts'
import { EMPTY_LINE, type Line, lineWidth, type Span, span, spread } from './line.ts'
import type { DashboardModel } from './model.ts'
import { SCREENS, type ScreenId } from './screens.ts'
import { sourceProblem } from './source-words.ts'
import type { View } from './view.ts'

/** Narrower than this only the present screen is named beside the numbers. */
const NAMED_TABS_COLUMNS = 78

export function titleLine(view: View): Line {
  const { model, zone } = view
  const tabs = titleTabs(view).flatMap(({ spans }) => spans)
  const clock = model === null ? '' : `${formatClock(model.now_ms, zone)} ${formatZone(model.now_ms, zone)}`
  return spread(tabs, [span(clock, 'dim')], view.columns)
}

/** The names of the screens as they stand in the first row, each with the blank before it. */
export function titleTabs({ state, columns }: View): { screen: ScreenId | null; spans: Span[] }[] {
  const here = (id: ScreenId) => state.screen === id && state.open.length === 0
  const named = columns >= NAMED_TABS_COLUMNS
  return [
    { screen: null, spans: [span('authtop', 'title')] },
    ...SCREENS.map(({ id, title }, i) => ({
      screen: id,
      spans: [
        { text: ' ' },
        span(named || state.screen === id ? `${i + 1} ${title}` : `${i + 1}`, here(id) ? 'selected' : 'plain'),
      ],
    })),
  ]
}

export function headerLines(view: View): Line[] {
  const { model } = view
  const lines = [titleLine(view), stateLine(view)]
  if (model !== null) lines.push(successLine(view, model), failureLine(view, model))
  while (lines.length < HEADER_ROWS) lines.push(EMPTY_LINE)
  return lines
}

function stateLine(view: View): Line {
  const { state, model } = view
  const left: Span[] = [span(rangeWords(view), 'strong'), { text: '  ' }]
  if (state.paused_at_ms !== null)
    left.push(span(`PAUSED at ${formatClock(state.paused_at_ms, view.zone)}`, 'selected'))
  else left.push(state.end === 'now' ? span('live', 'good') : span('in the past (0: now)', 'warn'))
  if (state.filter_text !== '') left.push({ text: '  filter ' }, span(state.filter_text, 'accent'))
  if (model === null) return spread(left, [], view.columns)
  const { sources } = model
  const problems = sources.filter((source) => sourceProblem(source) !== null).length
  const right = [span(formatQuantity(sources.length, 'source'), 'dim')]
  if (problems > 0) right.push(span(`, ${formatCount(problems)} with a problem`, 'warn'))
  return spread(left, right, view.columns)
}

function rangeWords({ state, model, zone }: View): string {
  if (state.length_ms === 'all') {
    if (model === null || model.extent === null) return 'all there is'
    return `all: ${formatMinute(model.range.from_ms, zone)} – ${formatMinute(model.range.to_ms, zone)}`
  }
  const length = formatLength(state.length_ms)
  if (state.end === 'now') return `last ${length}`
  return `${length} to ${formatStamp(state.end, zone, model?.now_ms ?? state.end)}`
}

/** Always shown, because none of them at all is worth seeing; the others when they occur. */
const MAIN_KINDS: readonly Kind[] = ['issuance', 'refresh', 'validation']

function successLine({ columns }: View, model: DashboardModel): Line {
  const others = (Object.keys(model.kinds) as Kind[]).filter(
    (kind) => !MAIN_KINDS.includes(kind) && (model.kinds[kind]?.successes ?? 0) > 0,
  )
  const spans: Span[] = []
  for (const kind of [...MAIN_KINDS, ...others]) {
    const figures = model.kinds[kind]
    const own: Span[] = [
      span(`${spans.length === 0 ? '' : '   '}${kindDone(kind)} `, 'dim'),
      span(formatCount(figures?.successes ?? 0), 'strong'),
      { text: ` (${formatRate(figures?.per_second ?? 0)})` },
    ]
    // Half a figure tells less than none.
    if (lineWidth([...spans, ...own]) > columns) break
    spans.push(...own)
  }
  return spread(spans, [], columns)
}

function failureLine({ columns }: View, model: DashboardModel): Line {
  const { failures, failures_before, successes } = model.totals
  const change = formatChange(failures, failures_before)
  const spans: Span[] = [span('failed ', 'dim'), span(formatCount(failures), failures > 0 ? 'bad' : 'good')]
  if (failures + successes > 0) {
    spans.push({ text: '  ' }, span(formatShare(failures, failures + successes), 'strong'), span(' of requests', 'dim'))
  }
  if (change !== '') spans.push({ text: `   ${change}` }, span(' against the period before', 'dim'))
  const { healing } = model
  const healed: Span[] = healing === null ? [] : [{ text: '   ' }, span(healedShare(healing), 'dim')]
  if (lineWidth([...spans, ...healed]) <= columns) spans.push(...healed)
  return spread(spans, [], columns)
}
