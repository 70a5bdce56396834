import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClockKeeper, ROW_WAITS_MS } from '../../../src/app/clock-keeper.ts'
import { restoreClocks } from '../../../src/app/clock-rows.ts'
import type { AuthEvent } from '../../../src/core/auth-event.ts'
import type { ClockChanges, ClockRow } from '../../../src/core/ports/store.ts'

const START_MS = Date.UTC(2026, 10, 16, 9)
const ISSUER = 'https://id.example'

function accepted(host: string, n: number): AuthEvent {
  const time_ms = START_MS + n * 1_000
  return {
    kind: 'validation',
    outcome: 'success',
    cause: null,
    subcause: null,
    confidence: 'certain',
    system: 'jose',
    signature: 'jose/verified',
    specificity: 80,
    symptom: 'token verified',
    format: 'pino',
    host,
    issuer: ISSUER,
    time_ms,
    time_resolution_ms: 1,
    token: `jwt:${host}-${n}`,
    // One in four is used as soon as it is issued.
    evidence: { iat_ms: n % 4 === 0 ? time_ms : time_ms - ((n * 37) % 250) * 1_000, exp_ms: time_ms + 300_000 },
    message: 'token verified',
  }
}

class Rows {
  readonly kept = new Map<string, ClockRow>()
  put(changes: ClockChanges | null): string[] {
    for (const key of changes?.gone ?? []) this.kept.delete(key)
    for (const row of changes?.rows ?? []) this.kept.set(row.key, row)
    return (changes?.rows ?? []).map((r) => r.key)
  }
  async samples(host: string): Promise<number> {
    const book = await restoreClocks([...this.kept.values()])
    return book.links.get(`host ${host}\nissuer ${ISSUER}`)?.samples ?? 0
  }
}

describe('ClockKeeper', () => {
  it('writes what changed, when it has waited or grown, and nothing else', async () => {
    const clocks = await ClockKeeper.restore([])
    const rows = new Rows()
    let now = START_MS
    const commit = () => {
      clocks.turn(now)
      return rows.put(clocks.due(now))
    }
    for (let n = 0; n < 60; n++) clocks.take(accepted('a', n))
    expect(commit()).toContain(`host a\nissuer ${ISSUER}`)
    expect(commit()).toEqual([])
    clocks.take(accepted('a', 60))
    expect(commit()).toEqual([])
    expect(await rows.samples('a')).toBe(60)
    now += ROW_WAITS_MS
    expect(commit()).toContain(`host a\nissuer ${ISSUER}`)
    expect(await rows.samples('a')).toBe(61)
    expect(clocks.waits).toBe(false)
  })

  it('never holds more than the records taken so far, and everything in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 12 }), async (bursts) => {
        let clocks = await ClockKeeper.restore([])
        const rows = new Rows()
        let now = START_MS
        let taken = 0
        for (const [i, burst] of bursts.entries()) {
          for (let n = 0; n < burst; n++) clocks.take(accepted('a', taken++))
          now += 900
          clocks.turn(now)
          rows.put(clocks.due(now))
          const stored = await rows.samples('a')
          expect(stored).toBeLessThanOrEqual(taken)
          // A crash: what is in the rows is what goes on; the records themselves are not read again.
          if (i === bursts.length >> 1) {
            clocks = await ClockKeeper.restore([...rows.kept.values()])
            taken = stored
          }
        }
        for (let left = clocks.rest(); left !== null; left = clocks.rest()) rows.put(left)
        expect(await rows.samples('a')).toBe(taken)
      }),
      { numRuns: 30, seed: 5 },
    )
  })

  it('gives the last readings also where no row waits', async () => {
    const clocks = await ClockKeeper.restore([])
    const hosts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    for (const host of hosts) for (let n = 0; n < 600; n++) clocks.take(accepted(host, n))
    const noted = new Set<string>()
    const note = (changes: ClockChanges | null) => {
      for (const { host } of changes?.readings ?? []) noted.add(host)
    }
    clocks.turn(START_MS)
    note(clocks.due(START_MS + ROW_WAITS_MS))
    expect(clocks.waits).toBe(false)
    expect(noted.size).toBeLessThan(hosts.length)
    await clocks.catchUp(START_MS)
    for (let left = clocks.rest(); left !== null; left = clocks.rest()) note(left)
    expect([...noted].sort()).toEqual(hosts)
  })

  it('spreads the rows of many hosts over many commits', async () => {
    const clocks = await ClockKeeper.restore([])
    const rows = new Rows()
    for (let host = 0; host < 300; host++) clocks.take(accepted(`h${host}`, 1))
    clocks.turn(START_MS)
    let commits = 0
    for (; clocks.waits; commits++) expect(rows.put(clocks.due(START_MS + ROW_WAITS_MS)).length).toBeLessThanOrEqual(65)
    expect(commits).toBeGreaterThan(5)
    expect((await restoreClocks([...rows.kept.values()])).hosts.size).toBe(300)
  })

  it('leaves out rows that are damaged or of another version', async () => {
    const clocks = await ClockKeeper.restore([])
    for (let n = 0; n < 60; n++) clocks.take(accepted('a', n))
    clocks.turn(START_MS)
    const { rows } = clocks.due(START_MS)!
    const book = await restoreClocks(
      rows.map(({ key, state }) => (key.includes('\n') ? { key, state: state.subarray(0, 20) } : { key, state })),
    )
    expect(book.hosts.size).toBe(1)
    expect(book.links.size).toBe(0)
    const other = await restoreClocks(
      rows.map(({ key, state }) => ({ key, state: Buffer.concat([Buffer.of(99), state]) })),
    )
    expect(other.hosts.size).toBe(0)
  })
})
