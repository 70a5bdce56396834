/**
 * What the dashboard remembers of its last run over a store: screen, order of the tables, range, zone. One small file per
 * store under `$XDG_STATE_HOME/authtop/dashboards`. Invariant: a file that is missing, old or broken is no file.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { PANEL_IDS, SCREENS, type ScreenId } from '../../dashboards/terminal/screens.ts'
import type { InitialWish, ViewState } from '../../dashboards/terminal/view-state.ts'
import { isDistant, shownLocation } from '../store/shown-location.ts'
import { stateFolder } from './store-option.ts'

const MEMORY = z.object({
  screen: z.enum(SCREENS.map(({ id }): ScreenId => id)).optional(),
  length_ms: z.union([z.literal('all'), z.number().int().positive()]).optional(),
  zone: z.enum(['local', 'utc']).optional(),
  sorts: z.partialRecord(z.enum(PANEL_IDS), z.object({ column: z.string().max(32), reversed: z.boolean() })).optional(),
})

/** By a digest, because a location may be longer than a file name may be. */
function memoryFile(store: string, env: NodeJS.ProcessEnv): string {
  const location = isDistant(store) ? shownLocation(store) : resolve(store.replace(/^sqlite:/, ''))
  const digest = createHash('sha256').update(location).digest('hex').slice(0, 16)
  return join(stateFolder(env), 'dashboards', `${digest}.json`)
}

export function recallDashboard(store: string, env: NodeJS.ProcessEnv): InitialWish {
  try {
    const read = MEMORY.safeParse(JSON.parse(readFileSync(memoryFile(store, env), 'utf8')))
    // The schema gives absent as undefined; a wish has no such values.
    return read.success
      ? (Object.fromEntries(Object.entries(read.data).filter(([, value]) => value !== undefined)) as InitialWish)
      : {}
  } catch {
    return {}
  }
}

/** Not being able to is no reason to fail on the way out. */
export function rememberDashboard(store: string, env: NodeJS.ProcessEnv, state: ViewState): void {
  const { screen, length_ms, zone, sorts } = state
  try {
    const file = memoryFile(store, env)
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, `${JSON.stringify({ screen, length_ms, zone, sorts })}\n`, { mode: 0o600 })
  } catch {
    // A read-only home forgets.
  }
}
