/** Killed while old detail is dropped: each failure is counted by the hour, once, whether it is still there one by one or not. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { openWriter } from '../../../../src/store/index.ts'
import { batch, HOUR_MS, incident, observation, START_MS, stream } from '../../../contract/store/made-up.ts'
import { type Differences, type KillCount, type KillRun, kill, putStore } from './kill-run.ts'

const FAILURES = 12_000
const STORE_PROCESS = join(import.meta.dirname, 'store-process.ts')
/** Dropping it all takes about this long, ms. */
const LONGEST_MS = 500

export async function killRetention({ kills, next, folder }: KillRun): Promise<KillCount> {
  const first = join(folder, 'first.db')
  await makeDetailed(first)
  const path = join(folder, 's.db')
  const anew = () => putStore(first, path)
  anew()
  let lost = 0
  let doubled = 0
  for (let n = 0; n < kills; n++) {
    const now_ms = START_MS + (24 + 10 * next()) * HOUR_MS
    const child = fork(STORE_PROCESS, ['retain', path, String(now_ms)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await new Promise<void>((resolve) => child.on('message', (word) => word === 'retains' && resolve()))
    await sleep(next() * LONGEST_MS)
    await kill(child)
    const { kept, ...found } = detailedDifferences(path)
    lost += found.lost
    doubled += found.doubled
    if (kept < FAILURES / 10 || next() < 0.1) anew()
  }
  return { kills, expected: FAILURES, lost, doubled }
}

/** Against what {@link makeDetailed} wrote; `kept`: failures that are still there one by one. Throws where the file is damaged. */
export function detailedDifferences(path: string): Differences & { kept: number } {
  const db = new Database(path)
  const count = (sql: string) => db.prepare<[], number | null>(sql).pluck().get() ?? 0
  const kept = count('SELECT count(*) FROM incident')
  const dropped_before = count("SELECT value FROM meta WHERE key = 'detail_from_ms'")
  const found = { kept, lost: 0, doubled: 0 }
  for (const [there, expected] of [
    [count('SELECT sum(count) FROM cube WHERE grain = 1'), FAILURES],
    [count('SELECT sum(count) FROM facet WHERE grain = 2 AND dimension = 1'), FAILURES],
    // What is not old enough is all there, with what speaks of it.
    [count(`SELECT count(*) FROM incident WHERE time_ms >= ${dropped_before}`), youngerThan(dropped_before)],
    [count('SELECT count(*) FROM observation'), kept],
  ] as const) {
    found.lost += Math.max(0, expected - there)
    found.doubled += Math.max(0, there - expected)
  }
  if (db.pragma('quick_check', { simple: true }) !== 'ok') throw new Error('the store is damaged')
  db.close()
  return found
}

/** Two a second, from the beginning. */
const timeOf = (n: number) => START_MS + n * 3_000
const youngerThan = (ms: number) => Array.from({ length: FAILURES }, (_, n) => timeOf(n)).filter((t) => t >= ms).length

/** A store full of failures that are kept one by one. */
export async function makeDetailed(path: string): Promise<void> {
  const writer = await openWriter(path)
  for (let from = 0; from < FAILURES; from += 2_000)
    await writer.append(
      batch({
        incidents: Array.from({ length: 2_000 }, (_, i) => ({
          incident: incident({ time_ms: timeOf(from + i), host: `h${i % 9}`, request_id: `request-${from + i}` }),
          added: [observation({ time_ms: timeOf(from + i), offset: from + i })],
        })),
        streams: [stream({ offset: from + 2_000 })],
        now_ms: timeOf(FAILURES),
      }),
    )
  await writer.close()
}
