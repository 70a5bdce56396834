/** Failed requests, newest first: when, where, who, and why in words. */
import type { Incident } from '../../src/core/incident.ts'
import { formatStamp } from '../format-time.ts'
import { NOT_STATED, verdictTitle } from '../wording.ts'
import type { PanelBox } from './layout.ts'
import { cell, type Line, span } from './line.ts'
import { MARKER_COLUMNS, panelLines } from './panel.ts'
import type { View } from './view.ts'

const GAP = { width: 1 }
/** `09:14:03`; with a date, see formatStamp. */
const CLOCK_COLUMNS = 8
const DATE_COLUMNS = 11
/** From here on the service has a column, and the first reason stands behind the verdict. */
const WIDE_COLUMNS = 110

export function incidentsPanel(view: View, box: PanelBox): Line[] {
  const { model, zone } = view
  const rows = model?.incidents ?? []
  const now_ms = model?.now_ms ?? 0
  const stamps = rows.map((incident) => formatStamp(incident.time_ms, zone, now_ms))
  const time = { width: stamps.some((stamp) => stamp.length > CLOCK_COLUMNS) ? DATE_COLUMNS : CLOCK_COLUMNS }
  const wide = box.width >= WIDE_COLUMNS
  const name = {
    width: wide ? Math.min(28, Math.floor(box.width * 0.13)) : Math.max(10, Math.floor(box.width * 0.175)),
  }
  const service = { width: wide ? name.width : 0 }
  const names = name.width * 2 + (wide ? service.width + GAP.width : 0)
  const reason = { width: box.width - MARKER_COLUMNS - time.width - names - 3 * GAP.width }

  return panelLines(view, box, {
    heads: [
      cell(time.width === CLOCK_COLUMNS ? 'Incident' : 'Incidents', time, 'title'),
      { text: ' ' },
      cell('host', name),
      { text: ' ' },
      ...(wide ? [cell('service', service), { text: ' ' }] : []),
      cell('client', name),
      { text: ' ' },
      cell('reason', reason),
    ],
    keys: rows.map((incident) => incident.id),
    nothing:
      view.state.words.length > 0 ? 'No incident in this range holds these words.' : 'No failed request in this range.',
    row(index) {
      const incident = rows[index]!
      return [
        cell(stamps[index] ?? '', time),
        { text: ' ' },
        cell(incident.host ?? NOT_STATED, name, incident.host === undefined ? 'dim' : 'plain'),
        { text: ' ' },
        ...(wide ? [cell(incident.service ?? '', service), { text: ' ' }] : []),
        cell(incident.client_id ?? NOT_STATED, name, incident.client_id === undefined ? 'dim' : 'plain'),
        { text: ' ' },
        ...reasonSpans(incident, wide),
      ]
    },
  })
}

function reasonSpans(incident: Incident, wide: boolean) {
  const verdict = verdictTitle(incident.cause, incident.subcause) + (incident.confidence === 'possible' ? '?' : '')
  const [why] = incident.why
  return [span(verdict, incident.cause), ...(wide && why !== undefined ? [span(` · ${why}`, 'dim')] : [])]
}
