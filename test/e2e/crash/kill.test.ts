/**
 * `kill -9` at random moments of everything that writes: afterwards every record is there once.
 * AUTHTOP_E2E_ALL=1 (set by .ci/run) runs the long version; `npm run faults -- --kills 1000` as many as wanted.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scratch } from '../../cli/authtop.ts'
import { createRandom } from '../../simulation/clock/random.ts'
import { KILL_SCENARIOS } from './kills/index.ts'

const KILLS = process.env.AUTHTOP_E2E_ALL === '1' ? 25 : 6
const home = scratch()

describe('kill -9', () => {
  test.each(Object.entries(KILL_SCENARIOS))(
    'loses and doubles nothing: %s',
    { timeout: 120_000 + KILLS * 15_000 },
    async (name, scenario) => {
      const folder = join(home, name.replaceAll(/\W+/g, '-'))
      mkdirSync(folder)
      const { lost, doubled, expected } = await scenario({ kills: KILLS, next: createRandom(name.length).next, folder })
      expect(expected).toBeGreaterThan(0)
      expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 })
    },
  )
})
