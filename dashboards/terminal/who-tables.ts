/** Clients, services, issuers and hosts by failures: how many, of how many requests, mostly why, and what changed. */
import { formatChange, formatCountWithin, formatShare } from '../format-number.ts'
import { causeTitle, NOT_STATED } from '../wording.ts'
import { changeOrder } from './change-order.ts'
import type { PartyRow } from './model.ts'
import type { PanelId } from './screens.ts'
import type { Table } from './table.ts'

type PartyPanel = Extract<PanelId, 'clients' | 'services' | 'issuers' | 'hosts'>

/** `9,999,999`; more is said short. */
const COUNT_COLUMNS = 9

function partyTable(panel: PartyPanel, title: string): Table<PartyRow> {
  return {
    panel,
    title,
    natural: 'failures',
    rows: ({ model }) => model?.parties[panel] ?? null,
    key: (row) => row.value,
    nothing: () => 'No requests in this range.',
    columns: [
      {
        id: 'name',
        head: title,
        width: 12,
        grow: 1,
        most: 60,
        text: (row) => (row.value === '' ? NOT_STATED : row.value),
        style: (row) => (row.value === '' ? 'dim' : 'plain'),
        order: (row) => (row.value === '' ? null : row.value),
      },
      {
        id: 'requests',
        head: 'requests',
        width: COUNT_COLUMNS,
        from: 64,
        align: 'right',
        text: (row) => formatCountWithin(row.successes + row.failures, COUNT_COLUMNS),
        order: (row) => row.successes + row.failures,
      },
      {
        id: 'failures',
        head: 'failures',
        width: COUNT_COLUMNS,
        align: 'right',
        text: (row) => formatCountWithin(row.failures, COUNT_COLUMNS),
        style: () => 'strong',
        order: (row) => row.failures,
      },
      {
        id: 'failing',
        head: 'failing',
        width: 8,
        align: 'right',
        text: (row) => formatShare(row.failures, row.successes + row.failures),
        order: (row) => (row.successes + row.failures === 0 ? null : row.failures / (row.successes + row.failures)),
      },
      {
        id: 'change',
        head: 'change',
        width: 7,
        from: 54,
        align: 'right',
        text: (row) => formatChange(row.failures, row.before),
        order: (row) => changeOrder(row.failures, row.before),
      },
      {
        id: 'mostly',
        head: 'mostly',
        width: 15,
        from: 42,
        text: (row) => (row.top_cause === null ? '' : causeTitle(row.top_cause)),
        style: (row) => row.top_cause ?? 'plain',
        order: (row) => (row.top_cause === null ? null : causeTitle(row.top_cause)),
      },
    ],
    exports: [
      { name: panel.slice(0, -1), value: (row) => row.value },
      { name: 'requests', value: (row) => row.successes + row.failures },
      { name: 'failures', value: (row) => row.failures },
      { name: 'failures_before', value: (row) => row.before },
      { name: 'top_cause', value: (row) => row.top_cause },
    ],
  }
}

export const CLIENTS_TABLE = partyTable('clients', 'Clients')
export const SERVICES_TABLE = partyTable('services', 'Services')
export const ISSUERS_TABLE = partyTable('issuers', 'Issuers')
export const HOSTS_TABLE = partyTable('hosts', 'Hosts')
