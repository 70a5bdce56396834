import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FileOptions, openFileSource } from '../../../../collectors/file/file-source.ts'
import type { StreamState } from '../../../../src/core/source-status.ts'
import { SourceReader } from '../../../contract/source/source-reader.ts'
import type { RotationKind } from './log-writer.ts'

const ROTATIONS = 50

const QUICK: FileOptions = {
  watched_poll_ms: 150,
  poll_ms: 40,
  read_pause_ms: 5,
  rotated_grace_ms: 600,
  partial_line_ms: 3_000,
  archive_settle_ms: 30,
  lost_search_ms: 5_000,
}

let directory: string
let writer: ChildProcess | null = null

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'authtop-rotation-'))
})

afterEach(() => {
  writer?.kill()
  rmSync(directory, { recursive: true, force: true })
})

async function startWriter(path: string, kind: RotationKind): Promise<ChildProcess> {
  const child = fork(new URL('./log-writer.ts', import.meta.url), [path, kind], { stdio: 'inherit' })
  await once(child, 'spawn')
  return child
}

async function rotate(child: ChildProcess): Promise<number> {
  child.send('rotate')
  const [answer] = await once(child, 'message')
  return (answer as { from: number }).from
}

async function finish(child: ChildProcess): Promise<number> {
  child.send('stop')
  const [answer] = await once(child, 'message')
  return (answer as { total: number }).total
}

async function read(paths: string[], known: readonly StreamState[], held: boolean, options: FileOptions) {
  const reader = new SourceReader(held)
  const source = await openFileSource(paths, {
    ...QUICK,
    ...options,
    follow: true,
    known,
    notice: reader.notice,
    now: Date.now,
  })
  return reader.start(source)
}

function numberOf(line: string): number {
  return Number(/^line (\d+) x*$/.exec(line)?.[1] ?? Number.NaN)
}

/** What is wrong with the numbers 0 to total - 1, each once. */
function unevenness(lines: readonly string[], total: number): Record<string, string> {
  const seen = new Map<number, number>()
  for (const line of lines) seen.set(numberOf(line), (seen.get(numberOf(line)) ?? 0) + 1)
  const missing: number[] = []
  for (let number = 0; number < total; number++) if (!seen.has(number)) missing.push(number)
  const repeated = [...seen].filter(([, count]) => count > 1).map(([number]) => number)
  const foreign = [...seen.keys()].filter((number) => !(number >= 0 && number < total))
  return { missing: ranges(missing), repeated: ranges(repeated), foreign: ranges(foreign) }
}

function ranges(numbers: readonly number[]): string {
  const found: [number, number][] = []
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = found.at(-1)
    if (last && last[1] === number - 1) last[1] = number
    else found.push([number, number])
  }
  return found.map(([from, to]) => `${from}–${to}`).join(' ')
}

const EVEN = { missing: '', repeated: '', foreign: '' }

/** Rotates whenever the reader has met the present content, and counts every line in the end. */
async function readThroughRotations(kind: RotationKind, pattern: string, options: FileOptions): Promise<SourceReader> {
  const path = join(directory, 'app.log')
  const child = await startWriter(path, kind)
  writer = child
  const reader = await read([join(directory, pattern)], [], false, options)
  let newest = -1
  let looked = 0
  const hasRead = (number: number) => {
    for (; looked < reader.lines.length; looked++) newest = Math.max(newest, numberOf(reader.lines[looked] ?? ''))
    return newest >= number
  }
  let from = 0
  for (let turn = 0; turn < ROTATIONS; turn++) {
    await reader.until(() => hasRead(from), `line ${from}`)
    from = await rotate(child)
  }
  const total = await finish(child)
  const distinct = () => new Set(reader.lines).size
  await reader.until(() => distinct() >= total, `${total} lines`).catch(() => {})
  expect(unevenness(reader.lines, total)).toEqual(EVEN)
  expect(reader.faults).toEqual([])
  await reader.stop()
  return reader
}

const KINDS: RotationKind[] = ['rename', 'compress', 'copytruncate', 'refill', 'delete', 'symlink']

describe('every line of a log under write load is read once through fifty rotations', { timeout: 60_000 }, () => {
  for (const kind of KINDS) {
    test(`by ${kind}, when only the log itself is named`, async () => {
      await readThroughRotations(kind, 'app.log', {})
    })
  }

  for (const kind of ['rename', 'compress', 'copytruncate', 'refill'] as const) {
    test(`by ${kind}, when a pattern matches the rotated files as well`, async () => {
      await readThroughRotations(kind, 'app.log*', {})
    })
  }

  for (const kind of ['rename', 'copytruncate', 'delete'] as const) {
    test(`by ${kind}, where nothing but polling tells of changes`, async () => {
      await readThroughRotations(kind, 'app.log', { watch: false })
    })
  }

  test('by renaming, with far fewer open files than rotated ones', async () => {
    await readThroughRotations('rename', 'app.log*', { open_files: 3 })
  })
})

describe('a reader that is killed and started again between rotations loses and repeats nothing', {
  timeout: 60_000,
}, () => {
  for (const kind of ['rename', 'compress', 'copytruncate', 'refill'] as const) {
    for (const pattern of ['app.log', 'app.log*']) {
      test(`by ${kind}, reading ${pattern}`, async () => {
        const path = join(directory, 'app.log')
        const child = await startWriter(path, kind)
        writer = child
        const lines: string[] = []
        const states = new Map<string, StreamState>()
        const keep = (reader: SourceReader) => {
          lines.push(...reader.committed)
          for (const state of reader.states) states.set(state.stream, state)
        }
        for (let run = 0; run < 12; run++) {
          const reader = await read([join(directory, pattern)], [...states.values()], run % 2 === 0, {})
          await reader.until(() => reader.lines.length > 20, 'some lines')
          if (run % 3 === 0) await rotate(child)
          await reader.stop()
          expect(reader.faults).toEqual([])
          keep(reader)
          // While nobody reads: none, one or two rotations.
          for (let turn = 0; turn < run % 3; turn++) {
            await new Promise((done) => setTimeout(done, 20))
            await rotate(child)
          }
        }
        const total = await finish(child)
        const last = await read([join(directory, pattern)], [...states.values()], false, {})
        const distinct = () => new Set([...lines, ...last.lines]).size
        await last.until(() => distinct() >= total, `${total} lines`).catch(() => {})
        await last.stop()
        keep(last)
        expect(unevenness(lines, total)).toEqual(EVEN)
      })
    }
  }
})
