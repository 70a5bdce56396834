import { describe, expect, test } from 'vitest'
import { UNKNOWN_CLOCKS } from '../../../../src/analyze/attribution/background.ts'
import { joinIncidents } from '../../../../src/analyze/incident/join-incidents.ts'
import type { Sighting } from '../../../../src/analyze/incident/sighting.ts'
import type { AuthEvent } from '../../../../src/core/auth-event.ts'
import type { Neighbour } from '../../../../src/core/ports/store.ts'

let offset = 0
const T = 1_794_820_321_000

function sighting(parts: Partial<AuthEvent> & { stream?: string; at?: number } = {}): Sighting {
  const { stream = 'app', at = 0, ...event } = parts
  offset += 100
  return {
    event: {
      kind: 'validation',
      outcome: 'failure',
      cause: 'expiry',
      subcause: 'access_token',
      confidence: 'certain',
      system: 'jsonwebtoken',
      signature: 'jsonwebtoken/expired',
      specificity: 75,
      symptom: 'jwt expired',
      format: 'pino',
      evidence: {},
      message: 'jwt expired',
      position: { stream, offset, end: offset + 100 },
      ...event,
    } as Sighting['event'],
    source: stream,
    time_ms: T + at,
  }
}

const bare = (parts: Parameters<typeof sighting>[0] = {}) =>
  sighting({
    stream: 'nginx',
    cause: 'unknown',
    subcause: 'unspecified',
    signature: 'http-status/unauthorized',
    specificity: 10,
    system: 'http',
    http_status: 401,
    time_resolution_ms: 1000,
    ...parts,
  })

const join = (sightings: Sighting[], neighbours: Neighbour[] = [], clocks = UNKNOWN_CLOCKS) =>
  joinIncidents(sightings, neighbours, clocks)
const UUID = '0b6b8a34-58a5-4d1e-9d0c-3c1a5f1f7a11'

