/** Makes the module src/signatures/window-scan.ts, WebAssembly as a constant, of the text beside it: `npm run wasm`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import openWabt from 'wabt'

const FOLDER = join(import.meta.dirname, '../src/signatures')
const LINE = 110

/** What window-scan.wat says, assembled; Base64. */
export async function assembledWindowScan(): Promise<string> {
  const wabt = await openWabt()
  const text = readFileSync(join(FOLDER, 'window-scan.wat'), 'utf8')
  return Buffer.from(wabt.parseWat('window-scan.wat', text, { simd: true }).toBinary({}).buffer).toString('base64')
}

if (import.meta.main) {
  const lines = (await assembledWindowScan()).match(new RegExp(`.{1,${LINE}}`, 'g'))!
  writeFileSync(
    join(FOLDER, 'window-scan.ts'),
    `/** Made of window-scan.wat by \`npm run wasm\`; WebAssembly in Base64. */
export const WINDOW_SCAN = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('')
`,
  )
}
