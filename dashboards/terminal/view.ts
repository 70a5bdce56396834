/**
 * Everything one frame is drawn from: model, view state, size, clock, zone. Panels are functions of it.
 */
import type { FilterField } from '../../src/core/filter.ts'
import type { SqlResult } from '../../src/core/ports/store.ts'
import { clockText } from './clock-text.ts'
import { detailText } from './detail-text.ts'
import { filterWord } from './filter-words.ts'
import { findingText } from './finding-text.ts'
import { helpText } from './help-text.ts'
import { type Layout, layoutFor, panelRows } from './layout.ts'
import { EMPTY_LINE, type Line, line, plainText, span } from './line.ts'
import type { DashboardModel, FindingRow, ModelRequest } from './model.ts'
import { PANEL_IDS, type PanelId } from './screens.ts'
import { sqlText } from './sql-text.ts'
import { orderedRows, sortableColumns } from './table.ts'
import { wantedLines } from './table-panel.ts'
import { TABLES } from './tables.ts'
import { type OpenText, topText, type ViewContext, type ViewState } from './view-state.ts'

/** A question in SQL and what came of it; neither: it is being asked. */
export interface SqlAnswer {
  query: string
  result: SqlResult | null
  error: string | null
}

export interface View {
  /** Null until the first one is read. */
  model: DashboardModel | null
  /** The question the model answers. */
  answered: ModelRequest | null
  /** Why nothing could be read at all; the model carries later errors. */
  failure: string | null
  sql: SqlAnswer | null
  /** The open finding as last seen: what is wrong changes while it is read about. */
  kept: FindingRow | null
  state: ViewState
  columns: number
  rows: number
  /** IANA zone times are shown in. */
  zone: string
  ascii: boolean
  monochrome: boolean
}

/** Texts have one header row and the footer. */
export function textRows(rows: number): number {
  return Math.max(1, rows - 3)
}

export function layoutOf(view: View): Layout {
  const { model, state, columns, rows } = view
  return layoutFor({ columns, rows }, state.screen, state.focus[state.screen], {
    causes: model?.causes.length ?? 0,
    findings: wantedLines(view, columns, TABLES.findings),
  })
}

/** The text that covers the panels; null when none is open. */
export function openText(view: View): Line[] | null {
  const text = topText(view.state)
  switch (text?.kind) {
    case undefined:
      return null
    case 'help':
      return helpText(view)
    case 'sql':
      return sqlText(view.sql)
    case 'clock': {
      const row = known(view.model?.clocks?.rows, text.key)
      return clockText(row, view.columns, view.zone, view.model?.now_ms ?? 0)
    }
    case 'finding': {
      const row = openFinding(view, text.key)
      const drawn = (shown: FindingRow | null | undefined) =>
        findingText(shown, view.columns, view.zone, view.model?.now_ms ?? 0)
      if (row !== null || view.kept?.key !== text.key) return drawn(row)
      return [
        line(span('Not seen any more, or seen otherwise by now; as it was:', 'warn')),
        EMPTY_LINE,
        ...drawn(view.kept),
      ]
    }
    case 'incident': {
      const detail = view.answered?.incident_id === text.id ? view.model?.detail : undefined
      return detailText(detail, view.columns, view.zone)
    }
  }
}

/** The row of an open finding as the model has it now. */
export function openFinding({ model }: Pick<View, 'model'>, key: string): FindingRow | null | undefined {
  return known(model?.findings ?? model?.standing, key)
}

/** Undefined: not read yet; null: read, and not there. */
function known<R extends { key: string }>(rows: readonly R[] | null | undefined, key: string): R | null | undefined {
  return rows === null || rows === undefined ? undefined : (rows.find((row) => row.key === key) ?? null)
}

/** What the reducer must know of what is on the screen. */
export function viewContext(view: View, now_ms: number, outside: Pick<ViewContext, 'moment' | 'at'>): ViewContext {
  const layout = layoutOf(view)
  const rows = textRows(view.rows)
  const text = openText(view)
  const keys = byPanel((panel) => (orderedRows(TABLES[panel], view) ?? []).map((row) => TABLES[panel].key(row)))
  return {
    now_ms,
    ...outside,
    keys,
    rows: byPanel((panel) => panelRows(layout, panel)),
    sortable: byPanel((panel) => sortableColumns(TABLES[panel])),
    scroll_rows: rows,
    scroll_limit: Math.max(0, (text?.length ?? 0) - rows),
    place: (text) => placeOf(view, text),
    alert: (key) => (openFinding(view, key) ?? (view.kept?.key === key ? view.kept : null))?.alert ?? null,
    find: (words) => matchingRows(text ?? [], words),
    seen: seenValues(view.model),
  }
}

function byPanel<T>(of: (panel: PanelId) => T): Record<PanelId, T> {
  return Object.fromEntries(PANEL_IDS.map((panel) => [panel, of(panel)])) as Record<PanelId, T>
}

export function matchingRows(text: readonly Line[], words: string): number[] {
  const rows: number[] = []
  text.forEach((each, row) => {
    if (plainText(each).toLowerCase().includes(words)) rows.push(row)
  })
  return rows
}

/** Values to complete a filter with: those of the tables, else those of the incidents shown. */
function seenValues(model: DashboardModel | null): Partial<Record<FilterField, readonly string[]>> {
  if (model === null) return {}
  const { parties, incidents } = model
  const values = (panel: keyof typeof parties, field: 'client_id' | 'service' | 'issuer' | 'host') =>
    parties[panel]?.map(({ value }) => value) ?? [
      ...new Set((incidents ?? []).flatMap((incident) => incident[field] ?? [])),
    ]
  return {
    host: values('hosts', 'host'),
    client_id: values('clients', 'client_id'),
    service: values('services', 'service'),
    issuer: values('issuers', 'issuer'),
    system: [...new Set((incidents ?? []).map(({ system }) => system))],
  }
}

/** What a clock or finding is about, as words of the filter; null where that is nothing a filter can say. */
function placeOf({ model, kept }: View, text: OpenText): string | null {
  if (text.kind === 'clock') {
    const host = /^host (.*)$/s.exec(text.key)?.[1]
    return host === undefined ? null : `${filterWord('host', host)} cause:skew`
  }
  if (text.kind !== 'finding') return null
  const row = openFinding({ model }, text.key) ?? kept
  if (row === null || row.key !== text.key) return null
  const words: string[] = []
  for (const field of ['host', 'service', 'client_id', 'issuer', 'cause', 'subcause'] as const) {
    const value = row[field]
    if (value !== undefined && value !== null) words.push(filterWord(field, value))
  }
  return words.length === 0 ? null : words.join(' ')
}
