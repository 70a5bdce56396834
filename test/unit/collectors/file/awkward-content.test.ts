import fs from 'node:fs'
import { pipeline } from 'node:stream/promises'
import v8 from 'node:v8'
import vm from 'node:vm'
import { createZstdCompress, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { kinds, LogFolder, numbered } from './log-folder.ts'

const MIB = 1024 * 1024

v8.setFlagsFromString('--expose-gc')
const collectGarbage: () => void = vm.runInNewContext('gc')

/** The most buffer memory (bytes) in use at a time while `work` runs; only what is held counts, not what waits for the collector. */
async function heldBuffers<T>(work: () => Promise<T>): Promise<{ result: T; peak: number }> {
  collectGarbage()
  const before = process.memoryUsage().arrayBuffers
  let peak = 0
  const timer = setInterval(() => {
    collectGarbage()
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
  }, 1)
  try {
    return { result: await work(), peak }
  } finally {
    clearInterval(timer)
  }
}

describe('awkward content does no harm', () => {
  test('an empty file gives nothing and is no stream yet', async () => {
    const logs = new LogFolder()
    logs.write('empty.log', '')
    const reader = await logs.once('*.log')
    expect(reader.batches).toEqual([])
    expect(kinds(reader)).toEqual([])
  })

  test('carriage returns stay with their lines', async () => {
    const logs = new LogFolder()
    logs.write('dos.log', 'one\r\ntwo\r\n')
    const reader = await logs.once('dos.log')
    expect(reader.text()).toBe('one\r\ntwo\r\n')
  })

  test('a byte order mark is left out, and positions still count it', async () => {
    const logs = new LogFolder()
    logs.write('bom.log', '\ufeffone\ntwo\n')
    const reader = await logs.once('bom.log')
    expect(reader.text()).toBe('one\ntwo\n')
    expect(reader.batches[0]?.offset).toBe(3)
    const again = await logs.once('bom.log', reader.states)
    expect(again.lines).toEqual([])
  })

  test('bytes that are not UTF-8 are handed out and told once per stream', async () => {
    const logs = new LogFolder()
    const latin1 = Buffer.from('caf\u00e9\n'.repeat(400_000), 'latin1')
    logs.write('latin1.log', latin1)
    const reader = await logs.once('latin1.log')
    expect(Buffer.concat(reader.batches.map(({ bytes }) => bytes)).equals(latin1)).toBe(true)
    expect(kinds(reader).filter((kind) => kind === 'not_utf8')).toHaveLength(1)
  })

  test('NULs between and within lines are handed out as they are', async () => {
    const logs = new LogFolder()
    logs.write('nul.log', 'a\0b\n\0\0\nc\n')
    const reader = await logs.once('nul.log')
    expect(reader.text()).toBe('a\0b\n\0\0\nc\n')
  })

  test('room that a writer reserved with NULs is waited for', async () => {
    const logs = new LogFolder()
    logs.write('mapped.log', `one\n${'\0'.repeat(100_000)}`)
    const reader = await logs.follow('mapped.log', [], { partial_line_ms: 50 })
    await reader.until(() => reader.lines.length === 1)
    await new Promise((done) => setTimeout(done, 150))
    const fd = fs.openSync(logs.at('mapped.log'), 'r+')
    fs.writeSync(fd, 'two\n', 4)
    fs.closeSync(fd)
    await reader.until(() => reader.lines.length === 2)
    expect(reader.lines).toEqual(['one', 'two'])
  })

  test('the hole that a truncation under an unaware writer leaves is passed over', async () => {
    const logs = new LogFolder()
    logs.write('app.log', numbered(300_000))
    const reader = await logs.follow('app.log')
    await reader.until(() => reader.lines.length === 300_000)
    const fd = fs.openSync(logs.at('app.log'), 'r+')
    const place = fs.fstatSync(fd).size
    fs.ftruncateSync(fd, 0)
    fs.writeSync(fd, 'after the hole\n', place)
    fs.closeSync(fd)
    await reader.until(() => reader.lines.length > 300_000)
    expect(reader.lines.slice(300_000)).toEqual(['after the hole'])
    expect(reader.batches.at(-1)?.offset).toBe(place)
  })

  test('a line of 100 MB is cut, counted, and read with bounded memory', async () => {
    const logs = new LogFolder()
    const fd = fs.openSync(logs.at('long.log'), 'w')
    const piece = Buffer.alloc(MIB, 'x')
    fs.writeSync(fd, 'before\n')
    for (let n = 0; n < 100; n++) fs.writeSync(fd, piece)
    fs.writeSync(fd, '\nafter\n')
    fs.closeSync(fd)
    const { result: reader, peak } = await heldBuffers(() => logs.once('long.log'))
    expect(reader.lines.map(({ length }) => length)).toEqual([6, MIB - 1, 5])
    expect(reader.batches.map(({ cut_bytes }) => cut_bytes)).toContain(99 * MIB + 1)
    expect(reader.faults).toEqual([])
    expect(kinds(reader)).toContain('cut')
    expect(peak).toBeLessThan(20 * MIB)
  })

  test('an overlong line that never ends is handed out cut when nothing more comes', async () => {
    const logs = new LogFolder()
    logs.write('long.log', 'x'.repeat(3 * MIB))
    const reader = await logs.follow('long.log', [], { partial_line_ms: 100 })
    await reader.until(() => reader.batches.length === 1)
    expect(reader.batches[0]).toMatchObject({ cut_bytes: 2 * MIB, end: 3 * MIB })
    logs.append('long.log', 'its late rest\n')
    await reader.until(() => reader.batches.length === 2)
    expect(reader.lines[1]).toBe('its late rest')
  })

  test('a line of exactly the limit is whole, one byte more is cut', async () => {
    const logs = new LogFolder()
    logs.write('app.log', `${'a'.repeat(MIB - 1)}\n${'b'.repeat(MIB)}\nc\n`)
    const reader = await logs.once('app.log')
    expect(reader.lines.map(({ length }) => length)).toEqual([MIB - 1, MIB - 1, 1])
    expect(reader.batches.map(({ cut_bytes }) => cut_bytes)).toEqual([0, 1, 0])
  })
})

describe('compressed files are history, whatever their name', () => {
  const text = numbered(50_000)

  test('several gzip members and zstd frames are one stream', async () => {
    const logs = new LogFolder()
    logs.write('two.gz', Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]))
    logs.write('two.zst', Buffer.concat([zstdCompressSync('three\n'), zstdCompressSync('four\n')]))
    const reader = await logs.once('two.*')
    expect(reader.lines.toSorted()).toEqual(['four', 'one', 'three', 'two'])
  })

  test('they are told by their first bytes, not by their name', async () => {
    const logs = new LogFolder()
    logs.write('really.gz', 'plain\n')
    logs.write('really.log', gzipSync('compressed\n'))
    const reader = await logs.once('really.*')
    expect(reader.lines.toSorted()).toEqual(['compressed', 'plain'])
  })

  test('a cut archive gives what can be read and says that it is damaged', async () => {
    const logs = new LogFolder()
    const whole = gzipSync(text)
    logs.write('cut.gz', whole.subarray(0, whole.length / 2))
    const reader = await logs.once('cut.gz')
    expect(text.startsWith(reader.text())).toBe(true)
    expect(reader.text().length).toBeGreaterThan(text.length / 4)
    expect(reader.notices.at(-1)?.text).toMatch(/is damaged behind byte \d+/)
    expect(reader.batches.at(-1)?.ended).toBe(true)
  })

  test('rubbish behind an archive does not cost a line of it', async () => {
    const logs = new LogFolder()
    logs.write('a.gz', Buffer.concat([gzipSync(text), Buffer.from('rubbish')]))
    logs.write('b.zst', Buffer.concat([zstdCompressSync(numbered(50_000, 'zst')), Buffer.from('rubbish')]))
    const reader = await logs.once('*')
    expect(reader.lines).toHaveLength(100_000)
    expect(reader.notices.filter(({ text }) => text.includes('damaged'))).toHaveLength(2)
  })

  test('a damaged middle keeps what came before it', async () => {
    const logs = new LogFolder()
    const bytes = zstdCompressSync(Buffer.from(Array.from({ length: 100_000 }, () => `${Math.random()}\n`).join('')))
    const middle = bytes.length >> 1
    bytes.fill(0x55, middle, middle + 1000)
    logs.write('bad.zst', bytes)
    const reader = await logs.once('bad.zst')
    expect(reader.lines.length).toBeGreaterThan(30_000)
    expect(kinds(reader)).toContain('unreadable')
  })

  test('an archive that was cut is continued when it is whole', async () => {
    const logs = new LogFolder()
    const whole = gzipSync(text, { level: 1 })
    logs.write('app.gz', whole.subarray(0, whole.length / 2))
    const reader = await logs.follow('app.gz')
    await reader.until(() => reader.batches.some(({ ended }) => ended))
    logs.write('app.gz', whole)
    await reader.until(() => reader.lines.at(-1) === 'line 49999')
    // The line in which it was cut had been handed out unfinished.
    expect(reader.text()).toBe(text)
  })

  test('an archive is left alone while it is being written', async () => {
    const logs = new LogFolder()
    const whole = gzipSync(text)
    logs.write('app.gz', whole.subarray(0, 10_000))
    const reader = await logs.follow('app.gz', [], { archive_settle_ms: 300 })
    await new Promise((done) => setTimeout(done, 100))
    logs.append('app.gz', whole.subarray(10_000))
    await reader.until(() => reader.lines.length === 50_000)
    expect(kinds(reader)).not.toContain('unreadable')
  })

  test('a decompression bomb is read with bounded memory', async () => {
    const logs = new LogFolder()
    // Made in pieces: 300 MB held by the test would hide what the reader holds.
    await pipeline(
      Array(300).fill(Buffer.alloc(MIB, 'x')),
      createZstdCompress(),
      fs.createWriteStream(logs.at('bomb.zst')),
    )
    const { result: reader, peak } = await heldBuffers(() => logs.once('bomb.zst'))
    expect(reader.batches[0]?.cut_bytes).toBe(299 * MIB)
    expect(peak).toBeLessThan(20 * MIB)
  })

  test('an archive that grows beyond all measure is read no further, and that is said', async () => {
    const logs = new LogFolder()
    const line = `${'x'.repeat(1_023)}\n`
    await pipeline(
      Array(40).fill(Buffer.alloc(MIB, line)),
      createZstdCompress(),
      fs.createWriteStream(logs.at('b.zst')),
    )
    const reader = await logs.once('b.zst', [], { expanded_bytes: 8 * MIB })
    expect(kinds(reader)).toContain('unreadable')
    expect(reader.notices.map(({ text }) => text).join()).toContain('grows to more than 1100 times its size')
    expect(reader.lines.length).toBeGreaterThan(8 * 1_024 - 2)
    expect(reader.lines.length).toBeLessThan(40 * 1_024)
    logs.write('c.gz', gzipSync(Buffer.alloc(40 * MIB, line)))
    expect(kinds(await logs.once('c.gz', [], { expanded_bytes: 8 * MIB }))).not.toContain('unreadable')
  })

  test('other compressions are refused by name', async () => {
    const logs = new LogFolder()
    logs.write('app.log.xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2]))
    const reader = await logs.once('*.xz')
    expect(reader.notices).toEqual([
      { kind: 'unreadable', name: logs.at('app.log.xz'), text: 'is compressed with xz; gzip and zstd can be read' },
    ])
  })
})
