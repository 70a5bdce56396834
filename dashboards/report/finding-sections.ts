/** What was found and what alerted, in order of time with duration; and the advice, ranked by failures avoided. */
import type { Report } from '../../src/core/report.ts'
import { formatCount, formatQuantity, NO_FIGURE } from '../format-number.ts'
import { formatDuration, formatMinute } from '../format-time.ts'
import type { Cell, Point, Section } from './document.ts'

export function eventSection({ findings, alerts, zone, generated_ms }: Report): Section | null {
  if (findings.length + alerts.length === 0) return null
  const rows = [
    ...findings.map((each) => ({
      at_ms: each.from_ms,
      cells: [
        { text: formatMinute(each.from_ms, zone) },
        { text: formatDuration(each.to_ms - each.from_ms) },
        severity(each.severity),
        { text: each.title },
        { text: each.incidents === 0 ? NO_FIGURE : formatCount(each.incidents) },
      ] satisfies Cell[],
    })),
    ...alerts.map((each) => ({
      at_ms: each.started_ms,
      cells: [
        { text: formatMinute(each.started_ms, zone) },
        {
          text:
            each.resolved_ms === null
              ? `${formatDuration(generated_ms - each.started_ms)}, still firing`
              : formatDuration(each.resolved_ms - each.started_ms),
        },
        severity(each.severity),
        { text: `Alert ${each.rule}: ${each.summary}` },
        { text: NO_FIGURE },
      ] satisfies Cell[],
    })),
  ].sort((a, b) => a.at_ms - b.at_ms)
  return {
    id: 'events',
    title: 'Findings and alerts',
    blocks: [
      {
        type: 'table',
        caption: 'What happened, in order of time',
        columns: [
          { title: 'From', align: 'left' },
          { title: 'For', align: 'left' },
          { title: 'Severity', align: 'left' },
          { title: 'What', align: 'left' },
          { title: 'Failures', align: 'right' },
        ],
        rows: rows.map(({ cells }) => cells),
      },
    ],
  }
}

export function adviceSection({ advice }: Report): Section | null {
  if (advice.length === 0) return null
  return {
    id: 'advice',
    title: 'Advice: what each change would have avoided',
    blocks: [
      {
        type: 'points',
        ordered: false,
        points: advice.map(
          ({ title, avoided, of, why, fix }): Point => ({
            title,
            worth: `${formatCount(avoided)} of ${formatQuantity(of, 'failure')}`,
            lines: [...why, ...fix.map((step) => `Do: ${step}`)],
          }),
        ),
      },
    ],
  }
}

function severity(name: string): Cell {
  return { text: name, ...(name === 'critical' && { tone: 'bad' as const }) }
}
