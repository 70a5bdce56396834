/** `authtop schedule install`: has a report run every week. */
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import type { Job } from '../../app/schedule/job.ts'
import { formatWeekly, parseWeekly } from '../../app/schedule/weekly.ts'
import { isDistant, shownLocation } from '../../store/shown-location.ts'
import { EXIT, UserError } from '../exit-code.ts'
import { note, print } from '../output.ts'
import { reportCommand } from '../report.ts'
import { storeLocation } from '../store-option.ts'
import { checkZone } from '../zone-option.ts'
import { checkName, scheduleFolder, wakers } from './schedule-folder.ts'

interface Options {
  weekly: string
  tz?: string
  name: string
  by: 'auto' | Job['waker']
}

/** What the report may need of the environment it is installed from. Secrets are not among them: see report.env. */
const ENVIRONMENT = ['XDG_CONFIG_HOME', 'XDG_STATE_HOME']

export function scheduleInstall(schedule: Command): void {
  const command = schedule
    .command('install')
    .summary('have a report run every week')
    .description(
      'Has a report of the week before run every week at a time of your zone. What stands behind -- are options of `authtop report`; {week} in them becomes the first day of the week told. A schedule of the same name is replaced.',
    )
    .argument('[report options...]', 'options of authtop report, behind --')
    .requiredOption('--weekly <time>', 'day and time, e.g. "Mon 08:00"')
    .option('--tz <zone>', "IANA zone of that time and of the report's calendar, e.g. Europe/Paris (default: UTC)")
    .option('--name <name>', 'what to call it', 'weekly')
    .addOption(
      new Option('--by <waker>', 'what runs it: a systemd user timer, cron, or none (you run authtop schedule run)')
        .choices(['auto', 'systemd', 'cron', 'none'])
        .default('auto'),
    )
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop schedule install --weekly "Mon 08:00" --tz Europe/Paris -- --email team@example.com
  $ authtop schedule install --weekly "Fri 16:30" --name friday -- --format html --out /srv/reports/{week}.html

Mail server and hooks (AUTHTOP_SMTP_URL, AUTHTOP_MAIL_FROM, AUTHTOP_REPORT_WEBHOOK) are read from
$XDG_CONFIG_HOME/authtop/report.env, lines of NAME=value. A systemd user timer runs while you are logged in; for always:
loginctl enable-linger. cron asks once an hour whether a report is due.

Exit codes: 0 installed, 2 wrong usage, 3 nothing on this machine can run it, or it cannot be written.`,
  )
  command.action(install)
}

async function install(args: string[], options: Options): Promise<void> {
  const weekly = parseWeekly(options.weekly)
  if (weekly === null) throw new UserError(`"${options.weekly}" is no time of the week`, 'times look like "Mon 08:00"')
  const zone = checkZone(options.tz)
  const name = checkName(options.name)
  const given = reportOptions(args)
  const all = wakers(process.env)
  const waker = options.by === 'auto' ? await firstUsable(all) : options.by
  const job: Job = { ...weekly, zone, args: [...args, ...missing(given, zone)], waker }
  const folder = scheduleFolder(process.env)
  const before = await folder.read(name).catch(() => null)
  if (before !== null && before.waker !== 'none' && before.waker !== waker) await all[before.waker].remove(name)
  await folder.write(name, job, Date.now())
  if (waker !== 'none') {
    const environment = Object.fromEntries(ENVIRONMENT.flatMap((key) => entry(key, process.env[key])))
    await all[waker]
      .install({
        name,
        job,
        command: [process.execPath, resolve(process.argv[1]!), 'schedule', 'run', name],
        environment,
      })
      .catch((error: Error) => {
        throw new UserError(`${waker} did not take it: ${error.message}`, 'try --by cron or --by none', EXIT.io)
      })
  }
  await print(
    `${name}: ${formatWeekly(weekly)} ${zone}, ${waker === 'none' ? `run "authtop schedule run ${name}" once an hour` : `by ${waker}`}\n`,
  )
  if (given.email === undefined && given.webhook === undefined && given.out === undefined)
    note(
      'the report goes to standard output (the journal, or mail from cron); -- --email, --webhook or --out send it elsewhere',
    )
}

function entry(key: string, value: string | undefined): [string, string][] {
  return value === undefined || value === '' ? [] : [[key, value]]
}

interface GivenOptions {
  db?: string[]
  store?: string
  tz?: string
  email?: string[]
  webhook?: string
  out?: string
}

/** The options as `authtop report` reads them: a mistake is told now and not next Monday. */
function reportOptions(args: readonly string[]): GivenOptions {
  const program = new Command()
  reportCommand(program)
  const report = program.commands[0]!
  program.exitOverride()
  report.exitOverride().action(() => {})
  program.parse(['report', ...args], { from: 'user' })
  return report.opts()
}

/** The store and the zone as they are now, because the timer knows neither this folder nor this environment. */
function missing({ db, store, tz }: GivenOptions, zone: string): string[] {
  const here = storeLocation({}, process.env)
  // A password has no place in a table of timers; the run finds it where docs/clickhouse.md says.
  const named = isDistant(here) ? ['--store', shownLocation(here)] : ['--db', resolve(here)]
  return [...(db === undefined && store === undefined ? named : []), ...(tz === undefined ? ['--tz', zone] : [])]
}

async function firstUsable(all: ReturnType<typeof wakers>): Promise<'systemd' | 'cron'> {
  for (const waker of ['systemd', 'cron'] as const) if (await all[waker].usable()) return waker
  throw new UserError(
    'neither a systemd user session nor cron is here to run it',
    'with --by none, have your own scheduler run "authtop schedule run NAME" once an hour',
    EXIT.io,
  )
}
