import { execFile, execFileSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openFileSource } from '../../../../collectors/file/file-source.ts'
import { kinds, LogFolder, numbered } from './log-folder.ts'

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}

describe('following', () => {
  test('a last line waits for its newline', async () => {
    const logs = new LogFolder()
    logs.write('app.log', 'whole\nhalf')
    const reader = await logs.follow('app.log')
    await reader.until(() => reader.lines.length === 1)
    await pause(100)
    logs.append('app.log', ' and half\n')
    await reader.until(() => reader.lines.length === 2)
    expect(reader.lines).toEqual(['whole', 'half and half'])
  })

  test('a last line that does not grow for long is handed out, and what comes later is its own line', async () => {
    const logs = new LogFolder()
    logs.write('app.log', 'prompt:')
    const reader = await logs.follow('app.log', [], { partial_line_ms: 60 })
    await reader.until(() => reader.lines.length === 1)
    logs.append('app.log', ' answer\n')
    await reader.until(() => reader.lines.length === 2)
    expect(reader.lines).toEqual(['prompt:', ' answer'])
    expect(reader.faults).toEqual([])
  })

  test('history has no time of receipt, live lines have', async () => {
    const logs = new LogFolder()
    logs.write('app.log', 'old\n')
    const reader = await logs.follow('app.log')
    await reader.until(() => reader.lines.length === 1)
    await pause(50)
    logs.append('app.log', 'new\n')
    await reader.until(() => reader.lines.length === 2)
    expect(reader.batches[0]).not.toHaveProperty('received_collector_ms')
    expect(reader.batches[1]?.received_collector_ms).toBeGreaterThan(1_600_000_000_000)
  })

  test.each([10, 100, 2_000])(
    'the last batch of a file of %d KB knows that nothing follows, however its size falls',
    async (kb) => {
      const logs = new LogFolder()
      logs.write('app.log', `${'x'.repeat(1023)}\n`.repeat(kb))
      const reader = await logs.follow('app.log')
      await reader.until(() => reader.lines.length === kb)
      expect(reader.batches.at(-1)?.more).toBe(false)
      expect(reader.batches.slice(0, -1).every(({ more }) => more)).toBe(true)
    },
  )

  test('a named file that does not exist yet is waited for, and that is said once', async () => {
    const logs = new LogFolder()
    const reader = await logs.follow('late/app.log')
    await reader.until(() => kinds(reader).includes('no_match'))
    await pause(250)
    logs.write('late/app.log', 'here\n')
    await reader.until(() => reader.lines.length === 1)
    expect(kinds(reader).filter((kind) => kind === 'no_match')).toHaveLength(1)
  })

  for (const watch of [true, false]) {
    test(`new files and folders that match are picked up ${watch ? 'when they are reported' : 'by polling'}`, async () => {
      const logs = new LogFolder()
      logs.write('web-1/app.log', 'one\n')
      const reader = await logs.follow(['{host}/*.log', 'deep/**/*.txt'], [], { watch })
      await reader.until(() => reader.lines.length === 1)
      logs.write('web-2/app.log', 'two\n')
      logs.write('web-1/other.log', 'three\n')
      logs.write('deep/a/b/c.txt', 'four\n')
      await reader.until(() => reader.lines.length === 4)
      const hosts = [...reader.infos.values()].map(({ host }) => host ?? '-')
      expect(hosts.toSorted()).toEqual(['-', 'web-1', 'web-1', 'web-2'])
    })
  }

  test('labels of the path go with the stream, also to its rotated rest', async () => {
    const logs = new LogFolder()
    logs.write('shop/web-1.log', 'one\n')
    const first = await logs.once('{service}/{host}.log')
    expect(first.states[0]).toMatchObject({ host: 'web-1', service: 'shop' })
    logs.append('shop/web-1.log', 'two\n')
    logs.rename('shop/web-1.log', 'shop/web-1.log.1')
    const later = await logs.once('{service}/{host}.log', first.states)
    expect(later.lines).toEqual(['two'])
    expect(later.states[0]).toMatchObject({ host: 'web-1', service: 'shop', name: logs.at('shop/web-1.log.1') })
  })

  test('what cannot be read is told once, tried again, and told when it can be', async () => {
    const logs = new LogFolder()
    fs.mkdirSync(logs.at('app.log'))
    const reader = await logs.follow('app.log')
    await reader.until(() => kinds(reader).includes('unreadable'))
    await pause(300)
    fs.rmdirSync(logs.at('app.log'))
    logs.write('app.log', 'now\n')
    await reader.until(() => kinds(reader).includes('readable_again'))
    await reader.until(() => reader.lines.length === 1)
    // A look between the two steps finds nothing there, and rightly says so.
    expect(kinds(reader).filter((kind) => kind !== 'no_match')).toEqual(['unreadable', 'opened', 'readable_again'])
    expect(reader.notices[0]?.text).toContain('is a directory')
  })

  test.skipIf(process.getuid?.() === 0)('a file without permission is told in words', async () => {
    const logs = new LogFolder()
    logs.write('secret.log', 'x\n')
    fs.chmodSync(logs.at('secret.log'), 0)
    const reader = await logs.once('secret.log')
    expect(reader.notices[0]).toMatchObject({ kind: 'unreadable', text: 'may not be read (permission denied)' })
  })

  test('a deleted file is read to its end, and its stream ends', async () => {
    const logs = new LogFolder()
    logs.write('app.log', 'one\n')
    const fd = fs.openSync(logs.at('app.log'), 'a')
    const reader = await logs.follow('*.log')
    await reader.until(() => reader.lines.length === 1)
    fs.unlinkSync(logs.at('app.log'))
    await pause(60)
    fs.writeSync(fd, 'late\n')
    fs.closeSync(fd)
    await reader.until(() => reader.batches.at(-1)?.ended === true)
    expect(reader.lines).toEqual(['one', 'late'])
  })

  test('a line written long after the renaming is still read, as long as the writer keeps writing', async () => {
    const logs = new LogFolder()
    logs.write('app.log', 'one\n')
    const fd = fs.openSync(logs.at('app.log'), 'a')
    const reader = await logs.follow('app.log')
    await reader.until(() => reader.lines.length === 1)
    logs.rename('app.log', 'app.log.1')
    // Longer than the grace period in all, but never without news for so long.
    for (let n = 0; n < 6; n++) {
      await pause(80)
      fs.writeSync(fd, `late ${n}\n`)
    }
    fs.closeSync(fd)
    await reader.until(() => reader.batches.at(-1)?.ended === true)
    expect(reader.lines).toHaveLength(7)
    expect(reader.infos.values().next().value?.name).toBe(logs.at('app.log.1'))
  })

  test('a link that is switched is followed, and what it led to is read to its end', async () => {
    const logs = new LogFolder()
    logs.write('pods/0.log', 'one\n')
    fs.symlinkSync('pods/0.log', logs.at('current'))
    const reader = await logs.follow('current')
    await reader.until(() => reader.lines.length === 1)
    logs.write('pods/1.log', 'three\n')
    fs.symlinkSync('pods/1.log', logs.at('next'))
    logs.rename('next', 'current')
    logs.append('pods/0.log', 'two\n')
    await reader.until(() => reader.lines.length === 3)
    expect(reader.lines.toSorted()).toEqual(['one', 'three', 'two'])
  })

  test('a link that was switched while nobody read loses nothing', async () => {
    const logs = new LogFolder()
    logs.write('logs/app-2026-11-15.log', 'one\n')
    fs.symlinkSync('logs/app-2026-11-15.log', logs.at('current'))
    const first = await logs.once('current')
    logs.append('logs/app-2026-11-15.log', 'two\n')
    logs.write('logs/app-2026-11-16.log', 'three\n')
    logs.write('logs/app-2026-11-17.log', 'four\n')
    logs.rename('current', 'old')
    fs.unlinkSync(logs.at('old'))
    fs.symlinkSync('logs/app-2026-11-17.log', logs.at('current'))
    const later = await logs.once('current', first.states)
    expect(later.lines.toSorted()).toEqual(['four', 'three', 'two'])
  })

  test('two names of one file are read once', async () => {
    const logs = new LogFolder()
    logs.write('app.log', 'one\n')
    fs.symlinkSync('app.log', logs.at('link.log'))
    fs.linkSync(logs.at('app.log'), logs.at('hard.log'))
    const reader = await logs.once('*.log')
    expect(reader.lines).toEqual(['one'])
    expect(kinds(reader).filter((kind) => kind === 'already_read')).toHaveLength(2)
  })

  test('links that lead back to themselves end', async () => {
    const logs = new LogFolder()
    logs.write('a/app.log', 'one\n')
    fs.symlinkSync('..', logs.at('a/up'))
    fs.symlinkSync('self.log', logs.at('self.log'))
    const reader = await logs.once(['**/*.log', 'self.log'])
    expect(reader.lines).toEqual(['one'])
    expect(reader.notices.find(({ kind }) => kind === 'unreadable')?.text).toContain('leads back to itself')
  })

  test('a FIFO is read as it is written, by one writer after the other', async () => {
    const logs = new LogFolder()
    execFileSync('mkfifo', [logs.at('pipe')])
    const reader = await logs.follow('pipe')
    for (const word of ['one', 'two']) {
      // Not in step with this process: a writer waits until the pipe is opened for reading, which happens here.
      await promisify(execFile)('sh', ['-c', `echo ${word} > pipe`], { cwd: logs.path })
      await reader.until(() => reader.lines.includes(word))
      await reader.until(() => reader.batches.at(-1)?.ended === true)
    }
    expect(reader.lines).toEqual(['one', 'two'])
    expect(reader.infos.values().next().value?.identity).toBeNull()
  })

  test('without following, a FIFO ends with its writer', async () => {
    const logs = new LogFolder()
    execFileSync('mkfifo', [logs.at('pipe')])
    const writing = fs.promises.writeFile(logs.at('pipe'), numbered(50_000))
    const reader = await logs.once('pipe')
    await writing
    expect(reader.lines).toHaveLength(50_000)
  })

  test('without following, a FIFO that a wildcard found is not waited for', async () => {
    const logs = new LogFolder()
    execFileSync('mkfifo', [logs.at('pipe.log')])
    logs.write('a.log', 'one\n')
    const reader = await logs.once('*.log')
    expect(reader.lines).toEqual(['one'])
    expect(reader.notices.map(({ text }) => text)).toContain(
      'is a FIFO; without following only one that is named is waited for',
    )
  })

  test('sockets and devices are refused', async () => {
    const logs = new LogFolder()
    const server = net.createServer().listen(logs.at('socket'))
    onTestFinished(() => void server.close())
    const reader = await logs.once(['socket', '/dev/null'])
    expect(reader.lines).toEqual([])
    expect(reader.notices.map(({ text }) => text).toSorted()).toEqual([
      'is a device, which is not read',
      'is a socket, which cannot be read as a log',
    ])
  })
})

