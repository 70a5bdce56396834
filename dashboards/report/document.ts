/**
 * A report in words, before any format: what text, Markdown, HTML and mail render. All strings are plain text and may hold
 * anything a log line held; making that harmless is the renderers' duty, each in the way of its format.
 */

import type { ClockReading } from '../../src/core/clock-lookup.ts'
import type { HeatMap, Timeline } from '../../src/core/report.ts'

export type Tone = 'bad' | 'good'

export interface Cell {
  text: string
  tone?: Tone
  /** The command that lists the incidents behind the figure. */
  command?: string
}

export interface Column {
  title: string
  /** Figures stand on the right. */
  align: 'left' | 'right'
}

export interface Table {
  type: 'table'
  caption: string
  columns: readonly Column[]
  rows: readonly (readonly Cell[])[]
}

export interface Paragraph {
  type: 'text'
  text: string
}

/** Something to do or to know: a head, what it is worth, reasons and steps. */
export interface Point {
  title: string
  /** Short, beside the title: `would have avoided 812 failures (67 %)`. */
  worth?: string
  lines: readonly string[]
  command?: string
}

export interface Points {
  type: 'points'
  ordered: boolean
  points: readonly Point[]
}

/** Drawn in HTML; other formats show the table or the sparkline that stands for it. */
export interface Chart {
  type: 'chart'
  /** One sentence that says what is to be seen; the text alternative. */
  caption: string
  /** One row of bars for text formats. */
  spark: readonly number[]
  drawing:
    | { kind: 'timeline'; timeline: Timeline; zone: string }
    | { kind: 'heat'; heat: HeatMap }
    | { kind: 'clocks'; readings: readonly ClockReading[]; zone: string }
  /** The same figures for readers who do not see it. */
  table: Table
}

export type Block = Paragraph | Table | Points | Chart

export interface Section {
  /** Stable anchor: `causes`. */
  id: string
  title: string
  blocks: readonly Block[]
}

/** One of the large figures at the top. */
export interface Headline {
  label: string
  value: string
  note: string
  tone?: Tone
}

export interface ReportDocument {
  title: string
  /** `Mon 2026-11-16 00:00 to Mon 2026-11-23 00:00, Europe/Paris`. */
  subtitle: string
  summary: string
  headlines: readonly Headline[]
  actions: Points
  sections: readonly Section[]
  /** When and by what it was made. */
  footer: string
}
