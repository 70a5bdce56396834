import { describe, expect, test } from 'vitest'
import { findingRows } from '../../../../dashboards/terminal/finding-rows.ts'
import type { Alert } from '../../../../src/core/alert.ts'
import { NO_FILTER } from '../../../../src/core/filter.ts'
import type { Finding } from '../../../../src/core/finding.ts'

const NOW_MS = Date.UTC(2026, 10, 16, 9, 28)
const ISSUER = 'https://id.example'

function finding(change: Partial<Finding>): Finding {
  return {
    kind: 'clock_off',
    severity: 'critical',
    cause: 'skew',
    subcause: 'fresh_token_expired',
    from_ms: NOW_MS - 600_000,
    to_ms: NOW_MS,
    incidents: 226,
    title: 'reports-1 is 312 s ahead',
    why: ['its clock jumped'],
    fix: ['chronyc makestep'],
    links: [],
    ...change,
  }
}

function alert(change: Partial<Alert>): Alert {
  return {
    id: 'a1',
    rule: 'skew_spike',
    severity: 'critical',
    labels: { host: 'reports-1', service: 'reports' },
    state: 'firing',
    started_ms: NOW_MS - 500_000,
    fired_ms: NOW_MS - 500_000,
    resolved_ms: null,
    peak: 40,
    summary: 'reports-1 is ahead by 150 s or more',
    why: [],
    fix: [],
    command: 'authtop failures --host reports-1',
    acknowledged_ms: null,
    ...change,
  }
}

function rows(findings: Finding[], alerts: Alert[]) {
  return findingRows({ findings, alerts, advice: [], silences: [], filter: NO_FILTER, now_ms: NOW_MS })
}

describe('what is wrong', () => {
  const off = finding({ host: 'reports-1', issuer: ISSUER })

  test('is told once where a rule fires for what analysis sees: the words of the finding, the state of the alert', () => {
    const [row, ...others] = rows([off], [alert({})])
    expect(others).toEqual([])
    expect(row).toMatchObject({ title: off.title, state: 'firing', alert: 'a1', incidents: 226 })
    expect(row!.why).toContain('the rule skew_spike fired: reports-1 is ahead by 150 s or more')
    expect(rows([off], [alert({ acknowledged_ms: NOW_MS })])[0]).toMatchObject({ state: 'acknowledged', alert: 'a1' })
  })
  test('keeps its place on the screen when the alert comes and goes', () => {
    expect(rows([off], [alert({})])[0]!.key).toBe(rows([off], [])[0]!.key)
  })
  test('of two rules that fire for it answers for the one nobody has taken note of', () => {
    const noted = alert({ acknowledged_ms: NOW_MS })
    const offset = alert({
      id: 'a2',
      rule: 'clock_offset',
      severity: 'warning',
      labels: { host: 'reports-1', state: 'off' },
    })
    const [row, ...others] = rows([off], [noted, offset])
    expect(others).toEqual([])
    expect(row).toMatchObject({ state: 'firing', severity: 'critical', alert: 'a2' })
  })
  test('is told once, too, where no record names the issuer that does not answer', () => {
    const gone = finding({ kind: 'outage', cause: 'outage', subcause: 'issuer_unavailable', host: 'batch-1' })
    const outage = alert({ rule: 'issuer_outage', labels: { issuer: 'the issuer' } })
    expect(rows([gone], [outage])).toMatchObject([{ title: gone.title, state: 'firing', alert: 'a1' }])
    expect(rows([{ ...gone, issuer: ISSUER }], [outage])).toHaveLength(2)
    expect(rows([off], [outage])).toHaveLength(2)
  })
  test('stays two rows where hosts differ, where the issuer is accused, and after the alert is over', () => {
    expect(rows([off], [alert({ labels: { host: 'orders-1' } })])).toHaveLength(2)
    expect(rows([off], [alert({ labels: { issuer: ISSUER } })])).toHaveLength(2)
    expect(rows([off], [alert({ state: 'resolved', resolved_ms: NOW_MS })])).toHaveLength(2)
    const spike = alert({ rule: 'cause_spike', labels: { cause: 'skew', service: 'reports' } })
    expect(rows([off], [spike])).toHaveLength(2)
  })
  test('joins a spike of a cause with the largest finding about that cause and service', () => {
    const spike = alert({ rule: 'cause_spike', labels: { cause: 'misconfiguration', service: 'orders' } })
    const setup = { kind: 'audience_changed', cause: 'misconfiguration', service: 'orders' } as const
    const large = finding({
      ...setup,
      subcause: 'audience_mismatch',
      incidents: 90,
      title: 'orders refuses the audience',
    })
    const small = finding({ ...setup, subcause: 'issuer_mismatch', incidents: 3, title: 'orders refuses the issuer' })
    expect(rows([small, large], [spike]).map(({ title, state }) => [title, state])).toEqual([
      ['orders refuses the audience', 'firing'],
      ['orders refuses the issuer', 'finding'],
    ])
  })
})
