/** Failed requests, newest first: when (by a right clock, as far as known), where, who, and why in words. */
import type { Cause, Subcause } from '../../src/core/cause.ts'
import type { Incident } from '../../src/core/incident.ts'
import { formatStamp } from '../format-time.ts'
import { causeTitle, NOT_STATED, verdictTitle } from '../wording.ts'
import { isoTime } from './iso-time.ts'
import { span } from './line.ts'
import type { ListedIncident } from './model.ts'
import { cutText, textWidth, toPrintable } from './printable.ts'
import type { Table, TableColumn } from './table.ts'
import type { View } from './view.ts'

/** From here on the service has a column. */
const WITH_SERVICE = 110

function name(
  id: string,
  head: string,
  of: (incident: Incident) => string | undefined,
  change: Partial<TableColumn<ListedIncident>> = {},
): TableColumn<ListedIncident> {
  return {
    id,
    head,
    width: 12,
    grow: 1,
    most: 28,
    text: (row) => of(row) ?? NOT_STATED,
    style: (row) => (of(row) === undefined ? 'dim' : 'plain'),
    order: (row) => of(row) ?? null,
    ...change,
  }
}

export const INCIDENTS_TABLE: Table<ListedIncident> = {
  panel: 'incidents',
  title: 'Incidents',
  natural: 'time',
  rows: ({ model }) => model?.incidents ?? null,
  key: (row) => row.id,
  nothing: ({ state }) =>
    state.words.length > 0 ? 'No incident in this range holds these words.' : 'No failed request in this range.',
  columns: [
    {
      id: 'time',
      head: 'Incidents',
      width: 12,
      text: (row, view) =>
        formatStamp(row.corrected_ms, view.zone, view.model?.now_ms ?? 0) + (isCorrected(row) ? CORRECTED : ''),
      order: (row) => row.corrected_ms,
    },
    name('host', 'host', (row) => row.host),
    name('service', 'service', (row) => row.service, { from: WITH_SERVICE }),
    name('client', 'client', (row) => row.client_id),
    {
      id: 'reason',
      head: 'reason',
      width: 24,
      grow: 4,
      text: verdict,
      order: (row) => reasonRank(row.cause, row.subcause),
      draw: reason,
    },
  ],
  exports: [
    { name: 'time', value: (row) => isoTime(row.time_ms) },
    { name: 'corrected_time', value: (row) => isoTime(row.corrected_ms) },
    { name: 'host', value: (row) => row.host ?? null },
    { name: 'service', value: (row) => row.service ?? null },
    { name: 'client_id', value: (row) => row.client_id ?? null },
    { name: 'issuer', value: (row) => row.issuer ?? null },
    { name: 'cause', value: (row) => row.cause },
    { name: 'subcause', value: (row) => row.subcause },
    { name: 'confidence', value: (row) => row.confidence },
    { name: 'why', value: (row) => row.why.join('; ') },
    { name: 'reported_cause', value: (row) => row.reported_cause },
    { name: 'message', value: (row) => row.message },
    { name: 'request_id', value: (row) => row.request_id ?? null },
    { name: 'trace_id', value: (row) => row.trace_id ?? null },
    { name: 'token', value: (row) => row.token ?? null },
    { name: 'observations', value: (row) => row.observations },
  ],
}

/** Behind a time that is not the one the log says. */
const CORRECTED = '~'

function isCorrected({ time_ms, corrected_ms }: ListedIncident): boolean {
  return time_ms !== corrected_ms
}

/** What the column of reasons is ordered by. */
export function reasonRank(cause: Cause, subcause: Subcause): string {
  return `${causeTitle(cause)} ${subcause}`
}

function verdict(incident: Incident): string {
  return verdictTitle(incident.cause, incident.subcause) + (incident.confidence === 'possible' ? '?' : '')
}

/** The verdict, and behind it the first reason where it is not cut at once. */
function reason(incident: Incident, _view: View, width: number) {
  const text = cutText(toPrintable(verdict(incident)), width)
  const used = textWidth(text)
  const why = incident.why[0] === undefined ? '' : cutText(toPrintable(` · ${incident.why[0]}`), width - used)
  const shown = width - used > 20 ? why : ''
  return [
    span(text, incident.cause),
    span(shown, 'dim'),
    { text: ' '.repeat(Math.max(0, width - used - textWidth(shown))) },
  ]
}
