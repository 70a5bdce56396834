/** The built command line, used as a user would: collect once into a fresh store, then ask for the failures. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Cause, Subcause } from '../../../src/core/cause.ts'
import type { ClockTable } from '../../../src/core/host-clock.ts'

const ENTRY = join(import.meta.dirname, '../../../dist/src/cli/entry.js')

/** A line of `failures --json`, as far as these tests look at it. */
export interface Failure {
  time_ms: number
  host?: string
  reported_cause: Cause
  cause: Cause
  subcause: Subcause
  why: string[]
  observations: number
  request_id?: string
  system: string
}

export async function failuresIn(paths: readonly string[], db: string, zone = 'UTC'): Promise<Failure[]> {
  if (!existsSync(ENTRY)) throw new Error('dist/ is missing: run `npm run build` first')
  await authtop('collect', '--once', '--db', db, '--tz', zone, ...paths)
  const lines = await authtop('failures', '--json', '--db', db)
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** What `skew --json` says of a store that `failuresIn` has filled. */
export async function clocksIn(db: string): Promise<ClockTable> {
  return JSON.parse(await authtop('skew', '--json', '--db', db))
}

async function authtop(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [ENTRY, ...args], { maxBuffer: 64 * 1024 * 1024 })
  return stdout
}
