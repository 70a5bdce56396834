import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStdinSource } from '../../../../collectors/stdin/stdin-source.ts'
import { SourceReader } from '../../../contract/source/source-reader.ts'

function read(input: PassThrough | number, partial_line_ms = 10_000): SourceReader {
  const reader = new SourceReader()
  const options = { follow: true, known: [], notice: reader.notice, now: () => 1_700_000_000_000, partial_line_ms }
  return reader.start(openStdinSource(input, options))
}

describe('standard input', () => {
  test('is handed out line by line as it comes, with the time of receipt, and has no identity', async () => {
    const input = new PassThrough()
    const reader = read(input)
    input.write('one\ntw')
    await reader.until(() => reader.lines.length === 1)
    input.write('o\n')
    await reader.until(() => reader.lines.length === 2)
    input.end()
    await reader.end()
    expect(reader.lines).toEqual(['one', 'two'])
    expect(reader.batches[0]).toMatchObject({ received_collector_ms: 1_700_000_000_000 })
    expect(reader.states[0]).toMatchObject({ name: 'stdin', identity: null })
    expect(reader.states[0]?.stream).toMatch(/^stdin:[0-9a-f]{16}$/)
    expect(reader.notices.map(({ kind }) => kind)).toEqual(['opened', 'ended'])
  })

  test('an unfinished line is handed out when nothing follows for long, and when the input ends', async () => {
    const input = new PassThrough()
    const reader = read(input, 50)
    input.write('password:')
    await reader.until(() => reader.lines.length === 1)
    input.end(' last')
    await reader.end()
    expect(reader.lines).toEqual(['password:', ' last'])
    expect(reader.faults).toEqual([])
  })

  test('an input that breaks off ends with what came', async () => {
    const input = new PassThrough()
    const reader = read(input)
    input.write('one\nhalf')
    await reader.until(() => reader.lines.length === 1)
    input.destroy(new Error('connection reset'))
    await reader.end()
    expect(reader.lines).toEqual(['one', 'half'])
    expect(reader.notices.at(-1)?.text).toBe('ended early: connection reset')
  })

  test('every line of a fast writer arrives however slow the reader is', async () => {
    const writer = spawn('seq', ['1', '300000'], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void writer.kill())
    const reader = new SourceReader()
    const source = openStdinSource(writer.stdout, { follow: true, known: [], notice: reader.notice, now: Date.now })
    reader.start(source)
    for (let turn = 0; turn < 5; turn++) {
      reader.pause()
      await new Promise((done) => setTimeout(done, 20))
      reader.resume()
    }
    await reader.end()
    expect(reader.lines).toHaveLength(300_000)
    expect(reader.lines.at(-1)).toBe('300000')
    expect(reader.faults).toEqual([])
  })

  test('a descriptor may be a file or a pipe', async () => {
    const directory = fs.mkdtempSync(join(tmpdir(), 'authtop-stdin-'))
    onTestFinished(() => fs.rmSync(directory, { recursive: true }))
    const path = join(directory, 'app.log')
    fs.writeFileSync(path, 'one\ntwo\n')
    const file = read(fs.openSync(path, 'r'))
    await file.end()
    expect(file.lines).toEqual(['one', 'two'])

    const pipe = join(directory, 'pipe')
    const made = spawn('mkfifo', [pipe])
    await once(made, 'exit')
    const reader = read(fs.openSync(pipe, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK))
    await fs.promises.writeFile(pipe, 'three\n')
    await reader.end()
    expect(reader.lines).toEqual(['three'])
  })
})
