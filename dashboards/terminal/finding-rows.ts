/**
 * Findings, alerts and advice in one list, what needs a person first. Pure; the table is findings-table.ts.
 * Invariant: what both a rule and analysis see is one row, with the finding's words and the alert's state.
 */
import { type Alert, type Silence, UNNAMED_ISSUER } from '../../src/core/alert.ts'
import { isCause, isSubcauseOf } from '../../src/core/cause.ts'
import type { Filter } from '../../src/core/filter.ts'
import { type Advice, type Finding, SEVERITIES } from '../../src/core/finding.ts'
import { findingOfAlert } from './finding-of-alert.ts'
import type { FindingRow, FindingState } from './model.ts'

export interface FindingAnswers {
  findings: readonly Finding[]
  advice: readonly Advice[]
  alerts: readonly Alert[]
  silences: readonly Silence[]
  /** What the screen is narrowed to. */
  filter: Filter
  now_ms: number
}

export function findingRows({ findings, advice, alerts, silences, filter, now_ms }: FindingAnswers): FindingRow[] {
  const alone: FindingRow[] = []
  const fired = new Map<Finding, FindingRow>()
  for (const row of alerts.map((alert) => alertRow(alert, silences, now_ms)).sort(byUrgency)) {
    const finding = row.state === 'resolved' ? undefined : findingOfAlert(row, findings)
    if (finding === undefined) alone.push(row)
    // Of several rules that fire for the same the first is answered for; the next shows when it has been.
    else if (!fired.has(finding)) fired.set(finding, row)
  }
  return [...alone, ...findings.map((finding) => findingRow(finding, fired.get(finding))), ...advice.map(adviceRow)]
    .filter((row) => passes(row, filter))
    .sort(byUrgency)
}

function byUrgency(a: FindingRow, b: FindingRow): number {
  return (
    URGENCY[a.state] - URGENCY[b.state] ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    (b.incidents ?? 0) - (a.incidents ?? 0) ||
    (b.from_ms ?? 0) - (a.from_ms ?? 0)
  )
}

/** A rule that fires and what analysis sees are the same to whoever has to act. */
const URGENCY: Readonly<Record<FindingState, number>> = {
  firing: 0,
  finding: 0,
  acknowledged: 1,
  pending: 2,
  silenced: 3,
  advice: 4,
  resolved: 5,
}

/** A row that does not say where it is stays: it may be about what is looked at. */
function passes(row: FindingRow, { include, exclude }: Filter): boolean {
  return (['host', 'service', 'client_id', 'issuer', 'cause', 'subcause'] as const).every((field) => {
    const value = row[field] ?? undefined
    if (value === undefined) return true
    return (include[field]?.includes(value) ?? true) && !(exclude[field]?.includes(value) ?? false)
  })
}

/** @param alert the row of the rule that fires for it */
function findingRow(finding: Finding, alert: FindingRow | undefined): FindingRow {
  const { kind, host, service, client_id, issuer, subcause } = finding
  const row: FindingRow = {
    ...finding,
    key: ['finding', kind, subcause, host, service, client_id, issuer].map((part) => part ?? '').join(' '),
    state: 'finding',
    alert: null,
  }
  if (alert === undefined) return row
  const severer = SEVERITIES.indexOf(alert.severity) < SEVERITIES.indexOf(row.severity) ? alert.severity : row.severity
  return {
    ...row,
    state: alert.state,
    severity: severer,
    alert: alert.alert,
    why: [...row.why, `the rule ${alert.kind} fired: ${alert.title}`],
  }
}

function adviceRow(advice: Advice): FindingRow {
  const { kind, host, service, client_id, issuer, avoided } = advice
  return {
    ...advice,
    key: ['advice', kind, host, service, client_id, issuer].map((part) => part ?? '').join(' '),
    state: 'advice',
    alert: null,
    severity: 'info',
    cause: null,
    subcause: null,
    from_ms: null,
    to_ms: null,
    incidents: avoided,
    links: [],
  }
}

function alertRow(alert: Alert, silences: readonly Silence[], now_ms: number): FindingRow {
  const { labels } = alert
  const cause = labels.cause !== undefined && isCause(labels.cause) ? labels.cause : null
  const subcause =
    cause !== null && labels.subcause !== undefined && isSubcauseOf(cause, labels.subcause) ? labels.subcause : null
  const place = Object.fromEntries(
    (['host', 'service', 'client_id', 'issuer'] as const).flatMap((name) =>
      labels[name] === undefined || labels[name] === UNNAMED_ISSUER ? [] : [[name, labels[name]]],
    ),
  )
  return {
    ...place,
    key: `alert ${alert.id}`,
    state: alertState(alert, silences, now_ms),
    alert: alert.id,
    severity: alert.severity,
    kind: alert.rule,
    cause,
    subcause,
    from_ms: alert.started_ms,
    to_ms: alert.resolved_ms,
    incidents: null,
    title: alert.summary,
    why: alert.why,
    fix: [...alert.fix, ...(alert.command === '' ? [] : [alert.command])],
    links: [],
  }
}

function alertState(alert: Alert, silences: readonly Silence[], now_ms: number): FindingState {
  if (alert.state === 'resolved') return 'resolved'
  if (silences.some((silence) => isSilenced(alert, silence, now_ms))) return 'silenced'
  if (alert.state === 'pending') return 'pending'
  return alert.acknowledged_ms === null ? 'firing' : 'acknowledged'
}

/** All matchers must be equal; `rule` names the rule (core/alert.ts). */
function isSilenced({ rule, labels }: Alert, { matchers, from_ms, to_ms }: Silence, now_ms: number): boolean {
  if (now_ms < from_ms || now_ms >= to_ms) return false
  return Object.entries(matchers).every(([name, value]) => (name === 'rule' ? rule : labels[name]) === value)
}
