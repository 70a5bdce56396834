/**
 * Hours of a simulated fleet, in the order in which its files are read: however the records are cut into batches, and whether the
 * clocks were known while they were joined or only at the end, the same incidents are told, and looking again changes nothing.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newFormatMemory } from '../../../collectors/decode/format-memory.ts'
import { UNKNOWN_CLOCKS } from '../../../src/analyze/attribution/background.ts'
import { FactGatherer } from '../../../src/analyze/history/fact-gatherer.ts'
import { factsOf } from '../../../src/analyze/history/facts-of.ts'
import type { Sighting } from '../../../src/analyze/incident/sighting.ts'
import { Attribution, changeOf } from '../../../src/app/attributing.ts'
import { Classifier } from '../../../src/app/classifier.ts'
import { ClockKeeper } from '../../../src/app/clock-keeper.ts'
import { loadKnowledge } from '../../../src/app/knowledge.ts'
import { Reattribution } from '../../../src/app/reattribute.ts'
import type { AuthEvent } from '../../../src/core/auth-event.ts'
import type { ClockLookup } from '../../../src/core/clock-lookup.ts'
import type { StoreWriter } from '../../../src/core/ports/store.ts'
import { openWriter } from '../../../src/store/index.ts'
import { temporaryFolder } from '../../e2e/emitters/library-run.ts'
import { simulateDay } from '../../e2e/fleet/simulated/simulate.ts'
import { drawOtherPlan } from '../../e2e/fleet/simulated/simulated-plan.ts'

const REQUESTS = 200
const EVER = { from_ms: 0, to_ms: Date.UTC(2100, 0, 1) }

let events: (AuthEvent & { time_ms: number })[]
let clocks: ClockLookup

async function live(): Promise<void> {
  const plan = drawOtherPlan(3, REQUESTS)
  const { logs } = simulateDay(plan, temporaryFolder())
  events = await eventsIn(logs, plan.zone)
  const keeper = await ClockKeeper.restore([])
  for (const event of events) keeper.take({ ...event })
  await keeper.catchUp(Date.now())
  clocks = keeper.lookup
}

async function eventsIn(logs: string, zone: string): Promise<typeof events> {
  const classifier = new Classifier(await loadKnowledge({}), new Uint8Array(32), zone)
  const found: typeof events = []
  for (const host of readdirSync(logs).sort())
    for (const file of readdirSync(join(logs, host)).sort()) {
      const memory = newFormatMemory()
      let offset = 0
      for (const text of readFileSync(join(logs, host, file), 'utf8').split('\n')) {
        const { event } = classifier.classify({ text }, memory)
        const end = offset + Buffer.byteLength(text) + 1
        if (event?.time_ms !== undefined)
          found.push({ ...event, time_ms: event.time_ms, host, position: { stream: `${host}/${file}`, offset, end } })
        offset = end
      }
    }
  return found
}

/** Where each incident's records are and what is said of it; twice, the second time after looking again. */
async function told(cuts: readonly number[], whileJoining: ClockLookup): Promise<{ first: string[]; again: string[] }> {
  const writer = await openWriter(join(temporaryFolder(), 'store.db'))
  try {
    const attribution = new Attribution(writer, () => whileJoining)
    for (let from = 0, i = 0; from < events.length; i++) {
      const batch = events.slice(from, from + cuts[i % cuts.length]!)
      from += batch.length
      await commit(writer, attribution, batch)
    }
    await lookAgain(writer)
    const first = await allOf(writer)
    await lookAgain(writer)
    return { first, again: await allOf(writer) }
  } finally {
    await writer.close()
  }
}

async function commit(writer: StoreWriter, attribution: Attribution, batch: typeof events): Promise<void> {
  const news = new FactGatherer()
  for (const event of batch) for (const fact of factsOf(event, event.time_ms)) news.add(fact)
  const sightings = batch
    .filter(({ outcome }) => outcome === 'failure')
    .map((event) => ({ event, source: event.host!, time_ms: event.time_ms }) as Sighting)
  const incidents = (await attribution.join(sightings, news)).map(changeOf)
  await writer.append({ successes: [], incidents, unrecognised: [], history: news.facts(), streams: [], now_ms: 1 })
}

async function lookAgain(writer: StoreWriter): Promise<void> {
  const again = new Reattribution(
    writer,
    (batch) => writer.append(batch),
    () => clocks,
    () => 1,
  )
  await again.all(EVER, new AbortController().signal)
}

async function allOf(writer: StoreWriter): Promise<string[]> {
  const page = await writer.page({ ...EVER, limit: 10 * REQUESTS })
  return page
    .map(({ incident: { cause, subcause, confidence, why }, spoken }) => {
      const places = spoken.map(({ stream, offset }) => `${stream}:${offset}`).sort()
      return JSON.stringify({ places, cause, subcause, confidence, why })
    })
    .sort()
}

test('any cut into batches, with clocks known early or late, tells the same, and looking again changes nothing', async () => {
  await live()
  const whole = await told([4_000], clocks)
  expect(whole.first.length).toBeGreaterThan(40)
  expect(whole.again).toEqual(whole.first)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      async (cuts, early) => {
        const { first, again } = await told(cuts, early ? clocks : UNKNOWN_CLOCKS)
        expect(first).toEqual(whole.first)
        expect(again).toEqual(first)
      },
    ),
    { numRuns: 3, seed: 41, endOnFailure: true },
  )
})
