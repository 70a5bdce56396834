/**
 * Everything one frame is drawn from: model, view state, size, clock, zone. Panels are functions of it.
 */
import type { FilterField } from '../../src/core/filter.ts'
import { detailText } from './detail-text.ts'
import { helpText } from './help-text.ts'
import { type Layout, layoutFor, panelRows } from './layout.ts'
import type { Line } from './line.ts'
import type { DashboardModel, ModelRequest } from './model.ts'
import type { PanelId } from './screens.ts'
import type { ViewContext, ViewState } from './view-state.ts'

export interface View {
  /** Null until the first one is read. */
  model: DashboardModel | null
  /** The question the model answers. */
  answered: ModelRequest | null
  /** Why nothing could be read at all; the model carries later errors. */
  failure: string | null
  state: ViewState
  columns: number
  rows: number
  /** IANA zone times are shown in. */
  zone: string
  ascii: boolean
}

/** The detail and help texts have one header row and the footer. */
export function textRows(rows: number): number {
  return Math.max(1, rows - 3)
}

export function layoutOf({ model, state, columns, rows }: View): Layout {
  return layoutFor({ columns, rows }, state.screen, state.focus, model?.causes.length ?? 0)
}

/** The text that covers the panels: help before detail; null when neither is open. */
export function openText(view: View): Line[] | null {
  if (view.state.help) return helpText()
  if (view.state.detail === null) return null
  const detail = view.answered?.incident_id === view.state.detail ? view.model?.detail : undefined
  return detailText(detail, view.columns, view.zone)
}

/** What the reducer must know of what is on the screen. */
export function viewContext(view: View, now_ms: number): ViewContext {
  const { model } = view
  const layout = layoutOf(view)
  const rows = textRows(view.rows)
  const keys: Record<PanelId, readonly string[]> = {
    causes: model?.causes.map((row) => row.cause) ?? [],
    incidents: model?.incidents.map((incident) => incident.id) ?? [],
    hosts: model?.hosts.map((row) => row.value) ?? [],
    clients: model?.clients.map((row) => row.value) ?? [],
    sources: model?.sources.map((source) => source.stream) ?? [],
  }
  const seen: Partial<Record<FilterField, readonly string[]>> = { host: keys.hosts, client_id: keys.clients }
  const page = (panel: PanelId) => panelRows(layout, panel)
  return {
    now_ms,
    keys,
    rows: {
      causes: page('causes'),
      incidents: page('incidents'),
      hosts: page('hosts'),
      clients: page('clients'),
      sources: page('sources'),
    },
    scroll_rows: rows,
    scroll_limit: Math.max(0, (openText(view)?.length ?? 0) - rows),
    seen,
  }
}
