/** The three drawings of a report: failures over time by cause, failures by hour and weekday, clock offsets. */
import { CAUSE_ORDER } from '../../../src/core/cause.ts'
import type { ClockReading } from '../../../src/core/clock-lookup.ts'
import type { HeatMap, Timeline } from '../../../src/core/report.ts'
import { formatMinute } from '../../format-time.ts'
import { causeTitle } from '../../wording.ts'
import { dayWords, weekdayName } from '../day-words.ts'
import type { Chart } from '../document.ts'
import { CHART_WIDTH, drawSvg, INK, LINE, MUTED } from './draw-svg.ts'
import { causeColour, SERIES_COLOURS } from './page-style.ts'

const TIMELINE_HEIGHT = 300
const HEAT_HEIGHT = 270
const CLOCK_HEIGHT = 280

/** Lines that can be told apart by colour; the rest is in the table. */
const CLOCKS_DRAWN = SERIES_COLOURS.length

const AXIS = {
  axisLine: { lineStyle: { color: LINE } },
  axisTick: { show: false },
  axisLabel: { color: MUTED },
  splitLine: { lineStyle: { color: LINE } },
}

export function chartSvg({ drawing, caption }: Chart): string {
  switch (drawing.kind) {
    case 'timeline':
      return timelineSvg(drawing.timeline, drawing.zone, caption)
    case 'heat':
      return heatSvg(drawing.heat, caption)
    case 'clocks':
      return clockSvg(drawing.readings, drawing.zone, caption)
  }
}

function timelineSvg({ steps, unit }: Timeline, zone: string, label: string): string {
  const causes = CAUSE_ORDER.filter((cause) => steps.some((step) => (step.causes[cause] ?? 0) > 0))
  const day = steps.map(({ start_ms }) => dayWords(start_ms, zone))
  const midday = (index: number) => unit === 'day' || formatMinute(steps[index]!.start_ms, zone).slice(11, 13) === '12'
  return drawSvg(
    {
      grid: { left: 56, right: 12, top: 36, bottom: 28 },
      legend: {
        top: 0,
        left: 50,
        itemWidth: 12,
        itemHeight: 12,
        itemGap: 18,
        textStyle: { color: INK, fontSize: 13 },
        data: causes.map(causeTitle),
      },
      xAxis: {
        type: 'category',
        data: steps.map((_, index) => String(index)),
        ...AXIS,
        axisLabel: {
          color: MUTED,
          fontSize: 12,
          interval: (index: number) => midday(index) && spaced(index, steps.length, unit),
          formatter: (index: string) =>
            unit === 'hour'
              ? `${day[Number(index)]!.slice(0, 3)} ${day[Number(index)]!.slice(12, 14)}`
              : day[Number(index)]!.slice(9),
        },
        splitLine: {
          show: unit === 'hour',
          lineStyle: { color: LINE },
          interval: (index: number) => index > 0 && day[index] !== day[index - 1],
        },
      },
      yAxis: [
        { type: 'value', minInterval: 1, ...AXIS, axisLabel: { color: MUTED, fontSize: 12 } },
        { type: 'value', show: false, max: 1 },
      ],
      series: [
        ...causes.map((cause) => ({
          name: causeTitle(cause),
          type: 'bar',
          stack: 'failures',
          barCategoryGap: steps.length > 60 ? '10%' : '25%',
          itemStyle: { color: causeColour(cause) },
          data: steps.map((step) => step.causes[cause] ?? 0),
        })),
        // Hours of which nothing was read, from top to bottom, behind the bars on an axis of their own.
        {
          type: 'bar',
          yAxisIndex: 1,
          z: 1,
          barGap: '-100%',
          barCategoryGap: '0%',
          barWidth: '100%',
          itemStyle: { color: 'var(--gap)' },
          data: steps.map(({ silent }) => (silent ? 1 : 0)),
        },
      ],
    },
    TIMELINE_HEIGHT,
    label,
  )
}

/** Day labels need about 70 px each. */
function spaced(index: number, count: number, unit: 'hour' | 'day'): boolean {
  const days = unit === 'hour' ? count / 24 : count
  const every = Math.max(1, Math.ceil((days * 70) / CHART_WIDTH))
  return Math.floor(unit === 'hour' ? index / 24 : index) % every === 0
}

function heatSvg({ weekdays, failures }: HeatMap, label: string): string {
  const peak = Math.max(1, ...failures.flat().map((cell) => cell ?? 0))
  const cells = failures.flatMap((row, y) =>
    row.map((count, hour) => ({
      value: [hour, y, count ?? 0],
      itemStyle: {
        color: count === null ? 'var(--gap)' : count === 0 ? 'var(--card)' : 'var(--heat)',
        // Never so pale that one failure looks like none.
        opacity: count === null || count === 0 ? 1 : 0.18 + 0.82 * (count / peak),
      },
    })),
  )
  return drawSvg(
    {
      grid: { left: 92, right: 12, top: 8, bottom: 28 },
      xAxis: {
        type: 'category',
        data: Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0')),
        ...AXIS,
        axisLabel: { color: MUTED, fontSize: 12, interval: 2 },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: weekdays.map(weekdayName),
        ...AXIS,
        axisLabel: { color: MUTED, fontSize: 13 },
        splitLine: { show: false },
      },
      // The cells bring their colours along; echarts demands a map all the same.
      visualMap: { show: false, min: 0, max: peak },
      series: [
        {
          type: 'heatmap',
          data: cells,
          itemStyle: { borderColor: 'var(--paper)', borderWidth: 2 },
        },
      ],
    },
    HEAT_HEIGHT,
    label,
  )
}

function clockSvg(readings: readonly ClockReading[], zone: string, label: string): string {
  const byHost = Map.groupBy(readings, ({ host }) => host)
  // Those that strayed farthest are what the chart is for.
  const reach = (rows: readonly ClockReading[]) => Math.max(...rows.map(({ offset_s }) => Math.abs(offset_s ?? 0)))
  const hosts = [...byHost].sort(([, a], [, b]) => reach(b) - reach(a)).slice(0, CLOCKS_DRAWN)
  return drawSvg(
    {
      grid: { left: 64, right: 16, top: 40, bottom: 28 },
      legend: { top: 0, left: 50, itemWidth: 18, itemHeight: 8, textStyle: { color: INK, fontSize: 13 } },
      xAxis: {
        type: 'time',
        ...AXIS,
        axisLabel: {
          color: MUTED,
          fontSize: 12,
          formatter: (ms: number) => formatMinute(ms, zone).slice(5, 16),
          hideOverlap: true,
        },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'value',
        name: 'seconds ahead',
        nameTextStyle: { color: MUTED, align: 'left' },
        ...AXIS,
        axisLabel: { color: MUTED, fontSize: 12 },
      },
      series: hosts.map(([host, rows], index) => ({
        name: host.slice(0, 40),
        type: 'line',
        symbol: 'none',
        lineStyle: { color: SERIES_COLOURS[index], width: 2 },
        itemStyle: { color: SERIES_COLOURS[index] },
        data: rows.map(({ at_ms, offset_s }) => [at_ms, offset_s]),
      })),
    },
    CLOCK_HEIGHT,
    label,
  )
}
