/**
 * What the dashboard remembers of its last run over a store: screen, order of the tables, range, zone. One small file per
 * store under `$XDG_STATE_HOME/authtop/dashboards`. Invariant: a file that is missing, old or broken is no file.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { PANEL_IDS, SCREENS } from '../../dashboards/terminal/screens.ts'
import type { InitialWish, ViewState } from '../../dashboards/terminal/view-state.ts'
import { isDistant, shownLocation } from '../store/shown-location.ts'
import { stateFolder } from './store-option.ts'

/** By a digest, because a location may be longer than a file name may be. */
function memoryFile(store: string, env: NodeJS.ProcessEnv): string {
  const location = isDistant(store) ? shownLocation(store) : resolve(store.replace(/^sqlite:/, ''))
  const digest = createHash('sha256').update(location).digest('hex').slice(0, 16)
  return join(stateFolder(env), 'dashboards', `${digest}.json`)
}

export function recallDashboard(store: string, env: NodeJS.ProcessEnv): InitialWish {
  try {
    return wishOf(JSON.parse(readFileSync(memoryFile(store, env), 'utf8'))) ?? {}
  } catch {
    return {}
  }
}

/** Null for anything but what {@link rememberDashboard} writes. Without a library: loading one would delay the first frame. */
function wishOf(kept: unknown): InitialWish | null {
  if (!isObject(kept)) return null
  const { screen, length_ms, zone, sorts } = kept
  const wish: InitialWish = {}
  if (screen !== undefined) {
    const known = SCREENS.find(({ id }) => id === screen)
    if (known === undefined) return null
    wish.screen = known.id
  }
  if (length_ms !== undefined) {
    if (length_ms !== 'all' && !(Number.isSafeInteger(length_ms) && (length_ms as number) > 0)) return null
    wish.length_ms = length_ms as number | 'all'
  }
  if (zone !== undefined) {
    if (zone !== 'local' && zone !== 'utc') return null
    wish.zone = zone
  }
  if (sorts !== undefined) {
    if (!isObject(sorts) || !Object.entries(sorts).every(([panel, sort]) => isPanel(panel) && isSort(sort))) return null
    wish.sorts = sorts as NonNullable<InitialWish['sorts']>
  }
  return wish
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPanel(name: string): boolean {
  return PANEL_IDS.some((id) => id === name)
}

/** Names of columns are short. */
const COLUMN_LIMIT = 32

function isSort(value: unknown): boolean {
  if (!isObject(value)) return false
  const { column, reversed } = value
  return typeof column === 'string' && column.length <= COLUMN_LIMIT && typeof reversed === 'boolean'
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