describe('rotation while nobody reads', () => {
  test('the rest of the old content and all that was rotated in between is read, older siblings are not', async () => {
    const logs = new LogFolder()
    logs.write('app.log.1', 'never asked for\n')
    logs.write('app-error.log', 'another log\n')
    await pause(10)
    logs.write('app.log', numbered(100, 'a'))
    const first = await logs.once('app.log')
    logs.append('app.log', 'rest of a\n')
    logs.rename('app.log.1', 'app.log.4')
    await pause(10)
    logs.write('app.log.3.gz', gzipSync(logs.read('app.log')))
    fs.unlinkSync(logs.at('app.log'))
    await pause(10)
    logs.write('app.log.2', numbered(100, 'b'))
    await pause(10)
    logs.write('app.log.1', numbered(100, 'c'))
    logs.write('app.log', numbered(100, 'd'))
    const later = await logs.once('app.log', first.states)
    expect(later.lines[0]).toBe('rest of a')
    const words = later.lines.map((line) => line[0])
    expect(['a', 'b', 'c', 'd'].map((word) => words.filter((found) => found === word).length)).toEqual([
      0, 100, 100, 100,
    ])
    expect(words.join('')).toMatch(/^rb+c+d+$/)
    const again = await logs.once('app.log', [...first.states, ...later.states])
    expect(again.lines).toEqual([])
  })

  test('on a first run nothing beside the named file is opened', async () => {
    const logs = new LogFolder()
    logs.write('app.log', 'one\n')
    logs.write('app.log.1', 'older\n')
    const reader = await logs.once('app.log')
    expect(reader.lines).toEqual(['one'])
  })

  test('an unfinished rest of a stream that is long rotated is found again', async () => {
    const logs = new LogFolder()
    logs.write('app.log', numbered(50_000))
    const first = await logs.once('app.log')
    const [state] = first.states
    if (!state) throw new Error('no state')
    const content = logs.read('app.log')
    const offset = content.indexOf('\n', 100_000) + 1
    logs.rename('app.log', 'app.log.1')
    logs.write('app.log', 'current\n')
    const all = await logs.once('app.log')
    // As after a crash in the middle of the rotated file, when the current one had been begun already.
    const cut = await logs.once('app.log.1')
    const info = await reopen(logs, offset)
    const known = [...all.states, { ...info, offset, counters: state.counters }]
    const later = await logs.once('app.log', known)
    expect(later.text()).toBe(content.subarray(offset).toString())
    expect(cut.lines).toHaveLength(50_000)
  })
})

