/** `authtop collect`: headless collecting into the store. */
import type { Command } from 'commander'
import { toPrintable } from '../../dashboards/terminal/printable.ts'
import { sourceLine } from '../../dashboards/terminal/source-line.ts'
import { collect } from '../app/collecting.ts'
import type { StreamState } from '../core/source-status.ts'
import { UserError } from './exit-code.ts'
import { positiveInteger } from './number-option.ts'
import { note } from './output.ts'
import { addReceiverOptions, type ReceiverOptions, receiversOf } from './receiver-options.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'
import { untilSignal } from './until-signal.ts'
import { checkZone, ZONE_HELP } from './zone-option.ts'

interface Options extends StoreOptions, ReceiverOptions {
  once?: boolean
  tz?: string
  retainDays: number
}

/** Detail is kept five weeks, so that a month can be compared; days. */
export const DETAIL_DAYS = 35
/** Hourly figures are kept for a year and a month; days. */
export const ROLLUP_DAYS = 400

export function collectCommand(program: Command): void {
  const command = program
    .command('collect')
    .summary('collect without a screen')
    .description(
      'Reads the given logs into the store and keeps following them. Reading the same content again, under whatever name, counts nothing twice.',
    )
    .argument(
      '[path...]',
      "files, globs and templates such as 'logs/{host}/*.log'; .gz and .zst are read as history; - is standard input",
    )
    .option('--once', 'read what is there, then end')
    .option('--tz <zone>', ZONE_HELP)
    .option(
      '--retain-days <n>',
      'keep single incidents so many days, after that hourly figures',
      positiveInteger,
      DETAIL_DAYS,
    )
  addStoreOptions(addReceiverOptions(command))
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop collect --once --db week.db '/var/log/myapp/*.log*'
  $ authtop collect '/var/log/containers/{service}_*.log'
  $ authtop collect --otlp --db otel.db
  $ journalctl -f -o cat -u myapp | authtop collect -

Exit codes: 0 fine, 2 wrong usage, 3 cannot read or write.`,
  )
  command.action(async (paths: string[], options: Options) => {
    if (paths.includes('-') && paths.length > 1)
      throw new UserError(
        '"-" (standard input) cannot be mixed with files',
        'run two collectors, or name the files only',
      )
    const receivers = receiversOf(options, process.env)
    if (receivers === undefined && paths.length === 0)
      throw new UserError('nothing to collect', 'name files, - for standard input, or --otlp')
    if (receivers !== undefined && options.once)
      throw new UserError('--once ends and a receiver never does', 'leave out one of them')
    const streams = new Map<string, StreamState>()
    const matched = { any: paths.includes('-') }
    await collect(
      {
        paths,
        ...(receivers === undefined ? {} : { receivers }),
        store: storeLocation(options, process.env),
        follow: !options.once,
        zone: checkZone(options.tz),
        retention: { detail_days: options.retainDays, rollup_days: ROLLUP_DAYS },
        notice: (notice) => {
          if (notice.kind !== 'no_match') matched.any = true
          if (notice.kind !== 'opened' && notice.kind !== 'ended') note(toPrintable(notice.text))
        },
        committed: (_, changed) => {
          for (const state of changed) streams.set(state.stream, state)
        },
        stalled: (refusal) =>
          note(refusal === null ? 'the store takes data again' : `${refusal.message}; ${refusal.hint}; waiting`),
        caughtUp: () => {
          for (const state of streams.values()) note(toPrintable(sourceLine(state)))
        },
      },
      untilSignal(),
    )
    if (options.once && !matched.any)
      throw new UserError(`nothing to read: no file matches ${paths.join(' ')}`, undefined, 3)
  })
}
