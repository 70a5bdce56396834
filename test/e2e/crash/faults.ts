/**
 * `npm run faults -- --kills 1000 [--seed 7] [scenario…]`: that many `kill -9`, shared among the scenarios, with the counts printed.
 * A scenario is named by words of it (`retention`); without any, all run. Exit code 1 when anything was lost or doubled.
 * Needs `npm run build`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createRandom } from '../../simulation/clock/random.ts'
import { KILL_SCENARIOS } from './kills/index.ts'
import type { KillCount } from './kills/kill-run.ts'

/** Kills of one store and its logs; then others begin, or the last collectors would spend their lives on what the first ones left. */
const ROUND = 25

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { kills: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
})
const scenarios = Object.entries(KILL_SCENARIOS)
const wanted =
  positionals.length === 0 ? scenarios : scenarios.filter(([name]) => positionals.some((p) => name.includes(p)))
if (wanted.length === 0) throw new RangeError(`there are ${scenarios.map(([name]) => name).join('; ')}`)
const each = Math.ceil(Number(values.kills) / wanted.length)
if (!(each > 0)) throw new RangeError('--kills takes a number above 0')
const width = Math.max(...scenarios.map(([name]) => name.length))
const row = (...cells: (string | number)[]) =>
  console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(width) : String(cell).padStart(9))).join(' '))

row('kill -9 during', 'kills', 'expected', 'lost', 'doubled')
const total: KillCount = { kills: 0, expected: 0, lost: 0, doubled: 0 }
for (const [name, scenario] of wanted) {
  const next = createRandom(Number(values.seed) * 1000 + scenarios.findIndex(([n]) => n === name)).next
  const sum: KillCount = { kills: 0, expected: 0, lost: 0, doubled: 0 }
  while (sum.kills < each) {
    const folder = mkdtempSync(join(tmpdir(), 'authtop-faults-'))
    try {
      const count = await scenario({ kills: Math.min(ROUND, each - sum.kills), next, folder })
      for (const key of ['kills', 'expected', 'lost', 'doubled'] as const) {
        sum[key] += count[key]
        total[key] += count[key]
      }
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    }
  }
  row(name, sum.kills, sum.expected, sum.lost, sum.doubled)
}
if (wanted.length > 1) row('together', total.kills, total.expected, total.lost, total.doubled)
process.exitCode = total.lost + total.doubled === 0 ? 0 : 1
