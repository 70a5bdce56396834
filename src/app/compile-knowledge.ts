/**
 * Run by the build: copies the data of packs and formats beside the compiled code and writes what start-up reads instead
 * of it (packs.compiled.json, formats.compiled.json). A pack or format with a problem fails the build.
 */
import { chmodSync, cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileFormats, FORMATS_FOLDER } from '../../collectors/formats/load.ts'
import { compiledSignatures, loadPacks, PACKS_FOLDER } from '../signatures/load.ts'

const dist = join(import.meta.dirname, '..', '..')
const root = join(dist, '..')

cpSync(join(root, 'src/signatures/packs'), PACKS_FOLDER, { recursive: true })
cpSync(join(root, 'src/signatures/ordinary-words.txt'), join(PACKS_FOLDER, '..', 'ordinary-words.txt'))
cpSync(join(root, 'collectors/formats'), FORMATS_FOLDER, {
  recursive: true,
  filter: (path) => !/\.[a-z]+$/.test(path) || path.endsWith('.yaml'),
})

const set = await loadPacks([PACKS_FOLDER])
for (const { file, place, text } of set.problems) console.error(`${file}: ${place}: ${text}`)
if (set.problems.length > 0) process.exit(1)
writeFileSync(join(PACKS_FOLDER, '..', 'packs.compiled.json'), JSON.stringify(compiledSignatures(set)))
writeFileSync(join(FORMATS_FOLDER, 'formats.compiled.json'), JSON.stringify(compileFormats()))
chmodSync(join(dist, 'src/cli/entry.js'), 0o755)
