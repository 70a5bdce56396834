/**
 * What stands in place of the panels when there are no figures: still reading, nothing being read, nothing recognised
 * (with what the lines look like), nothing in this range, or a store that cannot be read. Says what to do next.
 */
import { formatCount, formatQuantity } from '../format-number.ts'
import { formatLength, formatMinute } from '../format-time.ts'
import { EMPTY_LINE, type Line, line, span } from './line.ts'
import type { DashboardModel } from './model.ts'
import { sourceProblem } from './source-words.ts'
import type { View } from './view.ts'

/** Null when the panels have something to show. */
export function emptyText(view: View): Line[] | null {
  const { model, state } = view
  if (view.failure !== null) {
    return [
      line(span('The store cannot be read.', 'bad')),
      EMPTY_LINE,
      line(view.failure),
      EMPTY_LINE,
      hint('authtop tries again by itself; q quits.'),
    ]
  }
  if (model === null) return [line(span('Reading …', 'strong'))]
  if (model.extent === null) return model.sources.length === 0 ? nothingRead() : nothingRecognised(model)
  if (state.screen !== 'sources' && model.totals.failures + model.totals.successes === 0)
    return nothingInRange(view, model)
  return null
}

function hint(text: string): Line {
  return line(span(text, 'dim'))
}

function nothingRead(): Line[] {
  return [
    line(span('Nothing has been read yet.', 'strong')),
    EMPTY_LINE,
    line('Name the logs to read:     ', span('authtop /var/log/myapp/*.log', 'key')),
    line('or pipe them in:           ', span('kubectl logs -f deploy/api | authtop -', 'key')),
    line('or watch a small fleet:    ', span('authtop demo', 'key')),
  ]
}

/** Groups of unrecognised texts worth showing before the raw lines. */
const GROUPS_SHOWN = 3

function nothingRecognised(model: DashboardModel): Line[] {
  const records = model.sources.reduce((sum, source) => sum + source.counters.records, 0)
  const read = `${formatQuantity(records, 'record')} read from ${formatQuantity(model.sources.length, 'source')}`
  const lines: Line[] = [line(span('No auth events recognised in these files.', 'strong'), span(`  ${read}.`, 'dim'))]
  if (records === 0) {
    lines.push(EMPTY_LINE, hint('No whole line has come yet; they show up here as they are written.'))
  }
  const groups = model.unrecognised.slice(0, GROUPS_SHOWN)
  if (groups.length > 0) {
    lines.push(EMPTY_LINE, line('These look like auth failures of a kind authtop does not know:'))
    for (const group of groups) {
      lines.push(line(span(`  ${formatCount(group.count)} × `, 'strong'), `${group.system}: ${group.sample}`))
    }
  }
  for (const source of model.sources) {
    lines.push(EMPTY_LINE, line(span(source.name, 'strong'), span(`  ${source.format ?? 'no known format'}`, 'dim')))
    if (source.error !== undefined) lines.push(line('  ', span(sourceProblem(source) ?? source.error, 'warn')))
    for (const text of source.sample ?? []) lines.push(line(span('  │ ', 'dim'), text))
  }
  lines.push(EMPTY_LINE, hint("To see what authtop makes of a line: authtop explain 'the line'"))
  return lines
}

function nothingInRange({ state, zone }: View, model: DashboardModel): Line[] {
  const length = state.length_ms === 'all' ? 'all there is' : `these ${formatLength(state.length_ms)}`
  const filtered = state.filter_text !== ''
  const lines = [
    line(span(filtered ? `Nothing in ${length} matches the filter.` : `No auth events in ${length}.`, 'strong')),
    EMPTY_LINE,
  ]
  if (filtered)
    lines.push(line('filter  ', span(state.filter_text, 'accent')), hint('Esc takes its last word away.'), EMPTY_LINE)
  if (model.extent !== null) {
    lines.push(
      line(
        `Events are stored from ${formatMinute(model.extent.from_ms, zone)} to ${formatMinute(model.extent.to_ms, zone)}.`,
      ),
      line(
        span('a', 'key'),
        ' shows them all, ',
        span('Z', 'key'),
        ' lengthens the range, ',
        span('[', 'key'),
        ' goes back in time.',
      ),
    )
  }
  return lines
}
