/** systemd's journal, written and read by systemd's own programs; AUTHTOP_E2E_ALL=1 kills the collector more often. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { openJournalSource } from '../../../collectors/journal/journal-source.ts'
import type { ByteBatch } from '../../../src/core/ports/source.ts'
import { NO_COUNTS } from '../../../src/core/source-status.ts'
import { authtop, ENTRY, environment, ndjson, scratch } from '../../cli/authtop.ts'
import { SourceReader } from '../../contract/source/source-reader.ts'
import { needs } from '../emitters/software.ts'
import { at, Journal, refusal } from './journal.ts'

const KILLS = process.env.AUTHTOP_E2E_ALL === '1' ? 15 : 4
const home = scratch()
const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

function journal(name: string): Journal {
  const made = new Journal(join(home, name))
  undo.push(() => made.close())
  return made
}

const failures = async (db: string) => ndjson((await authtop(home, ['failures', '--json', '--db', db])).stdout)

/** A source over the folder, and what it hands out. */
function reading(directory: string, known: SourceReader['states'] = []) {
  const reader = new SourceReader()
  return reader.start(opened(directory, reader.notice, known))
}

function opened(directory: string, notice: SourceReader['notice'], known: SourceReader['states'] = []) {
  const asked = { name: `journal:${directory}`, units: [], directory }
  return openJournalSource(asked, { follow: true, known, notice, now: Date.now })
}

const messages = ({ lines }: SourceReader) => lines.map((line) => JSON.parse(line).MESSAGE as string)

test('entries are read with host, service and time, long ones too, and by a later run only what is new', async (context) => {
  needs(context, 'journal')
  const written = journal('once')
  const db = join(home, 'once.db')
  const { directory } = written
  for (let n = 0; n < 3; n++) written.write(refusal(n))
  written.write({ ...refusal(3), _SYSTEMD_UNIT: 'other.service', SYSLOG_IDENTIFIER: 'other' })
  written.write({ ...at(90), _HOSTNAME: 'api-1', MESSAGE: `long\n${'x'.repeat(5_000)}` })
  await written.close()
  const collect = (...more: string[]) =>
    authtop(home, ['collect', '--once', '--db', db, `journal:${directory}`, ...more])
  const first = await collect()
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('5 lines, 4 auth events')])
  expect((await failures(db)).map(({ host, service, time_ms }) => [host, service, time_ms])).toEqual([
    ['api-1', 'other', 1_794_820_320_030],
    ['api-1', 'orders', 1_794_820_320_020],
    ['api-1', 'orders', 1_794_820_320_010],
    ['api-1', 'orders', 1_794_820_320_000],
  ])
  const again = journal('once')
  again.write(refusal(9))
  await again.close()
  const log = join(home, 'app.log')
  writeFileSync(log, `${refusal(20).MESSAGE}\n`)
  const second = await collect(log)
  expect(second.stderr).toContain('goes on behind the last entry that was read')
  expect(second.stderr).toContain('6 lines, 5 auth events')
  expect(second.stderr).toContain('app.log: pino, 1 line, 1 auth event')
  expect(await failures(db)).toHaveLength(6)
})

test('kill -9 loses and doubles no entry', async (context) => {
  needs(context, 'journal')
  const written = journal('killed')
  const db = join(home, 'killed.db')
  let count = 0
  let seed = 7
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [ENTRY, 'collect', '--db', db, `journal:${written.directory}`], {
      env: environment(home),
      stdio: 'ignore',
    })
    const end = performance.now() + 600 + random() * 900
    while (performance.now() < end) {
      for (let i = random() * 20; i > 0; i--) written.write(refusal(count++))
      await sleep(5)
    }
    await killed(child)
  }
  await written.close()
  expect((await authtop(home, ['collect', '--once', '--db', db, `journal:${written.directory}`])).code).toBe(0)
  const ids = (await failures(db)).map(({ request_id }) => request_id)
  expect(new Set(ids).size).toBe(count)
  expect(ids.length).toBe(count)
})

test('what is written while it is followed comes at once, and goes on behind it when journalctl is killed', async (context) => {
  needs(context, 'journal')
  const written = journal('followed')
  const write = (n: number) => written.write({ ...at(n), _HOSTNAME: 'api-1', MESSAGE: `entry ${n}` })
  write(0)
  await sleep(300)
  const reader = reading(written.directory)
  undo.push(() => reader.stop())
  await reader.until(() => reader.lines.length === 1)
  write(1)
  await reader.until(() => reader.lines.length === 2)
  for (const pid of children('journalctl')) process.kill(pid, 'SIGKILL')
  write(2)
  await reader.until(() => reader.lines.length === 3)
  expect(messages(reader)).toEqual(['entry 0', 'entry 1', 'entry 2'])
  expect(reader.faults).toEqual([])
  expect(reader.notices.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    'opened: reading the journal',
    'unreadable: journalctl has ended',
    'readable_again: is read again',
  ])
})

test('a later run goes on behind whichever entry was committed last, with offsets that go on growing', async (context) => {
  needs(context, 'journal')
  const written = journal('resumed')
  const { directory } = written
  for (let n = 0; n < 200; n++) written.write({ ...at(n), _HOSTNAME: 'api-1', MESSAGE: `entry ${n}` })
  await written.close()
  for (const stop of [1, 57, 199, 200]) {
    const first = opened(directory, () => {})
    const batches: ByteBatch[] = []
    const text = () => Buffer.concat(batches.map(({ bytes }) => bytes)).toString('utf8')
    for await (const batch of first.batches(new AbortController().signal)) {
      batches.push(batch)
      if (text().split('\n').length > 200) break
    }
    const { stream } = batches[0]!
    const offset = Buffer.byteLength(`${text().split('\n').slice(0, stop).join('\n')}\n`)
    const info = await first.checkpoint(stream, offset)
    await first.close()
    const later = reading(directory, [{ ...info, offset, counters: NO_COUNTS }])
    if (stop < 200) {
      await later.until(() => later.lines.length === 200 - stop)
      expect(messages(later)[0]).toBe(`entry ${stop}`)
      expect(later.batches[0]).toMatchObject({ stream, offset })
    } else {
      await later.until(() => later.notices.some(({ kind }) => kind === 'resumed'))
      await sleep(500)
      expect(later.lines).toEqual([])
    }
    await later.stop()
  }
})

/** Ids of this process's children that run the program. */
function children(program: string): number[] {
  return readdirSync('/proc/self/task')
    .flatMap((task) => readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' '))
    .filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === program)
    .map(Number)
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
