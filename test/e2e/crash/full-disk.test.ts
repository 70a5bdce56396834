/** A disk that fills up while a store is brought up to date, or drops old detail: at whatever page, nothing is lost or doubled, and it goes on. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { StoreRefusal } from '../../../src/core/ports/store.ts'
import { openWriter } from '../../../src/store/index.ts'
import { KNOWN_VERSION } from '../../../src/store/sqlite/migrations/index.ts'
import { scratch } from '../../cli/authtop.ts'
import { HOUR_MS, START_MS } from '../../contract/store/made-up.ts'
import { randomOf } from '../secrets/random.ts'
import { makeFirstVersion, migratedDifferences } from './kills/migration.ts'
import { detailedDifferences, makeDetailed } from './kills/retention.ts'

const ROUNDS = 12
const ROOM = 256 * 1024 * 1024
const random = randomOf(20_261_128)
const home = scratch()
const disk = join(home, 'disk')
mkdirSync(disk)

const mounted = (() => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${ROOM}`, 'tmpfs', disk], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
afterAll(() => mounted && execFileSync('umount', ['--lazy', disk]))
const resize = (bytes: number) => execFileSync('mount', ['-o', `remount,size=${bytes}`, disk])

/** A copy of the store on a disk with so much more room than it takes itself. */
function put(from: string, room: number): string {
  const path = join(disk, 's.db')
  resize(ROOM)
  for (const ending of ['', '-wal', '-shm', '.lock', '.lock-journal']) rmSync(path + ending, { force: true })
  copyFileSync(from, path)
  resize(Math.ceil(statSync(path).size / 4096 + 8) * 4096 + room)
  return path
}

/** Whether the disk was too small for it; anything but a full disk is thrown. */
async function wasRefused(work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return false
  } catch (error) {
    if (!(error instanceof StoreRefusal)) throw error
    expect(error.reason).toBe('disk_full')
    return true
  }
}

async function rounds(
  from: string,
  most: number,
  work: (path: string) => Promise<void>,
  check: (path: string) => void,
) {
  let refused = 0
  for (let n = 0; n < ROUNDS; n++) {
    const path = put(from, random.below(most))
    if (await wasRefused(() => work(path))) refused++
    resize(ROOM)
    check(path)
    await work(path)
    check(path)
  }
  console.log(`${refused} of ${ROUNDS} times the disk was full on the way; none lost, none doubled`)
  return refused
}

test.skipIf(!mounted)('a store that is brought up to date on a disk that fills up is whole, and goes on', async () => {
  const first = join(home, 'first.db')
  makeFirstVersion(first)
  const open = async (path: string) => (await openWriter(path)).close()
  const refused = await rounds(first, 1024 * 1024, open, (path) => {
    expect(migratedDifferences(path)).toMatchObject({ lost: 0, doubled: 0 })
  })
  expect(refused).toBeGreaterThan(ROUNDS / 4)
  expect(migratedDifferences(join(disk, 's.db')).version).toBe(KNOWN_VERSION)
})

test.skipIf(!mounted)(
  'old detail that is dropped on a disk that fills up is counted once, and the rest goes on',
  async () => {
    const detailed = join(home, 'detailed.db')
    await makeDetailed(detailed)
    const retain = async (path: string) => {
      const writer = await openWriter(path)
      try {
        while (await writer.retain({ detail_days: 1, rollup_days: 400 }, START_MS + 30 * HOUR_MS));
      } finally {
        await writer.close()
      }
    }
    const refused = await rounds(detailed, 2 * 1024 * 1024, retain, (path) => {
      expect(detailedDifferences(path)).toMatchObject({ lost: 0, doubled: 0 })
    })
    expect(refused).toBeGreaterThan(ROUNDS / 4)
  },
)
