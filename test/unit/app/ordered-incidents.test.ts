import { describe, expect, test } from 'vitest'
import { INCIDENTS_TABLE } from '../../../dashboards/terminal/incidents-table.ts'
import { compareRanks } from '../../../dashboards/terminal/table.ts'
import { orderedIncidents } from '../../../src/app/ordered-incidents.ts'
import { NO_FILTER } from '../../../src/core/filter.ts'
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

describe('incidents in the order of a column', () => {
  for (const column of ['time', 'host', 'client', 'reason']) {
    for (const reversed of [false, true]) {
      test(`by ${column}${reversed ? ', turned round' : ''} a short list is the head of the whole one`, async () => {
        const reader = await openReader(file)
        const ask = (limit: number, words: string[] = []) =>
          orderedIncidents(reader, { range: EVERYTHING, filter: NO_FILTER, words, order: { column, reversed }, limit })
        const newest = await reader.incidents({ range: EVERYTHING, filter: NO_FILTER, limit: 1000 })
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
    const found = await orderedIncidents(reader, {
      range: EVERYTHING,
      filter,
      words: [],
      order: { column: 'host', reversed: false },
      limit: 1000,
    })
    const all = await reader.incidents({ range: EVERYTHING, filter, limit: 1000 })
    expect(found).toHaveLength(all.length)
    expect(new Set(found.map(({ cause }) => cause))).toEqual(new Set(['skew']))
    await reader.close()
  })
})