async function reopen(logs: LogFolder, offset: number) {
  const source = await openFileSource([logs.at('app.log.1')], {
    follow: false,
    known: [],
    notice: () => {},
    now: Date.now,
  })
  let stream = ''
  for await (const batch of source.batches(new AbortController().signal)) stream = batch.stream
  const info = await source.checkpoint(stream, offset)
  await source.close()
  return info
}

describe('many files', () => {
  test('take turns in history, and few of them are open at once', async () => {
    const logs = new LogFolder()
    for (let n = 0; n < 60; n++) logs.write(`${n}.log`, numbered(200, `file${n}`))
    for (const name of ['big1.log', 'big2.log']) logs.write(name, numbered(400_000, name))
    const reader = await logs.follow('*.log', [], { open_files: 10 })
    await reader.until(() => reader.lines.length === 60 * 200 + 800_000)
    const turns = reader.batches.map(({ stream }) => stream)
    expect(new Set(turns.slice(0, 62)).size).toBe(62)
    const open = fs.readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [fs.readlinkSync(`/proc/self/fd/${fd}`)]
      } catch {
        return []
      }
    })
    expect(open.filter((path) => path.startsWith(logs.path)).length).toBeLessThanOrEqual(10)
    for (let n = 0; n < 60; n++) logs.append(`${n}.log`, 'live\n')
    await reader.until(() => reader.lines.filter((line) => line === 'live').length === 60)
  })
})
