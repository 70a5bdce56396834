/** Run by `npm run docs`: writes docs/signatures.md. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadPacks, PACKS_FOLDER } from '../signatures/load.ts'
import { signatureDocs } from './signature-docs.ts'

const { packs } = await loadPacks([PACKS_FOLDER])
writeFileSync(join(import.meta.dirname, '../../docs/signatures.md'), signatureDocs(packs))
