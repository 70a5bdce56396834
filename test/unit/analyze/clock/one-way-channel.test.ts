import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDifference,
  BLOCK_LIMIT,
  CELL_SIZE,
  createOneWay,
  latestRun,
} from '../../../../src/analyze/clock/one-way-channel.ts'

const SECOND = { early_ms: 1000, late_ms: 1000 }
const START = 1_790_000_000_000

describe('a one-way channel', () => {
  test('stays within its blocks and cells and counts every difference, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 400_000_000 }), fc.integer({ min: -40, max: 4000 })), {
          minLength: 1,
          maxLength: 400,
        }),
        (pairs) => {
          const channel = createOneWay(SECOND)
          let kept = 0
          for (const [at, d] of pairs) if (addDifference(channel, START + at, d * 1000)) kept++
          expect(channel.total).toBe(kept)
          expect(channel.blocks.length).toBeLessThanOrEqual(BLOCK_LIMIT)
          for (const [i, b] of channel.blocks.entries()) {
            expect(b.start % channel.width_ms).toBe(0)
            if (i > 0) expect(b.start).toBeGreaterThan(channel.blocks[i - 1]!.start)
            expect(b.cells.length).toBeLessThanOrEqual(16 * CELL_SIZE)
            let n = 0
            for (let c = 0; c < b.cells.length; c += CELL_SIZE) {
              n += b.cells[c + 1]!
              if (c > 0) expect(b.cells[c]!).toBeGreaterThan(b.cells[c - CELL_SIZE]!)
              if (b.cut !== null) expect(b.cells[c]!).toBeLessThan(b.cut)
            }
            expect(n).toBeLessThanOrEqual(b.n)
            if (b.cut === null) expect(n).toBe(b.n)
          }
        },
      ),
    )
  })

  test('keeps the lowest differences of each block and says above which one it is blind', () => {
    const channel = createOneWay(SECOND)
    for (let d = 40; d > 0; d--) addDifference(channel, START, d * 1000)
    const [block] = channel.blocks
    expect(block?.cells.filter((_, i) => i % CELL_SIZE === 0)).toEqual(
      Array.from({ length: 16 }, (_, i) => (i + 1) * 1000),
    )
    expect(block?.cut).toBe(17_000)
    expect(block?.n).toBe(40)
  })

  test('keeps only the run of blocks that leads up to now', () => {
    const channel = createOneWay(SECOND)
    for (let i = 0; i < 100; i++) addDifference(channel, START + i * 10_000, 0)
    for (let i = 0; i < 100; i++) addDifference(channel, START + 4 * 86_400_000 + i * 10_000, 0)
    addDifference(channel, START + 900 * 86_400_000, 0)
    const run = latestRun(channel.blocks)
    expect(run.reduce((sum, b) => sum + b.n, 0)).toBe(100)
    expect(run[0]!.start).toBeGreaterThan(START + 3 * 86_400_000)
  })
})
