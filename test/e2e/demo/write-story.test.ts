/** The demo's story, written at once: its truth against what its own logs say, and what a reader can rely on in them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DemoFleet } from '../../../src/app/demo/demo-fleet.ts'
import { HISTORY_MS, STORY_MS } from '../../../src/app/demo/story.ts'
import { writeStory } from '../../../src/app/demo/write-story.ts'
import { accessEntries, countsOf, jsonOf, linesOf, refusals, simpleOf } from './read-logs.ts'

const HOSTS = ['auth-1', 'gw-1', 'orders-1', 'orders-2', 'payments-1', 'reports-1']
const NOW = Date.parse('2026-11-16T09:14:00.250Z')
const folders: string[] = []

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'authtop-story-'))
  folders.push(dir)
  return dir
}

afterAll(() => {
  for (const dir of folders) rmSync(dir, { recursive: true })
})

describe.each([7, 2026])('the story with seed %i', (seed) => {
  let fleet: Omit<DemoFleet, 'run'>
  beforeAll(async () => {
    fleet = await writeStory({ dir: folder(), seed, now: () => NOW })
  })

  test('tells of every fault it is meant to tell of', () => {
    expect(Object.keys(fleet.truth()).sort()).toEqual([
      'expiry/access_token',
      'malformed/missing',
      'malformed/signature',
      'misconfiguration/audience_mismatch',
      'misconfiguration/stale_jwks',
      'misuse/insufficient_scope',
      'revocation/token_revoked',
      'skew/fresh_token_expired',
      'skew/issued_in_future',
      'skew/not_yet_valid',
    ])
  })

  test('has as many refusals of each cause in its logs as in its truth', () => {
    expect(countsOf(refusals(fleet.dir))).toEqual(fleet.truth())
  })

  test('has as many successes in its logs as in its truth', () => {
    const grants = jsonOf(fleet.dir, 'auth-1').filter((line) => line.msg === 'grant.success')
    const refreshes = grants.filter((line) => line.grant_type === 'refresh_token').length
    const accepted =
      [...jsonOf(fleet.dir, 'orders-1'), ...jsonOf(fleet.dir, 'orders-2')].filter((l) => l.msg === 'token accepted')
        .length +
      jsonOf(fleet.dir, 'reports-1').filter((line) => line.message === 'token accepted').length +
      simpleOf(fleet.dir, 'payments-1').filter((line) => line.message === 'token accepted').length
    expect({ issuance: grants.length - refreshes, refresh: refreshes, validation: accepted }).toEqual(fleet.successes())
  })

  test('lets every refused request speak in the log of its service and of the gateway', () => {
    const answered = new Map(accessEntries(fleet.dir).map((entry) => [entry.request_id, entry]))
    const refused = refusals(fleet.dir).filter(({ host }) => host !== 'auth-1')
    const open = refused.filter(({ request_id }) => !answered.has(request_id))
    // Only what was under way when the story ended has no answer.
    expect(open.length).toBeLessThan(5)
    const failed = [...answered.values()].filter(({ status }) => status >= 400)
    expect(failed.length).toBe(refused.length - open.length)
    for (const { request_id, cause } of refused)
      expect(answered.get(request_id)?.status ?? 401, cause).toBe(
        cause === 'misuse/insufficient_scope' && answered.has(request_id) ? 403 : 401,
      )
  })

  test('gives each request an id of its own', () => {
    const ids = accessEntries(fleet.dir).map((entry) => entry.request_id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('stamps by the clock of each host', () => {
    const start = NOW - STORY_MS - HISTORY_MS - 1_000
    for (const host of ['auth-1', 'orders-1', 'orders-2'])
      for (const { time } of jsonOf(fleet.dir, host)) {
        expect(time).toBeGreaterThanOrEqual(start)
        expect(time).toBeLessThanOrEqual(NOW)
      }
    const last = Date.parse(String(jsonOf(fleet.dir, 'reports-1').at(-1)?.timestamp))
    expect(last - NOW).toBeGreaterThan(305_000)
    expect(last - NOW).toBeLessThan(314_000)
    const behind = Date.parse(String(simpleOf(fleet.dir, 'payments-1').at(-1)?.meta.timestamp))
    expect(behind - NOW).toBeLessThan(-4_000)
  })

  test('writes each log in the order of its own clock', () => {
    for (const host of ['auth-1', 'orders-1', 'orders-2']) {
      const times = jsonOf(fleet.dir, host).map((line) => Number(line.time))
      expect(times).toEqual([...times].sort((a, b) => a - b))
    }
  })

  test('leaves raw access tokens in the log of orders-1 and nowhere else', () => {
    for (const host of HOSTS)
      expect(
        linesOf(fleet.dir, host).some((line) => line.includes('eyJ')),
        host,
      ).toBe(host === 'orders-1')
  })

  test('leaves raw refresh tokens in the refusals of auth-1', () => {
    const refused = jsonOf(fleet.dir, 'auth-1').filter((line) => line.msg === 'grant.error')
    expect(refused.length).toBeGreaterThan(0)
    for (const line of refused)
      expect((line.params as { refresh_token: string }).refresh_token).toMatch(/^[0-9a-f]{43}$/)
  })
})

test('the same seed tells the same story, signatures apart, and another seed another one', async () => {
  const stories: Omit<DemoFleet, 'run'>[] = []
  // One after the other and from one place, so that the stacks of errors are the same too.
  for (const seed of [5, 5, 6]) stories.push(await writeStory({ dir: folder(), seed, now: () => NOW }))
  const [first, same, other] = stories as [DemoFleet, DemoFleet, DemoFleet]
  expect(same.truth()).toEqual(first.truth())
  for (const host of HOSTS) {
    expect(steady(same.dir, host), host).toEqual(steady(first.dir, host))
    expect(steady(other.dir, host), host).not.toEqual(steady(first.dir, host))
  }
})

/** A host's lines without the signatures, which ECDSA draws anew each time. */
function steady(dir: string, host: string): string[] {
  return linesOf(dir, host).map((line) => line.replace(/(eyJ[\w-]+\.[\w-]+)\.[\w-]+/g, '$1.signature'))
}
