import { describe, expect, test } from 'vitest'
import { incidentLine } from '../../../../dashboards/terminal/incident-line.ts'
import { sourceLine } from '../../../../dashboards/terminal/source-line.ts'
import { summaryLines } from '../../../../dashboards/terminal/summary.ts'
import { fleetModel, INCIDENTS, NAMELESS, quietModel, SOURCES } from '../../../golden/terminal/fleet-model.ts'

describe('the summary', () => {
  test('says what was read, what failed, why and where', () => {
    expect(summaryLines(fleetModel(), 'UTC').slice(0, 40)).toEqual([
      '/var/log/reports-1/app.log: pino, 10,412 lines, 1,204 auth events, up to date',
      '/var/log/nginx/access.log: nginx-access, 88,120 lines, 2,311 auth events, 1.5 MiB behind',
      '/var/log/billing/out.log: no known format, zone UTC, 310 lines, 0 auth events, up to date, 310 records read, none recognised',
      '  | ok 200 17ms /invoices',
      '  | ok 200 21ms /invoices/7',
      '  | cache miss invoices/7',
      '',
      '2026-11-16 09:14 UTC to 2026-11-16 09:29 UTC',
      'issued 1,170 (1.3/s), refreshed 88 (6.0/min), validated 84,120 (95/s)',
      '1,755 failed (2.0 % of requests), +288 % against the period before',
      'Expiry: of 200 expiries of named clients 62.0 % healed, the client having a new token within a minute (half of them within 410 ms); 38.0 % left a user or a job without one.',
      '',
      'What is wrong',
      '  critical  The clock of reports-1 is 312 s ahead of https://id.example since it was restarted at 09:14: 1,204 fresh tokens refused',
      '            → On reports-1: chronyc makestep, then chronyc tracking',
      '  warning   orders-2 still checks with the old keys after the rotation at 09:22',
      '            → Restart orders-2 or shorten its JWKS cache to 10 min',
      '  warning   batch-3 fails with expired tokens three times as often as usual since 09:20',
      '            → Refresh before the token expires',
      '  info      orders-2 falls behind by 7 s a day and crosses its leeway of 5 s in 6 h',
      '            → Start chronyd on orders-2',
      '',
      'Causes         failures   share  change  of which',
      'Unexplained          27   1.5 %     ×14  failure with no stated reason 27',
      'Clock skew        1,265  72.1 %     new  fresh token taken for expired 1,204, token from the future (nbf) 61',
      'Expired             323  18.4 %    +8 %  expired access token 311, expired refresh token 12',
      'Misconfigured       128   7.3 %     0 %  old keys after a key rotation 88, wrong audience 40',
      'Revoked               9   0.5 %   −50 %  revoked token 9',
      'Outage                3   0.2 %     new  signing keys could not be fetched 3',
      'Misuse                0     0 %    gone',
      '',
      'Hosts                                    failures  failing  mostly',
      'reports-1                                   1,265   96.9 %  Clock skew',
      'orders-1                                      311    0.7 %  Expired',
      'orders-2                                       88    0.2 %  Misconfigured',
      'billing-1.internal.eu-central-1.example        52   20.6 %  Misconfigured',
      '(not stated)                                   27    100 %  Unexplained',
      '',
      'Clients                              failures  failing  mostly',
      'batch-3                                 1,402   81.9 %  Clock skew',
    ])
  })
  test('without any event shows what the lines look like instead of zeros', () => {
    const lines = summaryLines(quietModel({ sources: [SOURCES[2]!] }), 'UTC')
    expect(lines).toContain('No auth events recognised.')
    expect(lines).toContain('  | ok 200 17ms /invoices')
  })
  test('lets no control character through', () => {
    const model = quietModel({ sources: [{ ...SOURCES[2]!, name: '/logs/\x1b[2J' }] })
    expect(summaryLines(model, 'UTC').join('')).not.toMatch(/\p{Cc}/u)
  })
})

describe('one line', () => {
  test('for an incident has time, place, client, verdict and reason', () => {
    expect(incidentLine(INCIDENTS[2]!, 'UTC')).toBe(
      '2026-11-16 09:28:29.250 UTC  orders-1 orders  batch-3  Expired access token (likely)  the token had expired 3 h 12 min before, by every clock  [2 records]',
    )
  })
  test('for an incident without names says so', () => {
    expect(incidentLine(NAMELESS, 'UTC')).toContain('  (not stated)  (not stated)  ')
  })
  test('for a source tells the trouble it has', () => {
    expect(sourceLine({ ...SOURCES[0]!, error: 'permission denied' })).toContain('cannot be read: permission denied')
    const cut = { ...SOURCES[0]!.counters, cut_records: 1, cut_bytes: 9 }
    expect(sourceLine({ ...SOURCES[0]!, counters: cut })).toContain('1 record cut at the length limit')
  })
})
