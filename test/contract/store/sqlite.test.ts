import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { describeAlertQuestions } from './alert-questions.ts'
import { describeHistory } from './history-suite.ts'
import { describeReportQuestions } from './report-questions.ts'
import type { StoreEngine, StorePlace } from './store-engine.ts'
import { describeStore } from './suite.ts'

const mounted = new Set<string>()

/** False where the right to mount is missing. */
function mount(directory: string, ...args: string[]): boolean {
  try {
    execFileSync('mount', [...args, directory], { stdio: 'ignore' })
    mounted.add(directory)
    return true
  } catch {
    return false
  }
}

function newPlace(): StorePlace & { directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'authtop-store-'))
  return {
    directory,
    location: join(directory, 'store.db'),
    async remove() {
      if (mounted.delete(directory)) execFileSync('umount', ['--lazy', directory])
      else chmodSync(directory, 0o700)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

const SQLITE: StoreEngine = {
  name: 'SQLite',
  effort: 1,
  place: async () => newPlace(),
  async notAStore() {
    const place = newPlace()
    writeFileSync(place.location, 'GET /index.html 200\n'.repeat(500))
    return place
  },
  async makeNewer(place) {
    const db = new Database(place.location)
    db.pragma('user_version = 1000')
    db.close()
  },
  makeReadOnly(place) {
    const directory = dirname(place.location)
    if (process.getuid?.() !== 0) {
      chmodSync(place.location, 0o400)
      chmodSync(directory, 0o500)
      return Promise.resolve()
    }
    // Modes do not bind root; a read-only mount does.
    if (!mount(directory, '--bind', directory)) return null
    return mount(directory, '-o', 'remount,ro,bind') ? Promise.resolve() : null
  },
  async crampedPlace() {
    const place = newPlace()
    if (mount(place.directory, '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs')) {
      return {
        ...place,
        async relieve() {
          execFileSync('mount', ['-o', 'remount,size=64m', place.directory])
        },
      }
    }
    await place.remove()
    return null
  },
}

describeStore(SQLITE)
describeReportQuestions(SQLITE)
describeHistory(SQLITE)
describeAlertQuestions(SQLITE)
