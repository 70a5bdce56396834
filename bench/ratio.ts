/**
 * Fails when authtop's whole job has become slower than it was, compared with `rg -i -j1` over the same files in the same turns, so
 * that a slow or busy machine is no reason. How the two compare depends on the processor, so bench/ratio.json has figures for each
 * that was measured: `node bench/ratio.ts --write` adds this one. Needs a build and ripgrep.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { JOB, LITERALS, median, run, YARDSTICK } from './contestant.ts'
import { SHAPES, writeMixedLog } from './mixed-log.ts'

/** So much more than recorded is worse and not chance. */
const WORSE = 1.3
const BYTES = 100e6
const TURNS = 5
/** Name → lines about tokens, per hundred. */
const INPUTS = { mixed: 3, quiet: 0.01 } as const
const RECORDED = join(import.meta.dirname, 'ratio.json')

const { values: asked } = parseArgs({ options: { write: { type: 'boolean', default: false } } })
const scratch = mkdtempSync(join(tmpdir(), 'authtop-ratio-'))
const ratios: Record<string, number> = {}
try {
  writeFileSync(join(scratch, 'literals.txt'), LITERALS.join('\n'))
  for (const [name, auth_percent] of Object.entries(INPUTS)) {
    const file = join(scratch, `${name}.log`)
    writeMixedLog(file, { bytes: BYTES, auth_percent, seed: 1, shapes: SHAPES })
    const job: number[] = []
    const yardstick: number[] = []
    for (let turn = 0; turn < TURNS; turn++) {
      job.push((await run(JOB, file, scratch)).seconds)
      yardstick.push((await run(YARDSTICK, file, scratch)).seconds)
    }
    ratios[name] = Math.round((median(job) / median(yardstick)) * 10) / 10
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
const processor = cpus()[0]?.model.trim() ?? ''
const recorded = JSON.parse(readFileSync(RECORDED, 'utf8')) as Record<string, Record<string, number>>
if (asked.write) {
  recorded[processor] = ratios
  writeFileSync(RECORDED, `${JSON.stringify(recorded, null, 2)}\n`)
}
const before = recorded[processor]
if (before === undefined) console.log(`nothing is recorded for "${processor}", so nothing can be worse`)
for (const [name, ratio] of Object.entries(ratios)) {
  console.log(`${name}: ${ratio} × ${YARDSTICK.name}${before === undefined ? '' : `, recorded ${before[name]}`}`)
  if (before !== undefined && !(ratio <= before[name]! * WORSE)) {
    console.log(`${name} is worse by more than ${Math.round((WORSE - 1) * 100)} %`)
    process.exitCode = 1
  }
}
