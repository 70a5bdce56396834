/** `npm run overload -- --seconds 600`: prints what became of ten times too much. Needs `npm run build`, and Linux. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { overload } from './overload.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, 'catch-up': { type: 'string', default: '300' } },
})
const folder = mkdtempSync(join(tmpdir(), 'authtop-overload-'))
try {
  console.log(JSON.stringify(await overload(folder, Number(values.seconds), Number(values['catch-up'])), null, 2))
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}
