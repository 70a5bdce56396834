/** How far the figures can be trusted: sources, silent hours, what was not understood, limits that were reached. */
import type { Quality, Report } from '../../src/core/report.ts'
import { formatCount, formatQuantity, formatShare, NO_FIGURE } from '../format-number.ts'
import { formatDuration, formatMinute } from '../format-time.ts'
import type { Block, Section } from './document.ts'

/** Gaps told in words; count. */
const GAPS_TOLD = 5

const LIMITS: Readonly<Record<string, string>> = {
  other_host: 'host names over the limit of distinct ones per hour, counted as (other)',
  other_service: 'services over the limit of distinct ones per hour, counted as (other)',
  other_client_id: 'client ids over the limit of distinct ones per hour, counted as (other)',
  other_issuer: 'issuers over the limit of distinct ones per hour, counted as (other)',
  other_system: 'emitters over the limit of distinct ones per hour, counted as (other)',
  other_series: 'combinations over the limit per hour, counted as (other)',
  late_revisions: 'verdicts that would have changed after the incident had been dropped',
  unrecognised_evicted: 'unknown records whose message shape was dropped for newer ones',
  affected_subjects: 'sightings of users over the limit of distinct ones per quarter of an hour',
}

export function qualitySection({ quality, zone, period, totals }: Report): Section {
  const blocks: Block[] = []
  if (quality.sources.length > 0) {
    blocks.push({
      type: 'table',
      caption:
        quality.sources_total > quality.sources.length
          ? `Sources, ${quality.sources.length} of ${formatCount(quality.sources_total)}`
          : 'Sources',
      columns: [
        { title: 'Source', align: 'left' },
        { title: 'Records read', align: 'right' },
        { title: 'Recognised', align: 'right' },
        { title: 'Newest record', align: 'left' },
        { title: 'Trouble', align: 'left' },
      ],
      rows: quality.sources.map((source) => [
        { text: source.name },
        { text: formatCount(source.records) },
        { text: formatCount(source.recognised) },
        { text: source.last_record_ms === null ? NO_FIGURE : formatMinute(source.last_record_ms, zone) },
        { text: source.error ?? '', ...(source.error !== null && { tone: 'bad' as const }) },
      ]),
    })
  }
  blocks.push(
    ...sentences(quality, zone, period.hours, totals.failures).map((text) => ({ type: 'text' as const, text })),
  )
  return { id: 'quality', title: 'Data quality', blocks }
}

function sentences(quality: Quality, zone: string, hours: number, failures: number): string[] {
  const told: string[] = []
  if (quality.silent_hours === 0) told.push('Every hour of the period has records.')
  else {
    const gaps = quality.gaps
      .slice(0, GAPS_TOLD)
      .map(({ from_ms, to_ms }) => `${formatDuration(to_ms - from_ms)} from ${formatMinute(from_ms, zone)}`)
    told.push(
      `${formatCount(quality.silent_hours)} of ${formatQuantity(Math.round(hours), 'hour')} have no record at all and are unknown rather than free of failures: ${gaps.join('; ')}${quality.gaps.length > GAPS_TOLD ? '; and shorter ones' : ''}.`,
    )
  }
  told.push(
    quality.unrecognised === 0
      ? 'No record looked like an authentication failure without being understood.'
      : `${formatQuantity(quality.unrecognised, 'record')} (${formatShare(quality.unrecognised_share ?? 0, 1)}) looked like authentication failures and were not understood; docs/packs.md tells how to teach authtop their messages.`,
  )
  const { certain, likely, possible } = quality.confidence
  if (certain + likely + possible > 0) {
    const whole = certain + likely + possible
    told.push(
      `Causes are certain for ${formatShare(certain, whole)} of the failures, likely for ${formatShare(likely, whole)}, one of several possible for ${formatShare(possible, whole)}.`,
    )
  }
  if (failures > certain + likely + possible)
    told.push(
      `Of ${formatQuantity(failures - certain - likely - possible, 'failure')} only the counts are kept, because they are older than the detail.`,
    )
  if (quality.history_from_ms !== null)
    told.push(`The store begins at ${formatMinute(quality.history_from_ms, zone)}; nothing is known before.`)
  if (quality.detail_from_ms !== null)
    told.push(
      `Single incidents are kept from ${formatMinute(quality.detail_from_ms, zone)} on; before that only hourly figures.`,
    )
  for (const { name, count } of quality.limits)
    told.push(`Limit reached since the store was made: ${formatCount(count)} ${LIMITS[name] ?? name}.`)
  return told
}