describe('joining records of one failed request', () => {
  test('a unique request id joins gateway and service, whatever their clocks say', () => {
    const changes = join([bare({ request_id: UUID, at: 312_000 }), sighting({ request_id: UUID })])
    expect(changes).toHaveLength(1)
    expect(changes[0]?.added).toHaveLength(2)
    expect(changes[0]?.incident).toMatchObject({ cause: 'expiry', reported_cause: 'expiry', time_ms: T })
  })

  test('the order of arrival does not matter', () => {
    const a = join([sighting({ request_id: UUID }), bare({ request_id: UUID })])
    const b = join([bare({ request_id: UUID }), sighting({ request_id: UUID })])
    expect(a[0]?.incident.cause).toBe(b[0]?.incident.cause)
    expect(a[0]?.incident.http_status).toBe(b[0]?.incident.http_status)
  })

  test('a counter-like request id joins only within one host', () => {
    expect(join([sighting({ request_id: 'req-1', host: 'a' }), bare({ request_id: 'req-1', host: 'a' })])).toHaveLength(
      1,
    )
    expect(join([sighting({ request_id: 'req-1', host: 'a' }), bare({ request_id: 'req-1', host: 'b' })])).toHaveLength(
      2,
    )
    expect(
      join([sighting({ request_id: 'req-1', host: 'a' }), sighting({ request_id: 'req-1', host: 'a', at: 60_000 })]),
    ).toHaveLength(2)
  })

  test('an id under which one log refuses again and again for minutes is a session’s', () => {
    const refusals = [0, 2, 4].map((minutes) =>
      sighting({ request_id: UUID, host: 'a', at: minutes * 60_000 + minutes }),
    )
    expect(join(refusals)).toHaveLength(3)
    const retried = [0, 2, 4].map((seconds) => sighting({ request_id: UUID, host: 'a', at: seconds * 1_000 }))
    expect(join(retried)).toHaveLength(1)
  })

  test('the same token refused twice in one log is two requests', () => {
    expect(join([sighting({ token: 'jwt:1' }), sighting({ token: 'jwt:1', at: 300 })])).toHaveLength(2)
  })

  test('different tokens are never one request', () => {
    expect(join([sighting({ token: 'jwt:1', host: 'a' }), bare({ token: 'jwt:2', host: 'a' })])).toHaveLength(2)
  })

  test('a bare status line joins the reason beside it by path and time, one to one', () => {
    const reasons = Array.from({ length: 20 }, (_, i) => sighting({ http_path: '/orders', at: i * 40 }))
    const lines = Array.from({ length: 20 }, (_, i) =>
      bare({ http_path: '/orders', at: Math.floor((i * 40) / 1000) * 1000 }),
    )
    const changes = join([...reasons, ...lines])
    expect(changes).toHaveLength(20)
    expect(changes.every((c) => c.added.length === 2 && c.incident.cause === 'expiry')).toBe(true)
  })

  test('two reasons in one log are two requests, however close', () => {
    const other = { signature: 'jsonwebtoken/max-age', subcause: 'max_age' as const }
    expect(join([sighting(), sighting({ ...other, at: 1 })])).toHaveLength(2)
  })

  test('a generic line of the same process belongs to the reason just before it', () => {
    expect(
      join([sighting(), bare({ stream: 'app', at: 2, signature: 'general/unauthorized', specificity: 18 })]),
    ).toHaveLength(1)
  })

  test('an error log without paths and an access log meet by the client’s address, while they are written', () => {
    const client = { client_address: '10.0.0.7', received_collector_ms: T + 900 }
    expect(join([sighting({ ...client, stream: 'error' }), bare({ ...client, http_path: '/orders' })])).toHaveLength(1)
    const other = { ...client, client_address: '10.0.0.9' }
    expect(join([sighting({ ...client, stream: 'error' }), bare(other)])).toHaveLength(2)
  })

  test('what only shares its host waits where two could be meant, and in the past until all is read', () => {
    const live = { host: 'pages-1', received_collector_ms: T + 900 }
    const error = { ...live, stream: 'error' }
    expect(join([sighting(error), bare({ ...live, http_path: '/a' })])).toHaveLength(1)
    const two = [bare({ ...live, http_path: '/a' }), bare({ ...live, http_path: '/b' })]
    expect(join([sighting(error), ...two])).toHaveLength(3)
    expect(join([sighting({ host: 'pages-1', stream: 'error' }), bare({ host: 'pages-1' })])).toHaveLength(2)
  })

  test('an issuer that does not know a client does not name it: its caller’s word meets it by time', () => {
    const grant = { kind: 'issuance', cause: 'misconfiguration', http_status: 401 } as const
    const issuer = sighting({ ...grant, host: 'auth-1', subcause: 'client_unknown', signature: 'a/unknown-client' })
    const caller = { ...grant, subcause: 'client_credentials', signature: 'b/invalid-client', stream: 'job' } as const
    expect(join([issuer, sighting({ ...caller, host: 'job-1', client_id: 'job', at: 40 })])).toHaveLength(1)
    expect(join([issuer, sighting({ ...caller, host: 'job-1', client_id: 'job', at: 3_600 })])).toHaveLength(2)
  })

  test('a call of an API is no answer to a refused token request of the same process', () => {
    const grant = sighting({
      kind: 'issuance',
      cause: 'misconfiguration',
      subcause: 'client_credentials',
      host: 'job-1',
    })
    const call = { stream: 'app', host: 'job-1', at: 40, http_path: '/orders/7' }
    expect(join([grant, bare(call)])).toHaveLength(2)
    expect(join([grant, bare({ ...call, http_path: '/oauth2/token' })])).toHaveLength(1)
    const down = { kind: 'issuance', cause: 'outage', subcause: 'issuer_unavailable', host: 'job-1' } as const
    expect(join([sighting({ ...down, client_id: 'job' }), bare({ ...call, client_id: 'job' })])).toHaveLength(2)
    expect(join([sighting(down), bare(call)])).toHaveLength(1)
  })

  test('a bare status line for another path stays alone', () => {
    expect(join([sighting({ http_path: '/orders' }), bare({ http_path: '/bills' })])).toHaveLength(2)
  })

  test('a record that is known already changes nothing', () => {
    const one = sighting({ request_id: UUID })
    const [change] = join([one])
    const { incident, added } = change!
    const stored: Neighbour = { incident: { ...incident, id: '7', observations: 1 }, spoken: added }
    expect(join([one], [stored])).toEqual([])
  })

  test('a late record revises the stored incident instead of making a new one', () => {
    const [first] = join([bare({ request_id: UUID })])
    const stored: Neighbour = { incident: { ...first!.incident, id: '7', observations: 1 }, spoken: first!.added }
    const changes = join([sighting({ request_id: UUID })], [stored])
    expect(changes).toHaveLength(1)
    expect(changes[0]).toMatchObject({ id: '7', incident: { cause: 'expiry', http_status: 401 } })
  })
})
