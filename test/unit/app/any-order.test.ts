/** Whatever order the records of a small history arrive in, and however they are cut into batches, the same is told in the end. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FactGatherer } from '../../../src/analyze/history/fact-gatherer.ts'
import { factsOf } from '../../../src/analyze/history/facts-of.ts'
import type { Sighting } from '../../../src/analyze/incident/sighting.ts'
import { Attribution, changeOf } from '../../../src/app/attributing.ts'
import { Reattribution } from '../../../src/app/reattribute.ts'
import type { AuthEvent } from '../../../src/core/auth-event.ts'
import type { ClockLookup } from '../../../src/core/clock-lookup.ts'
import type { StoreWriter } from '../../../src/core/ports/store.ts'
import { openWriter } from '../../../src/store/index.ts'

const T = Date.UTC(2026, 10, 16, 9)
const AHEAD_MS = 312_000

/** reports-1 is 312 s ahead of everybody else. */
const clocks: ClockLookup = {
  offset: (host) => offset(host),
  between: (a, b) => {
    const [one, two] = [offset(a), offset(b)]
    return {
      offset_ms: one.offset_ms - two.offset_ms,
      low_ms: one.low_ms - two.high_ms,
      high_ms: one.high_ms - two.low_ms,
    }
  },
  atFault: (host) => (host === 'reports-1' ? 'host' : null),
}
const offset = (host: string) => {
  const offset_ms = host === 'reports-1' ? AHEAD_MS : 0
  return { offset_ms, low_ms: offset_ms - 200, high_ms: offset_ms + 200 }
}

let place = 0
function record(host: string, time_ms: number, parts: Partial<AuthEvent>): AuthEvent & { time_ms: number } {
  place++
  return {
    ...{ kind: 'validation', outcome: 'failure', cause: 'expiry', subcause: 'access_token', confidence: 'likely' },
    ...{ system: 'jose', signature: 'jose/expired', specificity: 75, symptom: 'expired', format: 'pino' },
    ...{ evidence: {}, message: 'x', host, time_ms, position: { stream: host, offset: place, end: place + 1 } },
    ...parts,
  } as AuthEvent & { time_ms: number }
}
const bare = {
  cause: 'unknown',
  subcause: 'unspecified',
  specificity: 10,
  signature: 'http-status/unauthorized',
} as const
const line = (time_ms: number, parts: Partial<AuthEvent>) =>
  record('edge-1', Math.floor(time_ms / 1000) * 1000, { ...bare, http_status: 401, service: 'access', ...parts })
const life = (born_ms: number) => ({ iat_ms: born_ms, exp_ms: born_ms + 300_000 })
const ID = '7f9c2ba4-e88f-4271-9d2a-0123456789ab'

const RECORDS = [
  // A fresh token refused by a host that is ahead; gateway, service and caller speak of it, two of them with its id.
  record('reports-1', T + AHEAD_MS + 2, {
    request_id: ID,
    service: 'reports',
    evidence: life(T - 12_000),
    issuer: 'i',
  }),
  line(T + 9, { request_id: ID, http_path: '/reports/17' }),
  record('app-1', T + 20, { ...bare, signature: 'http-client/401', client_id: 'web', http_path: '/reports/17' }),
  // A token that ran out, told without any id; its gateway names the service in the path.
  record('orders-1', T + 30_004, { service: 'orders', evidence: life(T - 900_000) }),
  line(T + 30_011, { http_path: '/orders/3' }),
  // The same token again half a second later: a second request.
  record('orders-1', T + 30_604, { service: 'orders', evidence: life(T - 900_000) }),
  line(T + 30_611, { http_path: '/orders/4' }),
  // The issuer refuses a client, which says so, too.
  ...['login-1', 'app-2'].map((host, i) =>
    record(host, T + 60_000 + 12 * i, {
      ...{ kind: 'issuance', client_id: 'batch', cause: 'misconfiguration', subcause: 'client_credentials' },
      ...{ signature: `s${i}`, specificity: 70 - 10 * i, service: host },
    } as Partial<AuthEvent>),
  ),
  // A refresh token used twice; what falls with it is told as a consequence.
  record('login-1', T + 90_000, {
    ...{ kind: 'refresh', client_id: 'web', session: 'g1', signature: 'reused' },
    ...{ cause: 'revocation', subcause: 'refresh_reused' },
  }),
  record('login-1', T + 93_000, {
    ...{ kind: 'refresh', client_id: 'web', session: 'g1', signature: 'unknown-refresh' },
    ...{ cause: 'revocation', subcause: 'token_revoked' },
  }),
  // An opaque token: issued, taken, run out.
  record('login-1', T - 400_000, {
    ...{ kind: 'issuance', outcome: 'success', cause: null, subcause: null, specificity: 80 },
    ...{ token_id: 'jti:1', evidence: { iat_ms: T - 400_000, exp_ms: T - 100_000 } },
  }),
  record('mail-1', T + 120_000, {
    ...{ kind: 'introspection', cause: 'revocation', subcause: 'inactive', signature: 'inactive', token_id: 'jti:1' },
  }),
]

