/** Totals: each step of the flow with its failures, and who was affected. */
import type { KindFigures, Report } from '../../src/core/report.ts'
import { formatChange, formatCount, formatQuantity, formatShare, NO_FIGURE } from '../format-number.ts'
import { healingSentence } from '../healing-words.ts'
import { kindNoun } from '../wording.ts'
import type { Block, Cell, Section } from './document.ts'
import { type CommandContext, failuresCommand } from './failures-command.ts'

export function totalsSection(report: Report, context: CommandContext): Section | null {
  const { kinds, totals, previous_totals } = report
  if (totals.events === 0 && (previous_totals?.events ?? 0) === 0) return null
  const blocks: Block[] = [
    {
      type: 'table',
      caption: 'Steps of the flow',
      columns: [
        { title: 'Step', align: 'left' },
        { title: 'Succeeded', align: 'right' },
        { title: 'Failed', align: 'right' },
        { title: 'Share failed', align: 'right' },
        { title: 'Failed before', align: 'right' },
        { title: 'Change', align: 'right' },
      ],
      rows: kinds.map((row): Cell[] => [
        { text: kindNoun(row.kind) },
        { text: formatCount(row.successes) },
        failedCell(row, context),
        { text: row.successes === 0 ? NO_FIGURE : formatShare(row.failures, row.successes + row.failures) },
        { text: row.previous_failures === null ? NO_FIGURE : formatCount(row.previous_failures) },
        { text: formatChange(row.failures, row.previous_failures) || NO_FIGURE },
      ]),
    },
  ]
  const { clients, stranded, clients_recovered, clients_stranded, services, hosts, users, users_approximate } = totals
  const affected = [
    formatQuantity(clients, 'client'),
    `${users_approximate ? 'at least ' : ''}${formatQuantity(users, 'user')}`,
    formatQuantity(services, 'service'),
    formatQuantity(hosts, 'host'),
  ]
  if (totals.failures > 0) {
    blocks.push({ type: 'text', text: `Affected: ${affected.join(', ')} (as far as the logs name them).` })
  }
  if (clients_recovered + clients_stranded > 0) {
    const names = clients_stranded > stranded.length ? `${stranded.join(', ')} …` : stranded.join(', ')
    const rest =
      clients_stranded === 0
        ? 'none was left without a success'
        : `${formatQuantity(clients_stranded, 'client')} had none after the last failure and may be stranded: ${names}`
    blocks.push({
      type: 'text',
      text: `${formatQuantity(clients_recovered, 'failing client')} recovered (had a success in or after the hour of the last failure); ${rest}.`,
    })
  }
  if (totals.healing !== null) blocks.push({ type: 'text', text: healingSentence(totals.healing) })
  return { id: 'totals', title: 'Totals', blocks }
}

function failedCell({ kind, failures }: KindFigures, context: CommandContext): Cell {
  const command = failures === 0 ? undefined : failuresCommand(context, { kind: [kind] })
  return { text: formatCount(failures), ...(command !== undefined && { command }) }
}
