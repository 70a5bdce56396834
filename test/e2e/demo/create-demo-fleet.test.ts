/** The demo live: time at its own speed, an end that leaves nothing open, and files that are whole at any moment. */
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { createDemoFleet } from '../../../src/app/demo/create-demo-fleet.ts'
import { STORY_MS } from '../../../src/app/demo/story.ts'
import { countsOf, jsonOf, refusals } from './read-logs.ts'

const folders: string[] = []

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'authtop-demo-'))
  folders.push(dir)
  return dir
}

afterEach(() => {
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true })
})

/** A clock that stands still until it is moved. */
function handClock(start_ms: number): { now: () => number; forward(ms: number): void } {
  let at = start_ms
  return { now: () => at, forward: (ms) => (at += ms) }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5)
}

test('history is there at once and reaches up to now', async () => {
  const clock = handClock(1_794_820_000_400)
  const fleet = await createDemoFleet({ dir: folder(), seed: 3, now: clock.now })
  const ending = new AbortController()
  const run = fleet.run(ending.signal)
  await until(() => newestOf(fleet.dir) > clock.now() - 2_000)
  ending.abort()
  await run
  const times = jsonOf(fleet.dir, 'orders-2').map((line) => Number(line.time))
  expect(Math.min(...times)).toBeLessThan(clock.now() - 250_000)
  expect(Math.max(...times)).toBeLessThanOrEqual(clock.now() + 20)
})

test('a story of twenty times the speed begins in the past and never overtakes the clock', async () => {
  const clock = handClock(1_794_820_000_000)
  const fleet = await createDemoFleet({ dir: folder(), seed: 3, speed: 20, now: clock.now })
  const ending = new AbortController()
  const run = fleet.run(ending.signal)
  const newest = (): number => newestOf(fleet.dir)
  const started = clock.now()
  await until(() => newest() > started - STORY_MS - 10_000)
  expect(newest()).toBeLessThanOrEqual(started - STORY_MS + 20)

  clock.forward(3_000)
  await until(() => newest() > started - STORY_MS + 58_000)
  expect(newest()).toBeLessThanOrEqual(started - STORY_MS + 60_020)

  clock.forward(60_000)
  await until(() => newest() > clock.now() - 2_000)
  expect(newest()).toBeLessThanOrEqual(clock.now() + 20)
  ending.abort()
  await run
  expect(countsOf(refusals(fleet.dir))).toEqual(fleet.truth())
})

test('an abort in the middle of the history ends it with whole lines and closed files', async () => {
  const fleet = await createDemoFleet({ dir: folder(), seed: 3 })
  const ending = new AbortController()
  const run = fleet.run(ending.signal)
  await sleep(20)
  ending.abort()
  await run
  expect(openFiles(fleet.dir)).toEqual([])
  const before = contents(fleet.dir)
  await sleep(150)
  expect(contents(fleet.dir)).toEqual(before)
  for (const text of Object.values(before)) expect(text === '' || text.endsWith('\n')).toBe(true)
  expect(countsOf(refusals(fleet.dir))).toEqual(fleet.truth())
})

test('a signal that is aborted already ends it before it begins', async () => {
  const fleet = await createDemoFleet({ dir: folder(), seed: 3 })
  await fleet.run(AbortSignal.abort())
  expect(openFiles(fleet.dir)).toEqual([])
  expect(fleet.truth()).toEqual({})
})

test('the paths are templates that name the host by its folder', async () => {
  const dir = folder()
  const fleet = await createDemoFleet({ dir, seed: 3 })
  await fleet.run(AbortSignal.abort())
  expect(fleet.paths).toEqual([join(dir, '{host}', '*.log')])
  expect(readdirSync(dir).sort()).toEqual(['auth-1', 'gw-1', 'orders-1', 'orders-2', 'payments-1', 'reports-1'])
  for (const host of readdirSync(dir))
    expect(readdirSync(join(dir, host)).every((name) => name.endsWith('.log'))).toBe(true)
})

/** Stamp of the last line of a host whose clock is right, ms; 0 before the first. */
function newestOf(dir: string): number {
  return Number(jsonOf(dir, 'orders-2').at(-1)?.time ?? 0)
}

function contents(dir: string): Record<string, string> {
  return Object.fromEntries(readdirSync(dir).map((host) => [host, readFileSync(logOf(dir, host), 'utf8')]))
}

function logOf(dir: string, host: string): string {
  return join(dir, host, readdirSync(join(dir, host))[0]!)
}

/** Files below a folder that this process has open. */
function openFiles(dir: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`)
      return target.startsWith(dir) ? [target] : []
    } catch {
      return []
    }
  })
}
