import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { Fact } from '../../../../src/alerts/fact.ts'
import { storedFacts } from '../../../../src/app/alerts/facts.ts'
import { WATCH_STEP_MS } from '../../../../src/core/watch-step.ts'
import { openReader, openWriter } from '../../../../src/store/index.ts'
import { failures } from '../../../contract/store/made-up.ts'

const DAY_MS = 86_400_000
const START_MS = Date.UTC(2026, 9, 5, 7)
const DAYS = 6

const undo: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

it('stored history comes in order, whole, and in portions of a day, however few failures are in it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'authtop-facts-'))
  undo.push(() => rmSync(directory, { recursive: true, force: true }))
  const place = join(directory, 'store.db')
  const writer = await openWriter(place)
  undo.push(() => writer.close())
  const at = [0.2, 0.3, 4.1, 5.9].map((day) => START_MS + day * DAY_MS)
  await writer.append(failures(...at.map((time_ms) => ({ time_ms }))))
  const steps = Array.from({ length: (DAYS * DAY_MS) / WATCH_STEP_MS }, (_, i) => START_MS + i * WATCH_STEP_MS)
  const watched = steps.map((start_ms) => ({ start_ms, sources: [], templates: [], time_services: [] }))
  await writer.saveAlerts({ alerts: [], state: {}, deliveries: [], watched })
  const reader = await openReader(place)
  undo.push(() => reader.close())

  for (const range of [
    { from_ms: START_MS - 35 * DAY_MS, to_ms: Number.MAX_SAFE_INTEGER },
    { from_ms: START_MS, to_ms: START_MS + DAYS * DAY_MS + 1 },
  ]) {
    const portions: Fact[][] = []
    for await (const facts of storedFacts(reader, range, () => true, [])) portions.push(facts)
    const all = portions.flat()
    expect(all.map(({ at_ms }) => at_ms)).toEqual(all.map(({ at_ms }) => at_ms).sort((a, b) => a - b))
    expect(all.filter(({ fact }) => fact === 'watch').map(({ at_ms }) => at_ms - WATCH_STEP_MS)).toEqual(steps)
    expect(all.filter(({ fact }) => fact === 'failure').map(({ at_ms }) => at_ms)).toEqual(at)
    expect(all.filter(({ fact }) => fact === 'activity')).toHaveLength(at.length)
    for (const facts of portions) expect(facts.length).toBeLessThanOrEqual(DAY_MS / WATCH_STEP_MS + 2 * at.length)
  }
})
