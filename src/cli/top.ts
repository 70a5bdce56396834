/** `authtop PATH…|-`: the main job. Reads what is there, follows, and shows it live. Without a path: the demo. */
import { existsSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { incidentLine } from '../../dashboards/terminal/incident-line.ts'
import type { Notice } from '../../dashboards/terminal/model.ts'
import { toPrintable } from '../../dashboards/terminal/printable.ts'
import { startCollectThread } from '../app/collect-thread.ts'
import { closestName } from '../core/closest-name.ts'
import type { SourceNotice } from '../core/ports/source.ts'
import type { IncidentChange } from '../core/ports/store.ts'
import { openReader } from '../store/index.ts'
import { DETAIL_DAYS, ROLLUP_DAYS } from './collect.ts'
import { UserError } from './exit-code.ts'
import { note, print } from './output.ts'
import { addPrivacyOption, type PrivacyOptions } from './privacy-option.ts'
import { addReceiverOptions, type ReceiverOptions, receiversOf } from './receiver-options.ts'
import { addScreenOptions, type ScreenOptions, showDashboard } from './screen.ts'
import { sourceNoticeText } from './source-notice.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'
import { untilSignal } from './until-signal.ts'
import { checkZone } from './zone-option.ts'

interface Options extends StoreOptions, ScreenOptions, ReceiverOptions, PrivacyOptions {
  follow: boolean
}

/** The first frame waits this long for history, so that it opens on a range that shows something; ms. */
const FIRST_LOOK_MS = 1_000
/** Source notices kept for the screen; count. */
const NOTICES_KEPT = 50

export function topCommand(program: Command, names: readonly string[]): void {
  const command = program
    .command('top [paths...]', { isDefault: true })
    .alias('tail')
    .summary('read, follow and show logs live (the default command)')
    .description(
      'Reads the given logs into the store, keeps following them and shows the live dashboard. Not a terminal: prints a summary of what is there, then one line per new incident. Without a path: the built-in demo fleet.',
    )
    .usage('[options] [paths...]')
    .addOption(new Option('--no-follow', 'read what is there and do not wait for more'))
  addScreenOptions(addStoreOptions(addPrivacyOption(addReceiverOptions(command))))
  command.addHelpText(
    'after',
    `
Paths are files, globs (quote them, so that new files are found too) and templates: 'logs/{host}/*.log' takes the host
from the path. .gz and .zst files are read as history; - reads standard input, and the keyboard still works.
journal: is this machine's systemd journal, journal:UNIT,UNIT entries of these units, journal:/DIR journal files elsewhere.

Examples:
  $ authtop '/var/log/myapp/*.log'
  $ authtop 'logs/{host}/*.log' --tz Europe/Paris
  $ authtop journal:orders.service
  $ kubectl logs -f deploy/orders | authtop -
  $ authtop --otlp                       # OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318
  $ authtop app.log --no-follow | less

Exit codes: 0 fine, 2 wrong usage, 3 cannot read or write.`,
  )
  command.action(async (paths: string[], options: Options) => {
    if (paths.length === 0 && !options.otlp && !options.webhook && !options.syslog)
      return (await import('./demo.ts')).runDemo({ ...options, speed: 1 })
    checkPaths(names, paths)
    if (process.stdout.isTTY && process.env.TERM !== 'dumb') await onTerminal(paths, options)
    else await inPipe(paths, options)
  })
}

/** `authtop failurs` is a mistyped command and no file. */
function checkPaths(names: readonly string[], paths: string[]): void {
  if (paths.includes('-') && paths.length > 1)
    throw new UserError('"-" (standard input) cannot be mixed with files', 'name the files only, or pipe everything')
  const [first] = paths
  if (
    first === undefined ||
    first === '-' ||
    first.startsWith('journal:') ||
    /[/*?[{.]/.test(first) ||
    existsSync(first)
  )
    return
  const guess = closestName(first, names)
  throw new UserError(
    `there is no command and no file "${first}"`,
    guess === null ? 'authtop --help lists the commands' : `did you mean "authtop ${guess}"?`,
  )
}

async function onTerminal(paths: string[], options: Options): Promise<void> {
  const store = storeLocation(options, process.env)
  const notices: Notice[] = []
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of listeners) listener()
  }
  const add = (level: Notice['level'], text: string) => {
    notices.push({ level, text })
    if (notices.length > NOTICES_KEPT) notices.shift()
    changed()
  }
  const opened = Promise.withResolvers<void>()
  const read = Promise.withResolvers<void>()
  const thread = startCollectThread(collectData(paths, store, options), {
    notice: (n) => {
      if (n.kind !== 'opened' && n.kind !== 'ended') add(isTrouble(n) ? 'warning' : 'info', sourceNoticeText(n))
    },
    committed: () => {
      opened.resolve()
      changed()
    },
    stalled: (text) => add('warning', text ?? 'the store takes data again'),
    caughtUp: () => {
      opened.resolve()
      read.resolve()
    },
  })
  const failed = thread.ended.then(
    () => null,
    (error: unknown) => error,
  )
  const early = await Promise.race([failed, opened.promise.then(() => null)])
  if (early !== null) throw early
  await Promise.race([failed, read.promise, new Promise((resolve) => setTimeout(resolve, FIRST_LOOK_MS))])

  const reader = await openReader(store)
  const abort = new AbortController()
  let failure: unknown = null
  void failed.then((error) => {
    failure = error
    if (error !== null) abort.abort()
  })
  try {
    await showDashboard({
      reader,
      options,
      notices,
      store,
      remember: true,
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      signal: abort.signal,
      keysFromTerminal: paths[0] === '-',
    })
  } finally {
    thread.stop()
    await Promise.race([failed, new Promise((resolve) => setTimeout(resolve, STOP_MS))])
    await reader.close()
  }
  if (failure !== null) throw failure
  // A pipe whose writer never ends would keep the process; what was read is committed.
  if (paths[0] === '-') process.exit(process.exitCode ?? 0)
}

/** A clean end commits what was read; it takes one commit, not longer; ms. */
const STOP_MS = 3_000

async function inPipe(paths: string[], options: Options): Promise<void> {
  const store = storeLocation(options, process.env)
  const zone = checkZone(options.tz)
  let live = false
  const pending: Promise<void>[] = []
  const { collect } = await import('../app/collecting.ts')
  const { showSummary } = await import('./summary.ts')
  await collect(
    {
      ...collectData(paths, store, options),
      notice: (n) => {
        if (isTrouble(n) || live) note(toPrintable(sourceNoticeText(n)))
      },
      committed: (changes) => {
        if (live) pending.push(printNew(changes, zone))
      },
      stalled: (refusal) => note(refusal === null ? 'the store takes data again' : `${refusal.message}; waiting`),
      caughtUp: () => {
        live = true
        pending.push(
          openReader(store).then(async (reader) => {
            await showSummary({ reader, options, notices: [] })
            await reader.close()
          }),
        )
      },
    },
    untilSignal(),
  )
  await Promise.all(pending)
}

/** Revisions of incidents that were printed before are not printed again. */
async function printNew(changes: readonly IncidentChange[], zone: string): Promise<void> {
  for (const { id, incident, added } of changes)
    if (id === undefined)
      await print(`${toPrintable(incidentLine({ ...incident, id: '', observations: added.length }, zone))}\n`)
}

function isTrouble({ kind }: SourceNotice): boolean {
  return kind === 'unreadable' || kind === 'no_match' || kind === 'cut' || kind === 'not_utf8' || kind === 'dropped'
}

function collectData(paths: readonly string[], store: string, options: Options) {
  const receivers = receiversOf(options, process.env)
  if (receivers !== undefined && !options.follow)
    throw new UserError('--no-follow ends and a receiver never does', 'leave out one of them')
  return {
    paths,
    ...(receivers === undefined ? {} : { receivers }),
    store,
    follow: options.follow,
    zone: checkZone(options.tz),
    privacy: options.privacy ?? 'default',
    retention: { detail_days: DETAIL_DAYS, rollup_days: ROLLUP_DAYS },
  }
}
