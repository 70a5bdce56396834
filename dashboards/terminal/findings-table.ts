/** What is wrong and since when: findings, alerts and advice, what needs a person first. One in full is finding-text.ts. */
import type { Severity } from '../../src/core/finding.ts'
import { formatCountWithin } from '../format-number.ts'
import { formatStamp } from '../format-time.ts'
import { NOT_STATED } from '../wording.ts'
import { isoTime } from './iso-time.ts'
import type { FindingRow, FindingState } from './model.ts'
import type { Table } from './table.ts'
import type { Style } from './theme.ts'
import type { View } from './view.ts'

const SEVERITY_STYLES: Record<Severity, Style> = { critical: 'bad', warning: 'warn', info: 'plain' }

/** What still goes on has its severity's colour; the rest is quiet. */
export function findingStyle({ state, severity }: FindingRow): Style {
  return state === 'firing' || state === 'finding' || state === 'pending' ? SEVERITY_STYLES[severity] : 'dim'
}

const STATE_WORDS: Record<FindingState, string> = {
  firing: 'firing',
  finding: 'now',
  acknowledged: 'taken note',
  pending: 'pending',
  silenced: 'silenced',
  advice: 'advice',
  resolved: 'resolved',
}

export function stateWord({ state, severity }: FindingRow): string {
  return state === 'finding' ? severity : STATE_WORDS[state]
}

/** `!` critical, `▲` an alert that fires; the rest by the first letter of its state. */
function markOf(row: FindingRow): string {
  if (row.state === 'firing') return '▲'
  return row.state === 'finding' && row.severity === 'critical' ? '!' : stateWord(row).slice(0, 1)
}

/** An alert that fires keeps its severity in sight, as a finding does. */
function stateCell(row: FindingRow): string {
  return row.state === 'firing' ? `▲ ${row.severity}` : stateWord(row)
}

export const FINDINGS_TABLE: Table<FindingRow> = {
  panel: 'findings',
  title: 'What is wrong',
  natural: 'state',
  rows: ({ model, state }) =>
    // The overview has room for what goes on now, not for what was.
    (state.screen === 'overview' ? model?.standing : model?.findings) ?? null,
  key: (row) => row.key,
  below: ({ fix: [first] }) => (first === undefined ? null : `→ ${first}`),
  nothing: nothingWrong,
  columns: [
    {
      // On a narrow screen the sentence needs the room.
      id: 'mark',
      head: '',
      width: 1,
      below: 90,
      text: markOf,
      style: findingStyle,
    },
    {
      id: 'state',
      from: 90,
      head: 'State',
      width: 10,
      text: stateCell,
      style: findingStyle,
      order: (row) => STATE_WORDS[row.state],
    },
    {
      id: 'title',
      head: 'What is wrong',
      width: 40,
      grow: 1,
      wraps: true,
      text: (row) => row.title,
      style: findingStyle,
      order: (row) => row.title,
    },
    {
      id: 'failures',
      head: 'failures',
      width: 8,
      from: 90,
      align: 'right',
      text: (row) => (row.incidents === null ? '' : formatCountWithin(row.incidents, 8)),
      style: () => 'strong',
      order: (row) => row.incidents,
    },
    {
      id: 'where',
      head: 'where',
      width: 18,
      from: 130,
      grow: 0.3,
      most: 40,
      text: (row) => row.host ?? row.client_id ?? row.service ?? row.issuer ?? NOT_STATED,
      order: (row) => row.host ?? row.client_id ?? row.service ?? row.issuer ?? null,
    },
    {
      id: 'since',
      head: 'since',
      width: 11,
      from: 90,
      text: (row, view) => since(row, view),
      order: (row) => row.from_ms,
    },
  ],
  exports: [
    { name: 'state', value: (row) => row.state },
    { name: 'severity', value: (row) => row.severity },
    { name: 'kind', value: (row) => row.kind },
    { name: 'title', value: (row) => row.title },
    { name: 'host', value: (row) => row.host ?? null },
    { name: 'service', value: (row) => row.service ?? null },
    { name: 'client_id', value: (row) => row.client_id ?? null },
    { name: 'issuer', value: (row) => row.issuer ?? null },
    { name: 'from', value: (row) => (row.from_ms === null ? null : isoTime(row.from_ms)) },
    { name: 'to', value: (row) => (row.to_ms === null ? null : isoTime(row.to_ms)) },
    { name: 'failures', value: (row) => row.incidents },
    { name: 'why', value: (row) => row.why.join('; ') },
    { name: 'fix', value: (row) => row.fix.join('; ') },
  ],
}

function since({ from_ms }: FindingRow, { model, zone }: View): string {
  return from_ms === null ? '' : formatStamp(from_ms, zone, model?.now_ms ?? from_ms)
}

function nothingWrong({ state, model }: View): string {
  if (model?.totals.failures === 0) return 'Nothing: no failures in this range.'
  return state.filter_text === ''
    ? 'Nothing stands out: these failures follow no pattern that authtop knows.'
    : 'Nothing stands out in what the filter leaves.'
}
