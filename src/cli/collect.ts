/** `authtop collect`: headless collecting into the store. */
import { type Command, Option } from 'commander'
import { sourceLine } from '../../dashboards/terminal/source-line.ts'
import { collect } from '../app/collecting.ts'
import { type Config, NO_CONFIG } from '../app/config/config.ts'
import { openReceiverSettings } from '../app/config/receiver-settings.ts'
import type { Receivers } from '../app/receivers.ts'
import { Reloads, type Settings } from '../app/service/reloads.ts'
import { createServiceManager } from '../app/service/service-manager.ts'
import type { StreamState } from '../core/source-status.ts'
import { createCollectorLog, LOG_FORMATS, type LogFormat } from './collector-log.ts'
import { collectorSignals } from './collector-signals.ts'
import { readConfig, readingConfig } from './config-option.ts'
import { UserError } from './exit-code.ts'
import { positiveInteger } from './number-option.ts'
import { addPrivacyOption, type PrivacyOptions } from './privacy-option.ts'
import { addReceiverOptions, type ReceiverOptions, receiversOf } from './receiver-options.ts'
import { sourceNoticeText } from './source-notice.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'
import { checkZone, ZONE_HELP } from './zone-option.ts'

interface Options extends StoreOptions, ReceiverOptions, PrivacyOptions {
  from?: string
  once?: boolean
  tz?: string
  retainDays?: number
  config?: string
  log: LogFormat
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
      "files, globs and templates such as 'logs/{host}/*.log'; .gz and .zst are read as history; journal:, journal:UNIT or journal:/DIR; - is standard input",
    )
    .option('-c, --config <file>', 'a YAML file with paths, rules, sinks and service settings (docs/alerts.md)')
    .option(
      '--from <url>',
      "the OpenTelemetry Collector's tables in ClickHouse as one more path: clickhouse://user@host:8123/otel (docs/clickhouse.md)",
    )
    .option('--once', 'read what is there, then end')
    .addOption(
      new Option('--log <format>', 'how it speaks of itself on stderr: text, or json with one object per line')
        .choices(LOG_FORMATS)
        .default('text'),
    )
    .option('--tz <zone>', ZONE_HELP)
    .option(
      '--retain-days <n>',
      `keep single incidents so many days, after that hourly figures (default: ${DETAIL_DAYS})`,
      positiveInteger,
    )
  addStoreOptions(addPrivacyOption(addReceiverOptions(command)))
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop collect --once --db week.db '/var/log/myapp/*.log*'
  $ authtop collect '/var/log/containers/{service}_*.log'
  $ authtop collect --otlp --db otel.db
  $ authtop collect -c /etc/authtop/authtop.yaml
  $ authtop collect journal:myapp.service
  $ authtop collect --from 'clickhouse://reader@ch.example:8123/otel'

Signals: SIGTERM and SIGINT end within 5 s, everything read by then stored; SIGHUP (or authtop reload) reads the
configuration again. Under systemd it says when it is ready and feeds the watchdog.

Exit codes: 0 fine, 2 wrong usage, 3 cannot read or write.`,
  )
  command.action(async (named: string[], options: Options) => {
    const log = createCollectorLog(options.log)
    const { config: file } = options
    const settings = settingsOf(named, options, file === undefined ? NO_CONFIG : readConfig(file))
    const { paths, receivers } = settings
    if (receivers === undefined && paths.length === 0)
      throw new UserError(
        'nothing to collect',
        'name files, - for standard input, --otlp, or a config with paths or receivers (-c)',
      )
    if (receivers !== undefined && options.once)
      throw new UserError('--once ends and a receiver never does', 'leave out one of them')
    const reloads = file === undefined || options.once ? undefined : new Reloads()
    const readAgain = async () => {
      try {
        const answer = await reloads!.offer(settingsOf(named, options, readConfig(file!)))
        log.info(answer === 'taken' ? `${file} is in force` : `${file} was read; beginning anew with it`)
      } catch (error) {
        log.error(`${file} was not taken, the old settings stay in force: ${(error as Error).message}`)
      }
    }
    const { signal, done } = collectorSignals(reloads === undefined ? null : () => void readAgain(), () =>
      log.warn('ended before everything was drained; the rest is read again at the next start'),
    )
    const streams = new Map<string, StreamState>()
    const matched = { any: paths.includes('-') }
    await collect(
      {
        ...settings,
        ...(reloads === undefined ? {} : { reloads }),
        manager: createServiceManager(process.env, (text) => log.warn(text)),
        alertNote: (text) => log.warn(text),
        follow: !options.once,
        notice: (notice) => {
          if (notice.kind !== 'no_match') matched.any = true
          const { kind, name } = notice
          if (kind !== 'opened' && kind !== 'ended') log.info(sourceNoticeText(notice), { kind, source: name })
        },
        committed: (_, changed) => {
          for (const state of changed) streams.set(state.stream, state)
        },
        stalled: (refusal) =>
          refusal === null
            ? log.info('the store takes data again')
            : log.error(`${refusal.message}; ${refusal.hint}; waiting`),
        caughtUp: () => {
          for (const state of streams.values()) log.info(sourceLine(state), { source: state.name })
        },
      },
      signal,
    )
    done()
    if (options.once && !matched.any)
      throw new UserError(`nothing to read: no file matches ${paths.join(' ')}`, undefined, 3)
  })
}

/** Those of the command line, and of the configuration's those that it does not name. */
function receiversIn(options: Options, { receivers: settings = {} }: Config): Receivers | undefined {
  const receivers = {
    ...readingConfig(options.config ?? '', () => openReceiverSettings(settings, process.env)),
    ...receiversOf(options, process.env),
  }
  return Object.keys(receivers).length === 0 ? undefined : receivers
}

/** What the command line and the configuration decide together; the command line has the last word. */
function settingsOf(named: readonly string[], options: Options, config: Config): Settings {
  const asked = options.from === undefined ? named : [...named, options.from]
  const paths = asked.length > 0 ? asked : config.paths
  if (paths.includes('-') && paths.length > 1)
    throw new UserError('"-" (standard input) cannot be mixed with files', 'run two collectors, or name the files only')
  const receivers = receiversIn(options, config)
  return {
    paths,
    config,
    ...(receivers === undefined ? {} : { receivers }),
    store: storeLocation({ ...(config.store === undefined ? {} : { store: config.store }), ...options }, process.env),
    zone: checkZone(options.tz ?? config.zone),
    privacy: options.privacy ?? config.privacy ?? 'default',
    retention: { detail_days: options.retainDays ?? config.retain_days ?? DETAIL_DAYS, rollup_days: ROLLUP_DAYS },
  }
}
