/**
 * Shows a store: as the live dashboard on a terminal, as the summary elsewhere. Shared by all commands that show one.
 */
import { closeSync, openSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ReadStream } from 'node:tty'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { appearanceFor } from '../../dashboards/terminal/appearance.ts'
import { parseLength, RANGE_LENGTHS } from '../../dashboards/terminal/time-window.ts'
import { startDashboardThread } from '../app/dashboard-thread.ts'
import { PeriodError, parseMoment } from '../app/period.ts'
import type { StoreReader } from '../core/ports/store.ts'
import { createAlertDesk } from './alert-desk.ts'
import { recallDashboard, rememberDashboard } from './dashboard-memory.ts'
import { UserError } from './exit-code.ts'
import type { Summarised } from './summary.ts'
import { checkZone, ZONE_HELP } from './zone-option.ts'

export interface ScreenOptions {
  range?: number | 'all'
  ascii?: boolean
  theme?: 'dark' | 'light'
  mouse?: boolean
  tz?: string
  /** commander's `--no-color`: false when given. */
  color?: boolean
}

export function addScreenOptions(command: Command): Command {
  return command
    .option(
      '--range <length>',
      'time range shown first: 15m, 24h, 7d … or all (default: as last time, else what fits the data)',
      readRange,
    )
    .option('--tz <zone>', ZONE_HELP)
    .option('--ascii', 'draw charts with ASCII characters only')
    .addOption(new Option('--theme <name>', 'background of the terminal').choices(['dark', 'light']))
    .option('--mouse', 'click rows and scroll with the wheel; text is then selected with Shift held (default: off)')
    .option('--no-color', 'no colours (also NO_COLOR in the environment)')
}

function readRange(text: string): number | 'all' {
  const length = parseLength(text)
  if (length === null) throw new InvalidArgumentError('a length such as 15m, 24h or 7d is needed, or "all"')
  return length
}

export interface Shown extends Summarised {
  /** Where the store is that `reader` reads: the dashboard's own thread opens it too. */
  store: string
  /** Whether the next run over this store begins as this one ended. */
  remember: boolean
  subscribe?(changed: () => void): () => void
  signal?: AbortSignal
  /** Standard input carries logs: keys come from the controlling terminal. */
  keysFromTerminal?: boolean
}

/** On a terminal until the user quits; elsewhere prints the summary and returns. */
export async function showDashboard(shown: Shown): Promise<void> {
  if (!process.stdout.isTTY || process.env.TERM === 'dumb') return (await import('./summary.ts')).showSummary(shown)
  const { reader, options, notices } = shown
  const zone = checkZone(options.tz ?? Intl.DateTimeFormat().resolvedOptions().timeZone)
  const input = shown.keysFromTerminal || !process.stdin.isTTY ? openTerminal() : process.stdin
  // Starts while Ink is loaded.
  const thread = startDashboardThread(shown.store)
  const { runDashboard } = await import('../../dashboards/terminal/run-dashboard.tsx')
  const known = shown.remember ? recallDashboard(shown.store, process.env) : {}
  const end = await runDashboard({
    load: (request) => thread.load(request, notices),
    save: saveExport,
    sql: (query) => reader.sql(query, SQL_ROWS, SQL_TIMEOUT_MS),
    desk: createAlertDesk(shown.store, reader),
    moment: (text) => readMoment(text, zone),
    env: process.env,
    mouse: options.mouse ?? false,
    left: (state) => {
      if (shown.remember) rememberDashboard(shown.store, process.env, state)
    },
    input,
    output: process.stdout,
    now: Date.now,
    appearance: appearanceFor(
      { ...process.env, ...(options.color === false ? { NO_COLOR: '1' } : {}) },
      process.stdout.getColorDepth(),
      {
        ...(options.ascii === undefined ? {} : { ascii: options.ascii }),
        ...(options.theme === undefined ? {} : { background: options.theme }),
      },
    ),
    local_zone: zone,
    initial: { ...known, length_ms: options.range ?? known.length_ms ?? (await fittingRange(reader)) },
    ...(shown.subscribe === undefined ? {} : { subscribe: shown.subscribe }),
    ...(shown.signal === undefined ? {} : { signal: shown.signal }),
  }).finally(() => thread.close())
  if (input !== process.stdin) input.destroy()
  if (end === 'SIGTERM' || end === 'SIGHUP' || end === 'SIGQUIT')
    process.exitCode = { SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131 }[end]
}

/** More rows than these are for `authtop query`; count. */
const SQL_ROWS = 1_000
/** A person waits this long in front of a screen; ms. */
const SQL_TIMEOUT_MS = 30_000

/** Never over a file that is there; only the owner may read it, as the store itself. */
async function saveExport(name: string, text: string): Promise<string> {
  const path = resolve(name)
  await writeFile(path, text, { flag: 'wx', mode: 0o600 })
  return path
}

function readMoment(text: string, zone: string): number | null {
  try {
    return parseMoment(text, Date.now(), zone)
  } catch (error) {
    if (error instanceof PeriodError) return null
    throw error
  }
}

/** The shortest offered range that shows what there is; old logs are shown whole. */
async function fittingRange(reader: StoreReader): Promise<number | 'all'> {
  const extent = await reader.extent()
  const [shortest, standard] = [RANGE_LENGTHS[1], RANGE_LENGTHS[4]]
  if (extent === null) return shortest
  const now = Date.now()
  if (extent.to_ms < now - shortest) return 'all'
  return RANGE_LENGTHS.find((length) => length >= shortest && length >= now - extent.from_ms) ?? standard
}

function openTerminal(): ReadStream {
  let fd: number | undefined
  try {
    fd = openSync('/dev/tty', 'r')
    return new ReadStream(fd)
  } catch (error) {
    if (fd !== undefined) closeSync(fd)
    throw new UserError(
      `the keyboard cannot be read: there is no controlling terminal (${(error as Error).message})`,
      'pipe the output (| cat) for the plain summary',
      3,
    )
  }
}
