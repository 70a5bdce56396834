/** Token hygiene: lifetimes, age at use and refresh habits per client, keys in use, what tokens lack or are signed with. */
import type { ClientHabits, KeyUse, Report, Spread, TokenForms } from '../../src/core/report.ts'
import { formatCount, formatQuantity, formatShare, NO_FIGURE } from '../format-number.ts'
import { formatDuration, formatMinute } from '../format-time.ts'
import { NOT_STATED } from '../wording.ts'
import type { Block, Cell, Section, Table } from './document.ts'
import { type CommandContext, failuresCommand } from './failures-command.ts'

/** An access token that lives longer is stolen for longer: RFC 9700 §2.2 asks for short ones; a working day is not. */
const LONG_LIFE_MS = 24 * 3_600_000

export function hygieneSection({ hygiene, zone }: Report, context: CommandContext): Section | null {
  const { clients, one_in, keys, forms } = hygiene
  const blocks: Block[] = []
  if (clients.length > 0) {
    const uses = clients.reduce((sum, row) => sum + row.uses, 0)
    blocks.push(
      {
        type: 'text',
        text: `Lifetimes and ages are those of ${formatQuantity(uses, 'successful use', 'successful uses')} whose record states instants of the token, a sample${one_in > 1 ? ` (one in ${formatCount(one_in)} of those kept)` : ''}. Refreshes and refusals are all there were.`,
      },
      clientTable(clients, context),
    )
    const long = clients.filter(({ lifetime }) => lifetime !== null && lifetime.max_ms > LONG_LIFE_MS)
    if (long.length > 0) {
      blocks.push({
        type: 'text',
        text: `Tokens that live longer than ${formatDuration(LONG_LIFE_MS)}: ${long.map(({ client_id }) => named(client_id)).join(', ')}. Whoever gets hold of one has it for that long (RFC 9700 §2.2).`,
      })
    }
  }
  if (keys.length > 0) blocks.push(keyTable(keys, zone))
  if (forms.length > 0) blocks.push(formTable(forms, zone))
  return blocks.length === 0 ? null : { id: 'hygiene', title: 'Token hygiene', blocks }
}

function clientTable(clients: readonly ClientHabits[], context: CommandContext): Table {
  return {
    type: 'table',
    caption: 'Tokens per client',
    columns: [
      { title: 'Client', align: 'left' },
      { title: 'Issuer', align: 'left' },
      { title: 'Uses sampled', align: 'right' },
      { title: 'Lifetime, median', align: 'right' },
      { title: 'Longest', align: 'right' },
      { title: 'Age at use, median', align: 'right' },
      { title: 'Used after expiry', align: 'right' },
      { title: 'Refreshes', align: 'right' },
      { title: 'Refused as expired', align: 'right' },
      { title: 'Refreshed too late', align: 'right' },
    ],
    rows: clients.map((row): Cell[] => {
      const command = failuresCommand(context, {
        cause: ['expiry'],
        subcause: ['access_token'],
        client_id: [row.client_id],
      })
      const long = row.lifetime !== null && row.lifetime.max_ms > LONG_LIFE_MS
      return [
        { text: named(row.client_id) },
        { text: named(row.issuer) },
        { text: formatCount(row.uses) },
        { text: span(row.lifetime, 'median_ms') },
        { text: span(row.lifetime, 'max_ms'), ...(long && { tone: 'bad' as const }) },
        { text: span(row.age, 'median_ms') },
        { text: row.used_after_expiry === null ? NO_FIGURE : formatShare(row.used_after_expiry, 1) },
        { text: formatCount(row.refreshes) },
        { text: formatCount(row.expired_refusals), ...(command !== undefined && { command }) },
        { text: row.late_refresh_share === null ? NO_FIGURE : `up to ${formatShare(row.late_refresh_share, 1)}` },
      ]
    }),
  }
}

function keyTable(keys: readonly KeyUse[], zone: string): Table {
  return {
    type: 'table',
    caption: 'Signing keys in use, last seen first',
    columns: [
      { title: 'Issuer', align: 'left' },
      { title: 'Key id', align: 'left' },
      { title: 'First seen', align: 'left' },
      { title: 'Last seen', align: 'left' },
      { title: 'Records since', align: 'right' },
    ],
    rows: keys.map(({ issuer, kid, first_ms, last_ms, count }) => [
      { text: named(issuer) },
      { text: kid },
      { text: formatMinute(first_ms, zone) },
      { text: formatMinute(last_ms, zone) },
      { text: formatCount(count) },
    ]),
  }
}

function formTable(forms: readonly TokenForms[], zone: string): Table {
  return {
    type: 'table',
    caption: 'Algorithms and missing claims of the tokens that stood whole in the logs',
    columns: [
      { title: 'What', align: 'left' },
      { title: 'Client', align: 'left' },
      { title: 'Issuer', align: 'left' },
      { title: 'Records', align: 'right' },
      { title: 'Last seen', align: 'left' },
      { title: 'Why it matters', align: 'left' },
    ],
    rows: forms.map(({ form, client_id, issuer, count, last_ms, concern }) => [
      { text: form, ...(concern !== null && { tone: 'bad' as const }) },
      { text: named(client_id) },
      { text: named(issuer) },
      { text: formatCount(count) },
      { text: formatMinute(last_ms, zone) },
      { text: concern ?? '' },
    ]),
  }
}

function span(spread: Spread | null, which: keyof Spread): string {
  if (spread === null) return NO_FIGURE
  // The user's clock is behind the issuer's.
  return `${spread[which] < 0 ? '−' : ''}${formatDuration(spread[which])}`
}

function named(text: string): string {
  return text === '' ? NOT_STATED : text
}
