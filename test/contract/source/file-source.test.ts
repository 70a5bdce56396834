import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll } from 'vitest'
import { openFileSource } from '../../../collectors/file/file-source.ts'
import { type SourceUnderTest, sourceContract } from './source-contract.ts'

const root = mkdtempSync(join(tmpdir(), 'authtop-contract-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let cases = 0

function files(encode: (text: string) => Uint8Array, ending: string): SourceUnderTest {
  const directory = mkdtempSync(join(root, `${cases++}-`))
  return {
    streams: 'many',
    replays: true,
    async open(texts, options) {
      for (const [index, text] of texts.entries()) writeFileSync(join(directory, `${index}${ending}`), encode(text))
      return openFileSource([join(directory, `*${ending}`)], { ...options, archive_settle_ms: 0 })
    },
  }
}

/** Bytes that this process has read from anywhere; on Linux only. */
function bytesRead(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
}

function plainFiles(): SourceUnderTest {
  const under = files((text) => Buffer.from(text), '.log')
  if (!existsSync('/proc/self/io')) return under
  let before = 0
  return {
    ...under,
    open(texts, options, endless) {
      before = bytesRead()
      return under.open(texts, options, endless)
    },
    taken: () => bytesRead() - before,
  }
}

sourceContract('a source of plain files', plainFiles)
sourceContract('a source of gzip files', () => files((text) => gzipSync(text), '.log.gz'))
sourceContract('a source of zstd files', () => files((text) => zstdCompressSync(text), '.log.zst'))
