import { describe, expect, test } from 'vitest'
import { INCIDENTS_TABLE } from '../../../dashboards/terminal/incidents-table.ts'
import { compareRanks } from '../../../dashboards/terminal/table.ts'
import { type HostOffsets, NO_OFFSETS } from '../../../src/app/host-offsets.ts'
import { orderedIncidents } from '../../../src/app/ordered-incidents.ts'
import { type Filter, NO_FILTER } from '../../../src/core/filter.ts'
import type { Incident } from '../../../src/core/incident.ts'
import type { IncidentChange } from '../../../src/core/ports/store.ts'
import { openReader, openWriter } from '../../../src/store/index.ts'
import { scratch } from '../../cli/authtop.ts'
import { batch, EVERYTHING, incident, START_MS } from '../../contract/store/made-up.ts'

const file = `${scratch()}/ordered.db`

const MADE: IncidentChange[] = Array.from({ length: 300 }, (_unused, i) => {
  const [cause, subcause] = (
    [
      ['expiry', 'access_token'],
      ['skew', 'not_yet_valid'],
      ['expiry', 'session'],
    ] as const
  )[i % 3]!
  const { host: _host, ...rest } = incident({ time_ms: START_MS + i * 61_000, cause, subcause })
  const named = i % 7 === 0 ? {} : { host: `host-${(i * 31) % 11}` }
  return {
    incident: { ...rest, ...named, client_id: `c${i % 4}`, message: i % 50 === 0 ? 'a rare word' : 'said' },
    added: [],
  }
})

const writer = await openWriter(file)
await writer.append(batch({ incidents: MADE }))
await writer.close()

/** One clock an hour ahead, one that was ten minutes behind until it was set. */
const SET_MS = START_MS + 150 * 61_000
const OFFSETS: HostOffsets = {
  off: new Map([
    ['host-3', { low_ms: 3_600_000, high_ms: 3_600_000 }],
    ['host-5', { low_ms: -600_000, high_ms: 0 }],
  ]),
  at: (host, time_ms) => (host === 'host-3' ? 3_600_000 : host === 'host-5' && time_ms < SET_MS ? -600_000 : 0),
}

describe('incidents in the order of a column', () => {
  for (const column of ['time', 'host', 'client', 'reason']) {
    for (const reversed of [false, true]) {
      test(`by ${column}${reversed ? ', turned round' : ''} a short list is the head of the whole one`, async () => {
        const reader = await openReader(file)
        const ask = (limit: number, words: string[] = []) =>
          orderedIncidents(
            reader,
            { range: EVERYTHING, filter: NO_FILTER, words, order: { column, reversed }, limit },
            NO_OFFSETS,
          )
        const stored = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 1000 })
        const newest = stored.map((each) => ({ ...each, corrected_ms: each.time_ms }))
        const { order } = INCIDENTS_TABLE.columns.find(({ id }) => id === column)!
        const expected = newest.toSorted((a, b) => compareRanks(order!(a), order!(b), reversed)).map(({ id }) => id)
        expect(expected).toHaveLength(300)
        expect((await ask(1000)).map(({ id }) => id)).toEqual(expected)
        expect((await ask(37)).map(({ id }) => id)).toEqual(expected.slice(0, 37))
        expect(await ask(1000, ['rare'])).toHaveLength(6)
        await reader.close()
      })
    }
  }

  test('a filter is kept beside the order', async () => {
    const reader = await openReader(file)
    const filter = { include: { cause: ['skew'] }, exclude: { host: ['host-0'] } }
    const found = await orderedIncidents(
      reader,
      { range: EVERYTHING, filter, words: [], order: { column: 'host', reversed: false }, limit: 1000 },
      NO_OFFSETS,
    )
    const all = await reader.incidents({ range: EVERYTHING, filter, limit: 1000 })
    expect(found).toHaveLength(all.length)
    expect(new Set(found.map(({ cause }) => cause))).toEqual(new Set(['skew']))
    await reader.close()
  })

  for (const reversed of [false, true]) {
    test(`${reversed ? 'oldest' : 'newest'} first goes by the corrected time, however short the list`, async () => {
      const reader = await openReader(file)
      const ask = (limit: number, filter: Filter = NO_FILTER) =>
        orderedIncidents(
          reader,
          { range: EVERYTHING, filter, words: [], order: { column: 'time', reversed }, limit },
          OFFSETS,
        )
      const right = (each: Incident) => each.time_ms - OFFSETS.at(each.host, each.time_ms)
      const way = reversed ? 1 : -1
      const stored = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 1000 })
      const expected = stored.map(right).sort((a, b) => way * (a - b))
      for (const limit of [1, 7, 60, 1000]) {
        const found = await ask(limit)
        expect(found.map(({ corrected_ms }) => corrected_ms)).toEqual(expected.slice(0, limit))
        expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
        expect(found.every((each) => each.corrected_ms === right(each))).toBe(true)
      }
      const only = await ask(1000, { include: { host: ['host-3', 'host-4'] }, exclude: { host: ['host-4'] } })
      expect(new Set(only.map(({ host }) => host))).toEqual(new Set(['host-3']))
      expect(await ask(1000, { include: {}, exclude: { host: ['host-3'] } })).toHaveLength(
        stored.filter(({ host }) => host !== 'host-3').length,
      )
      await reader.close()
    })
  }
})
