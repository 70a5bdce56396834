/** The demo's log files: appended in whole lines and bounded in size. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LogFile, ROTATE_BYTES } from '../../../src/app/demo/log-file.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'authtop-log-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

test('lines wait for a flush and survive a close', () => {
  const file = new LogFile(join(dir, 'host', 'a.log'))
  file.write('one\n')
  expect(readFileSync(join(dir, 'host', 'a.log'), 'utf8')).toBe('')
  file.flush()
  expect(readFileSync(join(dir, 'host', 'a.log'), 'utf8')).toBe('one\n')
  file.write('two é\n')
  file.close()
  expect(readFileSync(join(dir, 'host', 'a.log'), 'utf8')).toBe('one\ntwo é\n')
})

test('a file that has grown is renamed, and never more than two are kept', () => {
  const file = new LogFile(join(dir, 'a.log'))
  const filler = 'x'.repeat(1_000)
  const lines = Math.ceil((2.5 * ROTATE_BYTES) / 1_010)
  for (let i = 0; i < lines; i++) file.write(`${String(i).padStart(8, '0')} ${filler}\n`)
  file.close()
  expect(readdirSync(dir).sort()).toEqual(['a.log', 'a.log.1'])
  expect(statSync(join(dir, 'a.log.1')).size).toBeGreaterThanOrEqual(ROTATE_BYTES)
  const kept = [`a.log.1`, 'a.log'].flatMap((name) => readFileSync(join(dir, name), 'utf8').trimEnd().split('\n'))
  const numbers = kept.map((line) => Number(line.slice(0, 8)))
  // Nothing is lost between the two generations.
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => lines - numbers.length + i))
})
