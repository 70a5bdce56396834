/**
 * The screen's figures as plain text, for pipes and files: what was read, how much succeeded and failed, what is wrong, why, where, and
 * the latest incidents. Pure: a model in, lines out, cleaned and without colour.
 * Invariant: sources of which nothing was recognised are said to be so, with what their lines look like.
 */
import type { Kind } from '../../src/core/kind.ts'
import type { DimensionRow } from '../../src/core/ports/store.ts'
import { formatChange, formatCount, formatQuantity, formatRate, formatShare } from '../format-number.ts'
import { formatMinute } from '../format-time.ts'
import { healingSentence } from '../healing-words.ts'
import { causeTitle, kindDone, NOT_STATED, subcauseTitle } from '../wording.ts'
import { incidentLine } from './incident-line.ts'
import type { DashboardModel } from './model.ts'
import { fitText, textWidth, toPrintable } from './printable.ts'
import { sourceLine } from './source-line.ts'

/** The screen shows more; a summary that scrolls away is none. Rows. */
const TOP_ROWS = 5
const SUBCAUSES_SHOWN = 3
const INCIDENTS_SHOWN = 10
const FINDINGS_SHOWN = 5
const SAMPLE_LINES = 3
const UNRECOGNISED_SHOWN = 3

export function summaryLines(model: DashboardModel, zone: string): string[] {
  const { totals } = model
  const lines = [...sourceLines(model), '']
  if (model.extent === null)
    return [...lines, 'No auth events recognised.', ...unrecognisedLines(model)].map(toPrintable)

  lines.push(`${formatMinute(model.range.from_ms, zone)} to ${formatMinute(model.range.to_ms, zone)}`)
  const done = (Object.keys(model.kinds) as Kind[]).flatMap((kind) => {
    const figures = model.kinds[kind]
    if (figures === undefined || figures.successes === 0) return []
    return `${kindDone(kind)} ${formatCount(figures.successes)} (${formatRate(figures.per_second)})`
  })
  lines.push(done.length === 0 ? 'no successes' : done.join(', '))
  const share = formatShare(totals.failures, totals.failures + totals.successes)
  const change = formatChange(totals.failures, totals.failures_before)
  lines.push(
    `${formatCount(totals.failures)} failed (${share} of requests)${change === '' ? '' : `, ${change} against the period before`}`,
  )
  if (model.healing !== null) lines.push(healingSentence(model.healing))
  lines.push(...findingLines(model))
  if (totals.failures > 0) {
    lines.push('', ...causeTable(model))
    lines.push('', ...dimensionTable('Hosts', model.parties.hosts ?? []))
    lines.push('', ...dimensionTable('Clients', model.parties.clients ?? []))
    lines.push('', 'Latest incidents')
    for (const incident of (model.incidents ?? []).slice(0, INCIDENTS_SHOWN))
      lines.push(`  ${incidentLine(incident, zone)}`)
  }
  return [...lines, ...unrecognisedLines(model)].map((text) => toPrintable(text).trimEnd())
}

function sourceLines(model: DashboardModel): string[] {
  if (model.sources.length === 0) return ['No sources.']
  return model.sources.flatMap((source) => [
    sourceLine(source),
    ...(source.counters.recognised === 0
      ? (source.sample ?? []).slice(0, SAMPLE_LINES).map((text) => `  | ${text}`)
      : []),
  ])
}

/** What needs a person now, each with the first thing to do about it. */
function findingLines({ findings }: DashboardModel): string[] {
  const rows = (findings ?? []).filter(({ state }) => state === 'finding' || state === 'firing')
  if (rows.length === 0) return []
  const lines = ['', 'What is wrong']
  for (const { severity, title, fix } of rows.slice(0, FINDINGS_SHOWN)) {
    lines.push(`  ${severity.padEnd(8)}  ${title}`)
    if (fix[0] !== undefined) lines.push(`            → ${fix[0]}`)
  }
  const left = rows.length - FINDINGS_SHOWN
  if (left > 0) lines.push(`  and ${formatQuantity(left, 'other')}: authtop findings`)
  return lines
}

function causeTable({ causes, totals }: DashboardModel): string[] {
  const rows = causes.map(({ cause, count, before, subcauses }) => {
    const named = subcauses
      .slice(0, SUBCAUSES_SHOWN)
      .map(({ subcause, count: own }) => `${subcauseTitle(cause, subcause)} ${formatCount(own)}`)
    const more =
      subcauses.length > SUBCAUSES_SHOWN ? [`${formatQuantity(subcauses.length - SUBCAUSES_SHOWN, 'other')}`] : []
    return [
      causeTitle(cause),
      formatCount(count),
      formatShare(count, totals.failures),
      formatChange(count, before),
      [...named, ...more].join(', '),
    ]
  })
  return table(['Causes', 'failures', 'share', 'change', 'of which'], rows)
}

function dimensionTable(title: string, all: readonly DimensionRow[]): string[] {
  const rows = all
    .filter((row) => row.failures > 0)
    .slice(0, TOP_ROWS)
    .map((row) => [
      row.value === '' ? NOT_STATED : row.value,
      formatCount(row.failures),
      formatShare(row.failures, row.successes + row.failures),
      row.top_cause === null ? '' : causeTitle(row.top_cause),
    ])
  return table([title, 'failures', 'failing', 'mostly'], rows)
}

/** Names longer than this would push the figures off the line; columns. */
const NAME_COLUMNS = 40

/** First and last column flush left, figures flush right. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const clean = [heads, ...rows].map((row) => row.map(toPrintable))
  const widths = heads.map((_, i) => Math.min(NAME_COLUMNS, Math.max(...clean.map((row) => textWidth(row[i] ?? '')))))
  return clean.map((row) =>
    row
      .map((text, i) => (i === row.length - 1 ? text : fitText(text, widths[i] ?? 0, i === 0 ? 'left' : 'right')))
      .map((text, i) => (i === 0 ? text : `  ${text}`))
      .join(''),
  )
}

function unrecognisedLines({ unrecognised }: DashboardModel): string[] {
  if (unrecognised.length === 0) return []
  const lines = ['', 'Not recognised, though they look like auth failures']
  for (const { count, system, sample } of unrecognised.slice(0, UNRECOGNISED_SHOWN)) {
    lines.push(`  ${formatCount(count)} × ${system}: ${sample}`)
  }
  return lines
}
