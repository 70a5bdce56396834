/** Services, clients, issuers and hosts, worst first, by failures and by share. */
import type { PartyFigures, PartyTable, Report } from '../../src/core/report.ts'
import { formatCount, formatShare, NO_FIGURE } from '../format-number.ts'
import { causeTitle, NOT_STATED } from '../wording.ts'
import { changeCell } from './change-words.ts'
import type { Cell, Section, Table } from './document.ts'
import { type CommandContext, failuresCommand } from './failures-command.ts'

const TITLES: Readonly<Record<PartyTable['dimension'], [one: string, many: string]>> = {
  service: ['Service', 'Services'],
  client_id: ['Client', 'Clients'],
  issuer: ['Issuer', 'Issuers'],
  host: ['Host', 'Hosts'],
}

export function partySection({ parties, totals }: Report, context: CommandContext): Section | null {
  const tables = parties.flatMap((each): Table[] => {
    const [one, many] = TITLES[each.dimension]
    // A table whose only row is "not stated" says nothing.
    if (each.by_failures.every(({ value }) => value === '')) return []
    const byFailures = partyTable(
      `${many}, most failures first`,
      one,
      each.dimension,
      each.by_failures,
      totals.failures,
      context,
    )
    // Where everybody is in the first table, its column of shares is enough.
    if (each.by_share.length < 2 || each.distinct <= each.by_failures.length) return [byFailures]
    return [
      byFailures,
      partyTable(
        `${many}, highest share first`,
        one,
        each.dimension,
        each.by_share.slice(0, 5),
        totals.failures,
        context,
      ),
    ]
  })
  return tables.length === 0 ? null : { id: 'parties', title: 'Services, clients, issuers, hosts', blocks: tables }
}

function partyTable(
  caption: string,
  title: string,
  dimension: PartyTable['dimension'],
  rows: readonly PartyFigures[],
  failures: number,
  context: CommandContext,
): Table {
  return {
    type: 'table',
    caption,
    columns: [
      { title, align: 'left' },
      { title: 'Failures', align: 'right' },
      { title: 'Of all failures', align: 'right' },
      { title: 'Own share failed', align: 'right' },
      { title: 'Before', align: 'right' },
      { title: 'Change', align: 'right' },
      { title: 'Mainly', align: 'left' },
    ],
    rows: rows.map((row): Cell[] => {
      const command = failuresCommand(context, { [dimension]: [row.value] })
      return [
        { text: row.value === '' ? NOT_STATED : row.value },
        { text: formatCount(row.failures), ...(command !== undefined && { command }) },
        { text: formatShare(row.failures, failures) },
        { text: row.successes === 0 ? NO_FIGURE : formatShare(row.failures, row.failures + row.successes) },
        { text: row.previous_failures === null ? NO_FIGURE : formatCount(row.previous_failures) },
        changeCell(row.failures, row.previous_failures, row.change),
        { text: row.top_cause === null ? '' : causeTitle(row.top_cause) },
      ]
    }),
  }
}
