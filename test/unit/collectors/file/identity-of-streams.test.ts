import fs from 'node:fs'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { kinds, LogFolder, numbered } from './log-folder.ts'

const BANNER = `${'='.repeat(78)}\n`.repeat(20)

describe('a stream is known by its content', () => {
  test('reading the same files again reads nothing', async () => {
    const logs = new LogFolder()
    logs.write('a.log', numbered(500, 'a'))
    logs.write('b.log', numbered(500, 'b'))
    logs.write('c.log.gz', gzipSync(numbered(500, 'c')))
    const first = await logs.once('*')
    expect(first.lines).toHaveLength(1500)
    const again = await logs.once('*', first.states)
    expect(again.lines).toEqual([])
    expect(kinds(again)).toEqual(['already_read', 'already_read', 'already_read'])
  })

  test('only what was appended since is read in a later run', async () => {
    const logs = new LogFolder()
    logs.write('a.log', numbered(500))
    const first = await logs.once('a.log')
    logs.append('a.log', 'appended\n')
    const later = await logs.once('a.log', first.states)
    expect(later.lines).toEqual(['appended'])
    expect(later.batches[0]?.stream).toBe(first.batches[0]?.stream)
    expect(kinds(later)).toEqual(['resumed'])
  })

  for (const [ending, encode] of [
    ['gz', gzipSync],
    ['zst', zstdCompressSync],
  ] as const) {
    test(`importing the .${ending} of a file that was followed changes nothing`, async () => {
      const logs = new LogFolder()
      logs.write('app.log', numbered(20_000))
      const first = await logs.once('app.log')
      logs.write(`archive/app-old.log.${ending}`, encode(logs.read('app.log')))
      fs.unlinkSync(logs.at('app.log'))
      const later = await logs.once('archive/*', first.states)
      expect(later.lines).toEqual([])
      expect(kinds(later)).toEqual(['already_read'])
    })

    test(`importing the .${ending} of a file that went on for a while continues where following stopped`, async () => {
      const logs = new LogFolder()
      logs.write('app.log', numbered(20_000))
      const first = await logs.once('app.log')
      logs.append('app.log', 'rest 1\nrest 2\n')
      logs.write(`app.log.${ending}`, encode(logs.read('app.log')))
      fs.unlinkSync(logs.at('app.log'))
      const later = await logs.once(`app.log.${ending}`, first.states)
      expect(later.lines).toEqual(['rest 1', 'rest 2'])
      expect(later.batches[0]?.stream).toBe(first.batches[0]?.stream)
    })
  }

  test('an archive made while its original is followed changes nothing', async () => {
    const logs = new LogFolder()
    logs.write('app.log', numbered(5_000))
    const reader = await logs.follow('app.log*', [], { partial_line_ms: 100 })
    await reader.until(() => reader.lines.length === 5_000)
    logs.write('app.log.1.gz', gzipSync(logs.read('app.log')))
    await reader.until(() => kinds(reader).includes('already_read'))
    logs.append('app.log', 'goes on\n')
    await reader.until(() => reader.lines.length > 5_000)
    expect(reader.lines.slice(5_000)).toEqual(['goes on'])
  })

  test('an identical copy under another name is not read, and that is said', async () => {
    const logs = new LogFolder()
    logs.write('a.log', numbered(5_000))
    logs.write('a-copy.log', numbered(5_000))
    const reader = await logs.once('*.log')
    expect(reader.lines).toHaveLength(5_000)
    expect(reader.notices.filter(({ kind }) => kind === 'already_read')).toHaveLength(1)
  })

  test('a plain file and its archives in one folder are read once', async () => {
    const logs = new LogFolder()
    logs.write('app.log.1', numbered(5_000))
    logs.write('app.log.1.gz', gzipSync(numbered(5_000)))
    logs.write('other.zst', zstdCompressSync(numbered(5_000)))
    const reader = await logs.once('*')
    expect(reader.lines).toHaveLength(5_000)
  })

  test('two identical archives are read once', async () => {
    const logs = new LogFolder()
    logs.write('a.gz', gzipSync(numbered(50_000)))
    logs.write('b.gz', gzipSync(numbered(50_000), { level: 1 }))
    const reader = await logs.once('*.gz')
    expect(reader.lines).toHaveLength(50_000)
  })

  test('a copy that goes on is read from where the copied part ends', async () => {
    const logs = new LogFolder()
    logs.write('short.log', numbered(5_000))
    logs.write('long.log', `${numbered(5_000)}more\n`)
    const reader = await logs.once('*.log')
    expect(reader.lines.toSorted()).toEqual([...numbered(5_000).trimEnd().split('\n'), 'more'].toSorted())
  })

  test('files that begin with the same banner are different streams', async () => {
    const logs = new LogFolder()
    logs.write('a.log', `${BANNER}${numbered(100, 'a')}`)
    logs.write('b.log', `${BANNER}${numbered(100, 'b')}`)
    logs.write('c.log.gz', gzipSync(`${BANNER}${numbered(100, 'c')}`))
    const first = await logs.once('*')
    expect(first.lines).toHaveLength(3 * 120)
    for (const name of ['a.log', 'b.log']) logs.append(name, `${name} goes on\n`)
    const later = await logs.once('*', first.states)
    expect(later.lines.toSorted()).toEqual(['a.log goes on', 'b.log goes on'])
  })

  test('two logs that have only their first line in common yet are both followed', async () => {
    const logs = new LogFolder()
    logs.write('svc1.log', 'listening on 3000\n')
    logs.write('svc2.log', 'listening on 3000\n')
    const reader = await logs.follow('*.log')
    await reader.until(() => reader.lines.length > 0)
    logs.append('svc2.log', 'second goes on\n')
    await reader.until(() => reader.lines.includes('second goes on'))
    logs.append('svc1.log', 'first goes on\n')
    await reader.until(() => reader.lines.includes('first goes on'))
    expect(reader.lines.toSorted()).toEqual([
      'first goes on',
      'listening on 3000',
      'listening on 3000',
      'second goes on',
    ])
  })

  test('a log that starts with the same line as the one it replaces is new', async () => {
    const logs = new LogFolder()
    logs.write('app.log', 'listening on 3000\n')
    const reader = await logs.follow('app.log')
    await reader.until(() => reader.lines.length === 1)
    logs.rename('app.log', 'app.log.1')
    logs.write('app.log', 'listening on 3000\n')
    await reader.until(() => reader.lines.length === 2)
    expect(new Set(reader.batches.filter(({ bytes }) => bytes.length > 0).map(({ stream }) => stream)).size).toBe(2)
  })

  test('a tiny file is known again when it has grown, also beyond what makes its fingerprint', async () => {
    const logs = new LogFolder()
    logs.write('app.log', 'tiny\n')
    let run = await logs.once('app.log')
    expect(run.states[0]?.identity).toMatchObject({ head_bytes: 5, tail_bytes: 5 })
    for (const size of [10, 200, 2_000]) {
      logs.append('app.log', numbered(size))
      run = await logs.once('app.log', run.states)
      expect(run.lines).toHaveLength(size)
      expect(run.batches[0]?.offset).toBeGreaterThan(0)
    }
    expect(run.states[0]?.identity).toMatchObject({ head_bytes: 1024, tail_bytes: 4096 })
  })

  test('the fingerprint of a followed file grows with it', async () => {
    const logs = new LogFolder()
    logs.write('app.log', 'tiny\n')
    const reader = await logs.follow('app.log')
    await reader.until(() => reader.lines.length === 1)
    logs.append('app.log', numbered(1_000))
    await reader.until(() => reader.states[0]?.identity?.head_bytes === 1024)
    await reader.stop()
    const later = await logs.once('app.log', reader.states)
    expect(later.lines).toEqual([])
  })

  test('a file that was rewritten with other content of the same length is new', async () => {
    const logs = new LogFolder()
    logs.write('app.log', numbered(1_000, 'old'))
    const first = await logs.once('app.log')
    logs.write('app.log', numbered(1_000, 'new'))
    const later = await logs.once('app.log', first.states)
    expect(later.lines).toHaveLength(1_000)
    expect(later.lines[0]).toBe('new 0')
  })

  test('a checkpoint is right for a file that is deleted but still open', async () => {
    const logs = new LogFolder()
    logs.write('app.log', numbered(20_000))
    const reader = await logs.follow('app.log', [], { rotated_grace_ms: 5_000 })
    await reader.until(() => reader.lines.length === 20_000)
    const content = logs.read('app.log')
    fs.unlinkSync(logs.at('app.log'))
    const { stream } = reader.batches[0] ?? { stream: '' }
    const offset = content.indexOf('\n', 50_000) + 1
    const info = await reader.checkpoint(stream, offset)
    logs.write('restored.log', content)
    const counters = { lines: 0, records: 0, recognised: 0, cut_records: 0, cut_bytes: 0 }
    const later = await logs.once('restored.log', [{ ...info, offset, counters }])
    expect(later.text()).toBe(content.subarray(offset).toString())
  })
})
