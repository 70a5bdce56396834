/** `npm run fuzz -- --seconds N [--seed S] [target…]`: N seconds per target; a finding is written down and ends with exit code 1. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CORPUS, fuzz } from './fuzz.ts'
import { TARGETS } from './targets.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
})
const unknown = positionals.filter((name) => !TARGETS.some((target) => target.name === name))
if (unknown.length > 0) {
  console.error(`there is no target ${unknown.join(', ')}; there are ${TARGETS.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}
for (const target of TARGETS) {
  if (positionals.length > 0 && !positionals.includes(target.name)) continue
  const end = performance.now() + 1_000 * Number(values.seconds)
  let inputs = 0
  const found = await fuzz(target, Number(values.seed), (n) => {
    inputs = n
    return performance.now() < end
  })
  console.log(
    `${target.name}: ${inputs} inputs, seed ${values.seed}: ${found === null ? 'nothing found' : found.error.stack}`,
  )
  if (found !== null) {
    const folder = join(CORPUS, target.name)
    mkdirSync(folder, { recursive: true })
    const file = join(folder, `seed-${values.seed}-${inputs}`)
    writeFileSync(file, found.input)
    console.log(`the input is ${file}`)
    process.exitCode = 1
  }
}