/** Everything of one run: where its incidents' records are, with the verdicts. */
async function told(order: readonly AuthEvent[], cuts: readonly number[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'any-order-'))
  const writer = await openWriter(join(folder, 'store.db'))
  try {
    const attribution = new Attribution(writer, () => clocks)
    for (let from = 0, i = 0; from < order.length; i++) {
      const to = Math.min(order.length, from + (cuts[i % cuts.length] ?? 3))
      await commit(writer, attribution, order.slice(from, to))
      from = to
    }
    const append = (batch: Parameters<StoreWriter['append']>[0]) => writer.append(batch)
    await new Reattribution(
      writer,
      append,
      () => clocks,
      () => T,
    ).all(ALL, new AbortController().signal)
    const page = await writer.page({ ...ALL, limit: 100 })
    return page
      .map(({ incident: { cause, subcause, confidence, why, observations }, spoken }) => {
        const places = spoken.map(({ stream, offset: at }) => `${stream}:${at}`).sort()
        return JSON.stringify({ places, cause, subcause, confidence, why, observations })
      })
      .sort()
  } finally {
    await writer.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

const ALL = { from_ms: 0, to_ms: Date.UTC(2100, 0, 1) }

async function commit(writer: StoreWriter, attribution: Attribution, events: readonly AuthEvent[]): Promise<void> {
  const news = new FactGatherer()
  for (const event of events) for (const fact of factsOf(event, event.time_ms!)) news.add(fact)
  const sightings = events
    .filter(({ outcome }) => outcome === 'failure')
    .map((event) => ({ event, source: event.host!, time_ms: event.time_ms! }) as Sighting)
  const drafts = await attribution.join(sightings, news)
  const incidents = drafts.map(changeOf)
  await writer.append({ successes: [], incidents, unrecognised: [], history: news.facts(), streams: [], now_ms: T })
}

test('in order of time, seven requests failed and each is told once with its cause', async () => {
  const inOrder = await told(
    [...RECORDS].sort((a, b) => a.time_ms - b.time_ms),
    [4],
  )
  expect(
    inOrder
      .map((one) => JSON.parse(one))
      .map(({ subcause, observations }) => [subcause, observations])
      .sort(),
  ).toEqual([
    ...[
      ['access_token', 1],
      ['access_token', 2],
      ['access_token', 2],
    ],
    ...[
      ['client_credentials', 2],
      ['fresh_token_expired', 3],
      ['refresh_reused', 1],
      ['refresh_reused', 1],
    ],
  ])
})

test('any order and any batches tell the same', async () => {
  const inOrder = await told(
    [...RECORDS].sort((a, b) => a.time_ms - b.time_ms),
    [4],
  )
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(RECORDS, { minLength: RECORDS.length }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      async (order, cuts) => {
        expect(await told(order, cuts)).toEqual(inOrder)
      },
    ),
    { numRuns: 12, seed: 41, endOnFailure: true },
  )
})
