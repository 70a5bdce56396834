/**
 * `npm run faults -- --kills 1000 [--seed 7]`: that many `kill -9`, shared among the scenarios, with the counts printed.
 * Exit code 1 when anything was lost or doubled. Needs `npm run build`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createRandom } from '../../simulation/clock/random.ts'
import { KILL_SCENARIOS } from './kills/index.ts'

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
})
const scenarios = Object.entries(KILL_SCENARIOS)
const each = Math.ceil(Number(values.kills) / scenarios.length)
if (!(each > 0)) throw new RangeError('--kills takes a number above 0')
const width = Math.max(...scenarios.map(([name]) => name.length))
const row = (...cells: (string | number)[]) =>
  console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(width) : String(cell).padStart(9))).join(' '))

row('kill -9 during', 'kills', 'expected', 'lost', 'doubled')
let wrong = 0
for (const [i, [name, scenario]] of scenarios.entries()) {
  const folder = mkdtempSync(join(tmpdir(), 'authtop-faults-'))
  try {
    const { kills, expected, lost, doubled } = await scenario({
      kills: each,
      next: createRandom(Number(values.seed) * 1000 + i).next,
      folder,
    })
    row(name, kills, expected, lost, doubled)
    wrong += lost + doubled
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}
process.exitCode = wrong === 0 ? 0 : 1
