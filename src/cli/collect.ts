/** `authtop collect`: headless collecting into the store. */
import type { Command } from 'commander'
import { toPrintable } from '../../dashboards/terminal/printable.ts'
import { sourceLine } from '../../dashboards/terminal/source-line.ts'
import { collect } from '../app/collecting.ts'
import { NO_CONFIG } from '../app/config/config.ts'
import type { StreamState } from '../core/source-status.ts'
import { readConfig } from './config-option.ts'
import { UserError } from './exit-code.ts'
import { positiveInteger } from './number-option.ts'
import { note } from './output.ts'
import { addReceiverOptions, type ReceiverOptions, receiversOf } from './receiver-options.ts'
import { sourceNoticeText } from './source-notice.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'
import { untilSignal } from './until-signal.ts'
import { checkZone, ZONE_HELP } from './zone-option.ts'

interface Options extends StoreOptions, ReceiverOptions {
  once?: boolean
  tz?: string
  retainDays?: number
  config?: string
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
    .option('-c, --config <file>', 'a YAML file with paths, rules, sinks and service settings (docs/alerts.md)')
    .option('--once', 'read what is there, then end')
    .option('--tz <zone>', ZONE_HELP)
    .option(
      '--retain-days <n>',
      `keep single incidents so many days, after that hourly figures (default: ${DETAIL_DAYS})`,
      positiveInteger,
    )
  addStoreOptions(addReceiverOptions(command))
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop collect --once --db week.db '/var/log/myapp/*.log*'
  $ authtop collect '/var/log/containers/{service}_*.log'
  $ authtop collect --otlp --db otel.db
  $ authtop collect -c /etc/authtop/authtop.yaml
  $ journalctl -f -o json -u myapp | authtop collect -

Exit codes: 0 fine, 2 wrong usage, 3 cannot read or write.`,
  )
  command.action(async (named: string[], options: Options) => {
    const config = options.config === undefined ? NO_CONFIG : readConfig(options.config)
    const paths = named.length > 0 ? named : config.paths
    if (paths.includes('-') && paths.length > 1)
      throw new UserError(
        '"-" (standard input) cannot be mixed with files',
        'run two collectors, or name the files only',
      )
    const receivers = receiversOf(options, process.env)
    if (receivers === undefined && paths.length === 0)
      throw new UserError('nothing to collect', 'name files, - for standard input, --otlp, or a config with paths (-c)')
    if (receivers !== undefined && options.once)
      throw new UserError('--once ends and a receiver never does', 'leave out one of them')
    const streams = new Map<string, StreamState>()
    const matched = { any: paths.includes('-') }
    await collect(
      {
        paths,
        ...(receivers === undefined ? {} : { receivers }),
        config,
        alertNote: (text) => note(toPrintable(text)),
        store: storeLocation(
          { ...(config.store === undefined ? {} : { store: config.store }), ...options },
          process.env,
        ),
        follow: !options.once,
        zone: checkZone(options.tz ?? config.zone),
        retention: { detail_days: options.retainDays ?? config.retain_days ?? DETAIL_DAYS, rollup_days: ROLLUP_DAYS },
        notice: (notice) => {
          if (notice.kind !== 'no_match') matched.any = true
          if (notice.kind !== 'opened' && notice.kind !== 'ended') note(toPrintable(sourceNoticeText(notice)))
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
