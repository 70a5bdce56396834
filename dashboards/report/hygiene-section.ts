/** Token hygiene: lifetimes, age at use, refresh habits, keys in use, tokens that lack what they should have. */
import type { Report, Spread } from '../../src/core/report.ts'
import { formatCount, formatShare, NO_FIGURE } from '../format-number.ts'
import { formatDuration, formatMinute } from '../format-time.ts'
import { NOT_STATED } from '../wording.ts'
import type { Block, Section } from './document.ts'

export function hygieneSection({ hygiene, zone }: Report): Section | null {
  const blocks: Block[] = []
  if (hygiene.clients.length > 0) {
    blocks.push({
      type: 'table',
      caption: 'Tokens per client',
      columns: [
        { title: 'Client', align: 'left' },
        { title: 'Uses seen', align: 'right' },
        { title: 'Lifetime (median, longest)', align: 'right' },
        { title: 'Age at use (median)', align: 'right' },
        { title: 'Used after expiry', align: 'right' },
        { title: 'Refreshes', align: 'right' },
        { title: 'Refreshed too late', align: 'right' },
      ],
      rows: hygiene.clients.map((row) => [
        { text: row.client_id === '' ? NOT_STATED : row.client_id },
        { text: formatCount(Math.max(row.lifetime_ms.count, row.age_ms.count)) },
        { text: `${span(row.lifetime_ms, 'median')}, ${span(row.lifetime_ms, 'max')}` },
        { text: span(row.age_ms, 'median') },
        { text: row.used_after_expiry === null ? NO_FIGURE : formatShare(row.used_after_expiry, 1) },
        { text: formatCount(row.refreshes) },
        { text: row.late_refresh_share === null ? NO_FIGURE : `up to ${formatShare(row.late_refresh_share, 1)}` },
      ]),
    })
  }
  if (hygiene.keys.length > 0) {
    blocks.push({
      type: 'table',
      caption: 'Signing keys in use',
      columns: [
        { title: 'Issuer', align: 'left' },
        { title: 'Key id', align: 'left' },
        { title: 'Tokens seen', align: 'right' },
        { title: 'Last seen', align: 'left' },
      ],
      rows: hygiene.keys.map(({ issuer, kid, count, last_ms }) => [
        { text: issuer === '' ? NOT_STATED : issuer },
        { text: kid },
        { text: formatCount(count) },
        { text: formatMinute(last_ms, zone) },
      ]),
    })
  }
  if (hygiene.oddities.length > 0) {
    blocks.push({
      type: 'table',
      caption: 'Tokens that lack something or are signed weakly',
      columns: [
        { title: 'What', align: 'left' },
        { title: 'Client', align: 'left' },
        { title: 'Issuer', align: 'left' },
        { title: 'Tokens seen', align: 'right' },
        { title: 'Last seen', align: 'left' },
      ],
      rows: hygiene.oddities.map(({ oddity, client_id, issuer, count, last_ms }) => [
        { text: oddity },
        { text: client_id === '' ? NOT_STATED : client_id },
        { text: issuer === '' ? NOT_STATED : issuer },
        { text: formatCount(count) },
        { text: formatMinute(last_ms, zone) },
      ]),
    })
  }
  return blocks.length === 0 ? null : { id: 'hygiene', title: 'Token hygiene', blocks }
}

function span(spread: Spread, which: 'median' | 'max'): string {
  const ms = spread[which]
  return ms === null ? NO_FIGURE : `≤ ${formatDuration(ms)}`
}
