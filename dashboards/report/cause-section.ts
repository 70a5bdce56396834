/** Why requests failed: causes and subcauses with share and change, over time and over the hours of the week. */
import { CAUSE_ORDER } from '../../src/core/cause.ts'
import type { Report, TimelineStep } from '../../src/core/report.ts'
import { formatCount, formatQuantity, formatShare, NO_FIGURE } from '../format-number.ts'
import { formatMinute } from '../format-time.ts'
import { sparkline } from '../sparkline.ts'
import { causeTitle, subcauseTitle } from '../wording.ts'
import { changeCell } from './change-words.ts'
import { dayWords, weekdayName } from './day-words.ts'
import type { Block, Cell, Section, Table } from './document.ts'
import { type CommandContext, failuresCommand } from './failures-command.ts'

export function causeSection(report: Report, context: CommandContext): Section {
  const { causes, totals } = report
  if (totals.failures === 0) {
    return { id: 'causes', title: 'Causes', blocks: [{ type: 'text', text: 'No request failed in this period.' }] }
  }
  const blocks: Block[] = [
    causeTable(report, context),
    { type: 'text', text: '▲ and ▼ mark changes of the failure rate that chance does not explain (95 % interval).' },
    ...causes.slice(0, 1).flatMap(() => timelineChart(report)),
    ...heatChart(report),
  ]
  return { id: 'causes', title: 'Causes', blocks }
}

function causeTable({ causes, totals }: Report, context: CommandContext): Table {
  const rows: Cell[][] = causes.flatMap((cause) => [
    [
      { text: causeTitle(cause.cause) },
      counted(cause.failures, failuresCommand(context, { cause: [cause.cause] })),
      { text: formatShare(cause.failures, totals.failures) },
      { text: cause.previous === null ? NO_FIGURE : formatCount(cause.previous) },
      changeCell(cause.failures, cause.previous, cause.change),
      { text: sparkline(cause.trend, cause.trend.length) },
      { text: '' },
    ],
    ...cause.subcauses.map((row): Cell[] => [
      { text: `  ${subcauseTitle(row.cause, row.subcause)}` },
      counted(row.failures, failuresCommand(context, { cause: [row.cause], subcause: [row.subcause] })),
      { text: formatShare(row.failures, totals.failures) },
      { text: row.previous === null ? NO_FIGURE : formatCount(row.previous) },
      changeCell(row.failures, row.previous, row.change),
      { text: '' },
      { text: row.mostly.map(({ value, share }) => `${value} ${formatShare(share, 1)}`).join(', ') },
    ]),
  ])
  return {
    type: 'table',
    caption: 'Failures by cause',
    columns: [
      { title: 'Cause', align: 'left' },
      { title: 'Failures', align: 'right' },
      { title: 'Share', align: 'right' },
      { title: 'Before', align: 'right' },
      { title: 'Change', align: 'right' },
      { title: 'By day', align: 'left' },
      { title: 'Mostly at', align: 'left' },
    ],
    rows,
  }
}

function timelineChart({ timeline, zone, causes, quality }: Report): Block[] {
  const { steps, unit } = timeline
  if (steps.length < 2) return []
  const shown = causes.filter(({ failures }) => failures > 0).map(({ cause }) => cause)
  shown.sort((a, b) => CAUSE_ORDER.indexOf(a) - CAUSE_ORDER.indexOf(b))
  const peak = steps.reduce((top, step) => (step.failures > top.failures ? step : top))
  const when = unit === 'hour' ? formatMinute(peak.start_ms, zone) : dayWords(peak.start_ms, zone)
  const silent =
    quality.silent_hours === 0
      ? ''
      : `; ${formatQuantity(quality.silent_hours, 'hour')} without any record are marked grey`
  return [
    {
      type: 'chart',
      caption: `Failures per ${unit}; most of them at ${when} (${formatCount(peak.failures)})${silent}`,
      spark: steps.map(({ failures }) => failures),
      drawing: { kind: 'timeline', timeline, zone },
      table: {
        type: 'table',
        caption: `Failures per ${unit}`,
        columns: [
          { title: unit === 'hour' ? 'Hour' : 'Day', align: 'left' },
          { title: 'Steps', align: 'right' },
          { title: 'Failed', align: 'right' },
          ...shown.map((cause) => ({ title: causeTitle(cause), align: 'right' as const })),
        ],
        rows: steps.map((step) => stepRow(step, zone, unit, shown)),
      },
    },
  ]
}

function stepRow(
  step: TimelineStep,
  zone: string,
  unit: 'hour' | 'day',
  causes: readonly (keyof TimelineStep['causes'])[],
): Cell[] {
  const when = unit === 'hour' ? formatMinute(step.start_ms, zone) : dayWords(step.start_ms, zone)
  if (step.silent)
    return [{ text: when }, { text: 'no data' }, { text: 'no data' }, ...causes.map(() => ({ text: '' }))]
  return [
    { text: when },
    { text: formatCount(step.events) },
    { text: formatCount(step.failures) },
    ...causes.map((cause) => ({ text: formatCount(step.causes[cause] ?? 0) })),
  ]
}

function heatChart({ heat, timeline, period }: Report): Block[] {
  // A map of a single day is a row of what the timeline shows.
  if (period.hours < 47 || timeline.steps.length < 2) return []
  const cells = heat.failures.flatMap((row, day) =>
    row.map((failures, hour) => ({ failures: failures ?? -1, day: heat.weekdays[day]!, hour })),
  )
  const worst = cells.reduce((top, cell) => (cell.failures > top.failures ? cell : top))
  const byHour = Array.from({ length: 24 }, (_, hour) => heat.failures.reduce((sum, row) => sum + (row[hour] ?? 0), 0))
  return [
    {
      type: 'chart',
      caption: `Failures by hour and weekday; the worst hour is ${weekdayName(worst.day)} ${hourWords(worst.hour)} (${formatCount(worst.failures)})`,
      spark: byHour,
      drawing: { kind: 'heat', heat },
      table: {
        type: 'table',
        caption: 'Failures by hour and weekday',
        columns: [
          { title: 'Hour', align: 'left' },
          ...heat.weekdays.map((day) => ({ title: weekdayName(day), align: 'right' as const })),
        ],
        rows: byHour.map((_, hour) => [
          { text: hourWords(hour) },
          ...heat.failures.map((row) => ({ text: row[hour] == null ? 'no data' : formatCount(row[hour]!) })),
        ]),
      },
    },
  ]
}

function hourWords(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`
}

function counted(count: number, command: string | undefined): Cell {
  return { text: formatCount(count), ...(command !== undefined && count > 0 && { command }) }
}
