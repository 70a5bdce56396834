/**
 * The figures as tables for spreadsheets: one per subject, raw numbers, no words. Formulas are made harmless by csv.ts, and
 * control characters here, because tables are also looked at in a terminal.
 * Names are file names; the order of columns is a promise, new ones come at the end.
 */
import type { Report } from '../../src/core/report.ts'
import { toPrintable } from '../terminal/printable.ts'
import { type CsvCell, csvOf } from './csv.ts'

/** File name and content of each table. */
export function csvTables(report: Report): Map<string, string> {
  const tables = new Map<string, string>()
  const table = (name: string, columns: readonly string[], rows: readonly (readonly CsvCell[])[]) =>
    tables.set(
      `${name}.csv`,
      csvOf(
        columns,
        rows.map((row) => row.map((value) => (typeof value === 'string' ? toPrintable(value) : value))),
      ),
    )
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  const { period, previous, totals, previous_totals, change } = report
  table(
    'totals',
    [
      'period',
      'from',
      'to',
      'events',
      'successes',
      'failures',
      'share',
      'clients',
      'users',
      'services',
      'hosts',
      'rate_ratio',
      'ratio_low',
      'ratio_high',
    ],
    [
      ['now', iso(period.from_ms), iso(period.to_ms), ...totalCells(totals), change.ratio, change.low, change.high],
      ...(previous === null || previous_totals === null
        ? []
        : [['before', iso(previous.from_ms), iso(previous.to_ms), ...totalCells(previous_totals), null, null, null]]),
    ],
  )
  table(
    'kinds',
    ['kind', 'successes', 'failures', 'share', 'previous_successes', 'previous_failures'],
    report.kinds.map((row) => [
      row.kind,
      row.successes,
      row.failures,
      row.share,
      row.previous_successes,
      row.previous_failures,
    ]),
  )
  table(
    'causes',
    ['cause', 'subcause', 'failures', 'share', 'previous', 'change', 'rate_ratio', 'ratio_low', 'ratio_high'],
    report.causes.flatMap(({ subcauses }) =>
      subcauses.map((row) => [
        row.cause,
        row.subcause,
        row.failures,
        row.share,
        row.previous,
        row.change.verdict,
        row.change.ratio,
        row.change.low,
        row.change.high,
      ]),
    ),
  )
  table(
    'timeline',
    ['from', 'to', 'silent', 'events', 'failures', ...report.causes.map(({ cause }) => cause)],
    report.timeline.steps.map((step) => [
      iso(step.start_ms),
      iso(step.end_ms),
      step.silent ? 'yes' : 'no',
      // Unknown is an empty cell, not a zero.
      step.silent ? null : step.events,
      step.silent ? null : step.failures,
      ...report.causes.map(({ cause }) => (step.silent ? null : (step.causes[cause] ?? 0))),
    ]),
  )
  for (const { dimension, by_failures } of report.parties) {
    table(
      { service: 'services', client_id: 'clients', issuer: 'issuers', host: 'hosts' }[dimension],
      [dimension, 'successes', 'failures', 'share', 'top_cause', 'previous_failures', 'change'],
      by_failures.map((row) => [
        row.value,
        row.successes,
        row.failures,
        row.share,
        row.top_cause,
        row.previous_failures,
        row.change.verdict,
      ]),
    )
  }
  table(
    'clocks',
    ['host', 'reference', 'offset_s', 'low_s', 'high_s', 'drift_ppm', 'leeway_s', 'breach', 'at_fault'],
    (report.clocks?.hosts ?? []).map((row) => [
      row.host,
      row.reference,
      row.offset_s,
      row.low_s,
      row.high_s,
      row.drift_ppm,
      row.leeway_s,
      iso(row.breach_ms),
      row.at_fault ? 'yes' : 'no',
    ]),
  )
  table(
    'findings',
    ['from', 'to', 'severity', 'kind', 'cause', 'subcause', 'incidents', 'title'],
    report.findings.map((row) => [
      iso(row.from_ms),
      iso(row.to_ms),
      row.severity,
      row.kind,
      row.cause,
      row.subcause,
      row.incidents,
      row.title,
    ]),
  )
  table(
    'alerts',
    ['started', 'resolved', 'severity', 'rule', 'peak', 'summary'],
    report.alerts.map((row) => [
      iso(row.started_ms),
      iso(row.resolved_ms),
      row.severity,
      row.rule,
      row.peak,
      row.summary,
    ]),
  )
  table(
    'actions',
    ['failures', 'worth', 'title', 'cause', 'subcause', 'host', 'service', 'client_id', 'issuer'],
    report.actions.map((row) => [
      row.failures,
      row.worth,
      row.title,
      row.cause,
      row.subcause,
      row.host ?? null,
      row.service ?? null,
      row.client_id ?? null,
      row.issuer ?? null,
    ]),
  )
  const { clients, keys, forms } = report.hygiene
  table(
    'tokens',
    [
      'client_id',
      'issuer',
      'uses_sampled',
      'lifetime_median_ms',
      'lifetime_max_ms',
      'age_median_ms',
      'age_max_ms',
      'used_after_expiry',
      'refreshes',
      'expired_refusals',
      'late_refresh_share_at_most',
    ],
    clients.map((row) => [
      row.client_id,
      row.issuer,
      row.uses,
      row.lifetime?.median_ms ?? null,
      row.lifetime?.max_ms ?? null,
      row.age?.median_ms ?? null,
      row.age?.max_ms ?? null,
      row.used_after_expiry,
      row.refreshes,
      row.expired_refusals,
      row.late_refresh_share,
    ]),
  )
  table(
    'keys',
    ['issuer', 'kid', 'first_seen', 'last_seen', 'records'],
    keys.map((row) => [row.issuer, row.kid, iso(row.first_ms), iso(row.last_ms), row.count]),
  )
  table(
    'token_forms',
    ['form', 'client_id', 'issuer', 'records', 'last_seen', 'concern'],
    forms.map((row) => [row.form, row.client_id, row.issuer, row.count, iso(row.last_ms), row.concern]),
  )
  table(
    'sources',
    ['name', 'records', 'recognised', 'last_record', 'error'],
    report.quality.sources.map((row) => [row.name, row.records, row.recognised, iso(row.last_record_ms), row.error]),
  )
  return tables
}

function totalCells(totals: Report['totals']): CsvCell[] {
  return [
    totals.events,
    totals.successes,
    totals.failures,
    totals.share,
    totals.clients,
    totals.users,
    totals.services,
    totals.hosts,
  ]
}
