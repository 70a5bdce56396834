/**
 * Shows a store: as the live dashboard on a terminal, as the summary elsewhere. Shared by all commands that show one.
 */
import { closeSync, openSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { appearanceFor } from '../../dashboards/terminal/appearance.ts'
import type { DashboardModel, Notice } from '../../dashboards/terminal/model.ts'
import { summaryLines } from '../../dashboards/terminal/summary.ts'
import { RANGE_LENGTHS } from '../../dashboards/terminal/time-window.ts'
import { loadDashboard } from '../app/dashboard-data.ts'
import { NO_FILTER } from '../core/filter.ts'
import type { StoreReader } from '../core/ports/store.ts'
import { UserError } from './exit-code.ts'
import { print } from './output.ts'
import { checkZone, ZONE_HELP } from './zone-option.ts'

export interface ScreenOptions {
  range?: number | 'all'
  ascii?: boolean
  theme?: 'dark' | 'light'
  tz?: string
  /** commander's `--no-color`: false when given. */
  color?: boolean
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

export function addScreenOptions(command: Command): Command {
  return command
    .option(
      '--range <length>',
      'time range shown first: 15m, 24h, 7d … or all (default: what fits the data)',
      readRange,
    )
    .option('--tz <zone>', ZONE_HELP)
    .option('--ascii', 'draw charts with ASCII characters only')
    .addOption(new Option('--theme <name>', 'background of the terminal').choices(['dark', 'light']))
    .option('--no-color', 'no colours (also NO_COLOR in the environment)')
}

function readRange(text: string): number | 'all' {
  if (text === 'all') return 'all'
  const found = /^(\d{1,4})([mhd])$/.exec(text)
  if (found === null) throw new InvalidArgumentError('a length such as 15m, 24h or 7d is needed, or "all"')
  return Number(found[1]) * UNITS[found[2]!]!
}

export interface Shown {
  reader: StoreReader
  options: ScreenOptions
  notices: readonly Notice[]
  subscribe?(changed: () => void): () => void
  signal?: AbortSignal
  /** Standard input carries logs: keys come from the controlling terminal. */
  keysFromTerminal?: boolean
}

/** On a terminal until the user quits; elsewhere prints the summary and returns. */
export async function showDashboard(shown: Shown): Promise<void> {
  if (!process.stdout.isTTY || process.env.TERM === 'dumb') return showSummary(shown)
  const { reader, options, notices } = shown
  const zone = checkZone(options.tz ?? Intl.DateTimeFormat().resolvedOptions().timeZone)
  const input = shown.keysFromTerminal || !process.stdin.isTTY ? openTerminal() : process.stdin
  const { runDashboard } = await import('../../dashboards/terminal/run-dashboard.tsx')
  const end = await runDashboard({
    load: (request) => loadDashboard(reader, request, notices),
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
    initial: { length_ms: options.range ?? (await fittingRange(reader)) },
    ...(shown.subscribe === undefined ? {} : { subscribe: shown.subscribe }),
    ...(shown.signal === undefined ? {} : { signal: shown.signal }),
  })
  if (input !== process.stdin) input.destroy()
  if (end === 'SIGTERM' || end === 'SIGHUP' || end === 'SIGQUIT')
    process.exitCode = { SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131 }[end]
}

export async function showSummary({ reader, options, notices }: Shown): Promise<void> {
  const model = await summaryModel(reader, notices, options.range ?? 'all')
  await print(`${summaryLines(model, checkZone(options.tz)).join('\n')}\n`)
}

const SUMMARY_INCIDENTS = 10

function summaryModel(
  reader: StoreReader,
  notices: readonly Notice[],
  length_ms: number | 'all',
): Promise<DashboardModel> {
  return loadDashboard(
    reader,
    {
      now_ms: Date.now(),
      length_ms,
      end: 'now',
      filter: NO_FILTER,
      words: [],
      incident_id: null,
      limit: SUMMARY_INCIDENTS,
    },
    notices,
  )
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
