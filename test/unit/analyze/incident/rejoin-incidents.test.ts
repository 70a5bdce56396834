/** What is left when everything is read: gateway lines and reasons that share nothing but time. */
import { describe, expect, test } from 'vitest'
import { UNKNOWN_CLOCKS } from '../../../../src/analyze/attribution/background.ts'
import { rejoinIncidents } from '../../../../src/analyze/incident/join-incidents.ts'
import type { Neighbour } from '../../../../src/core/ports/store.ts'

const T = 1_794_820_321_000
let count = 0

function stored(incident: Partial<Neighbour['incident']> & { host: string; at?: number }): Neighbour {
  const { at = 0, ...parts } = incident
  const id = String(++count)
  const { host } = parts
  const told = {
    ...{ id, kind: 'validation', time_ms: T + at, system: 'pyjwt', signature: 'pyjwt/expired', specificity: 75 },
    ...{ symptom: 'Signature has expired', message: 'Signature has expired', reported_cause: 'expiry' },
    ...{ reported_subcause: 'access_token', reported_confidence: 'certain', cause: 'expiry', subcause: 'access_token' },
    ...{ confidence: 'certain', why: [], evidence: {}, observations: 1, ...parts },
  } as Neighbour['incident']
  return {
    incident: told,
    spoken: [
      { stream: host, signature: told.signature, specificity: told.specificity, offset: count, time_ms: T + at, host },
    ],
  }
}

const line = (parts: Partial<Neighbour['incident']> & { at?: number } = {}): Neighbour =>
  stored({
    ...{ host: 'gw-1', system: 'http', signature: 'http-status/unauthorized', specificity: 10, http_status: 401 },
    ...{ reported_cause: 'unknown', reported_subcause: 'unspecified', cause: 'unknown', subcause: 'unspecified' },
    ...{ http_path: '/orders/17', http_method: 'GET', ...parts },
  })

const rejoin = (lonely: Neighbour[], others: Neighbour[]) => rejoinIncidents(lonely, others, UNKNOWN_CLOCKS)

describe('looking again for the partner of a bare status line', () => {
  test('a reason at the same moment on another host is the same request, though nothing else ties the two', () => {
    const reason = stored({ host: 'orders-1', at: 300 })
    const [joined, ...more] = rejoin([line({ request_id: '0b6b8a34-58a5-4d1e-9d0c-3c1a5f1f7a11' })], [reason])
    expect(more).toEqual([])
    expect(joined?.incident).toMatchObject({ reported_cause: 'expiry', host: 'orders-1', http_path: '/orders/17' })
    expect(joined?.spoken).toHaveLength(2)
  })

  test('each reason takes one line of a gateway', () => {
    const joined = rejoin([line(), line()], [stored({ host: 'orders-1', at: 300 })])
    expect(joined).toHaveLength(1)
    expect(joined[0]?.spoken).toHaveLength(2)
  })

  test('the lines of one second go to its reasons in the order in which they were written', () => {
    const lines = ['/orders/1', '/orders/2', '/orders/3'].map((http_path) => line({ http_path }))
    const reasons = [150, 420, 880].map((at) => stored({ host: 'orders-1', at, message: `after ${at} ms` }))
    const pairs = rejoin(lines, reasons).map(({ incident }) => [incident.http_path, incident.message])
    expect(pairs.sort()).toEqual([
      ['/orders/1', 'after 150 ms'],
      ['/orders/2', 'after 420 ms'],
      ['/orders/3', 'after 880 ms'],
    ])
  })

  test("a caller's line that stands beside a gateway's keeps the gateway's order", () => {
    const byCaller = line({ http_path: '/orders/1', client_id: 'partner' })
    byCaller.spoken = [...byCaller.spoken, { ...byCaller.spoken[0]!, stream: 'app', host: 'app-1', time_ms: T + 130 }]
    const reasons = [100, 174].map((at) => stored({ host: 'orders-1', at, message: `after ${at} ms` }))
    const pairs = rejoin([byCaller, line({ http_path: '/orders/2' })], reasons).map(({ incident }) => [
      incident.http_path,
      incident.message,
    ])
    expect(pairs.sort()).toEqual([
      ['/orders/1', 'after 100 ms'],
      ['/orders/2', 'after 174 ms'],
    ])
  })

  test('a client that gets no token is not what a call of an API was refused for', () => {
    const outage = { kind: 'issuance', reported_cause: 'outage', reported_subcause: 'issuer_unavailable' } as const
    expect(rejoin([line()], [stored({ host: 'batch-1', client_id: 'batch', ...outage })])).toEqual([])
  })

  test('a path that names a service goes to that service, whoever comes first', () => {
    const lines = [line({ http_path: '/stock/3' }), line({ http_path: '/orders/17' })]
    const reasons = [
      stored({ host: 'n1', service: 'orders', at: 100, reported_subcause: 'access_token' }),
      stored({ host: 'n2', service: 'stock', at: 200, reported_cause: 'malformed', reported_subcause: 'structure' }),
    ]
    const paths = new Map(rejoin(lines, reasons).map(({ incident }) => [incident.service, incident.http_path]))
    expect(paths).toEqual(
      new Map([
        ['orders', '/orders/17'],
        ['stock', '/stock/3'],
      ]),
    )
  })

  test('a 403 goes to a missing scope before a 401 could', () => {
    const scope = { reported_cause: 'misuse', reported_subcause: 'insufficient_scope' } as const
    const reasons = [stored({ host: 'n1', at: 100 }), stored({ host: 'n1', at: 200, ...scope })]
    const statuses = rejoin([line({ http_status: 401 }), line({ http_status: 403 })], reasons).map(({ incident }) => [
      incident.reported_subcause,
      incident.http_status,
    ])
    expect(statuses).toEqual(
      expect.arrayContaining([
        ['access_token', 401],
        ['insufficient_scope', 403],
      ]),
    )
  })

  test.each([
    ['seconds apart', { at: 4_000 }],
    ['of another client', { client_id: 'web' }],
    ['with another status', { http_status: 403 }],
    ['about another path', { http_path: '/stock/3' }],
  ])('a reason %s stays a request of its own', (_, parts) => {
    expect(rejoin([line({ client_id: 'batch' })], [stored({ host: 'orders-1', ...parts })])).toEqual([])
  })
})
