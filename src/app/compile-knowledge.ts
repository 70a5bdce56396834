/**
 * Run by the build: copies the data of packs and formats beside the compiled code and writes what start-up reads instead
 * of it (packs.compiled.json, formats.compiled.json). A pack or format with a problem fails the build.
 */
import { cpSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { compileFormats, FORMATS_FOLDER } from '../../collectors/formats/load.ts'
import { compiledSignatures, loadPacks, PACKS_FOLDER } from '../signatures/load.ts'
import { ORDINARY_WORDS } from '../signatures/ordinary-words.ts'

const ROOT = join(import.meta.dirname, '../..')
/** Where what stands at this path of the sources stands when built. */
const built = (path: string): string => join(ROOT, 'dist', relative(ROOT, path))

cpSync(PACKS_FOLDER, built(PACKS_FOLDER), { recursive: true })
cpSync(ORDINARY_WORDS, built(ORDINARY_WORDS))
cpSync(FORMATS_FOLDER, built(FORMATS_FOLDER), {
  recursive: true,
  filter: (path) => !/\.[a-z]+$/.test(path) || path.endsWith('.yaml'),
})

const set = await loadPacks([PACKS_FOLDER])
for (const { file, place, text } of set.problems) console.error(`${file}: ${place}: ${text}`)
if (set.problems.length > 0) process.exit(1)
writeFileSync(join(built(PACKS_FOLDER), '../packs.compiled.json'), JSON.stringify(compiledSignatures(set)))
writeFileSync(join(built(FORMATS_FOLDER), 'formats.compiled.json'), JSON.stringify(compileFormats()))
