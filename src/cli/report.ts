/** `authtop report`: the failure report of a week, a month or any period. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { strToU8, zipSync } from 'fflate'
import { csvTables } from '../../dashboards/report/csv-tables.ts'
import { reportJson } from '../../dashboards/report/report-json.ts'
import { reportMarkdown } from '../../dashboards/report/report-markdown.ts'
import { reportText } from '../../dashboards/report/report-text.ts'
import { wordReport } from '../../dashboards/report/word-report.ts'
import { type FailCondition, parseFailCondition } from '../analyze/report/fail-condition.ts'
import { loadReport } from '../app/load-report.ts'
import { parseWholePeriod, previousPeriod, type WeekStart } from '../app/period.ts'
import type { TimeRange } from '../core/filter.ts'
import type { StoreReader } from '../core/ports/store.ts'
import type { Report } from '../core/report.ts'
import { openReader } from '../store/index.ts'
import { EXIT, UserError } from './exit-code.ts'
import { note, print } from './output.ts'
import { asUserError, readPeriod } from './period-option.ts'
import { deliver, deliveryOf, htmlOf } from './report-delivery.ts'
import { storeLocation } from './store-option.ts'
import { checkZone, ZONE_HELP } from './zone-option.ts'

interface Options {
  since?: string
  until?: string
  week?: string
  month?: string
  compare: string
  weekStart: string
  tz?: string
  format: Format
  out?: string
  email?: string[]
  webhook?: string
  failOn?: string[]
  db?: string[]
  store?: string
}

const FORMATS = ['text', 'md', 'html', 'json', 'csv'] as const
type Format = (typeof FORMATS)[number]

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

const WEEK_MS = 7 * 86_400_000

export function reportCommand(program: Command): void {
  const command = program
    .command('report')
    .summary('the failure report of a week or any period')
    .description(
      'Writes the page a team reads on Monday morning: how much failed and why, whether that is more than before, what is new, and the three things to do. Reads one or several stores; changes nothing.',
    )
    .option('--since <time>', 'from when, e.g. "last week", 7d, 2026-11-16 (default: last week)')
    .option('--until <time>', 'up to when (default: the end of a named period, else now)')
    .option('--week <week>', 'an ISO week, e.g. 2026-W47')
    .option('--month <month>', 'a month, e.g. 2026-11')
    .option(
      '--compare <period>',
      'compare with "previous", "none" or any period, e.g. 2026-W46 or 2026-11-01..2026-11-08',
      'previous',
    )
    .addOption(
      new Option('--week-start <day>', 'first day of the week for "last week" and the heat map')
        .choices(WEEKDAYS)
        .default('monday'),
    )
    .option('--tz <zone>', ZONE_HELP)
    .addOption(new Option('--format <format>', 'how it is written').choices(FORMATS).default('text'))
    .option('--out <file>', 'write there instead of standard output; csv: a folder, or a file that ends with .zip')
    .option(
      '--email <address...>',
      'send it as HTML and text, by the server in $AUTHTOP_SMTP_URL from $AUTHTOP_MAIL_FROM',
    )
    .option(
      '--webhook <url>',
      'post it there: a Slack message for hooks.slack.com, else the JSON document (default: nothing; $AUTHTOP_REPORT_WEBHOOK keeps the URL out of the process list)',
    )
    .option(
      '--fail-on <condition...>',
      'exit 1 if it holds: rate>2%, failures>100, users>10, clients>3, skew>0 (any cause), new-cause, worse',
    )
    .option(
      '--db <file...>',
      'SQLite store; give several to have them added up (default: $AUTHTOP_DB, else authtop.db under $XDG_STATE_HOME/authtop)',
    )
    .option('--store <url>', 'store by URL, e.g. sqlite:/var/lib/authtop/authtop.db')
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop report
  $ authtop report --week 2026-W47 --tz Europe/Paris --format md
  $ authtop report --since "last week" --format html --out week.html
  $ authtop report --month 2026-11 --compare none --format json --out november.json
  $ authtop report --since 24h --db eu.db --db us.db
  $ authtop report --format csv --out week.zip
  $ authtop report --since 24h --fail-on 'rate>2%' --fail-on new-cause

AUTHTOP_SMTP_URL is smtp://user:password@host:587 or smtps://host:465. A mail or webhook goes out besides what --out or
standard output gets; with --out and neither, nothing is printed.

Exit codes: 0 fine, 1 a --fail-on condition holds, 2 wrong usage, 3 cannot read the store or write the file.`,
  )
  command.action(runReport)
}

async function runReport(options: Options): Promise<void> {
  const zone = checkZone(options.tz)
  const week_start = WEEKDAYS.indexOf(options.weekStart as (typeof WEEKDAYS)[number]) as WeekStart
  const period = periodOf(options, zone, week_start)
  const previous = comparedPeriod(options.compare, period, zone, week_start)
  const locations = storeLocations(options)
  const conditions = conditionsOf(options.failOn ?? [])
  const delivery = deliveryOf(options, process.env)
  const readers: StoreReader[] = []
  let report: Report
  try {
    for (const location of locations) readers.push(await openReader(location))
    report = await loadReport(readers, {
      period,
      previous,
      zone,
      week_start,
      now_ms: Date.now(),
      ...(process.stderr.isTTY && { progress: (what: string) => note(what) }),
    })
  } finally {
    for (const reader of readers) await reader.close()
  }
  const db = options.db?.length === 1 ? options.db[0]! : null
  if (options.format === 'csv') await writeTables(report, options.out)
  else {
    const text = await render(report, options.format, db)
    if (options.out === undefined) await print(text)
    else await writeFile(options.out, text)
  }
  await deliver(delivery, report, wordReport(report, db))
  for (const { text, check } of conditions) {
    const holds = check(report)
    if (holds === null) continue
    process.exitCode = EXIT.alarming
    note(`--fail-on ${text} holds: ${holds}`)
  }
}

function conditionsOf(texts: readonly string[]): FailCondition[] {
  return texts.map((text) => {
    const condition = parseFailCondition(text)
    if (condition === null)
      throw new UserError(
        `"${text}" is no condition`,
        "conditions look like 'rate>2%', 'failures>100', 'skew>0', new-cause or worse",
      )
    return condition
  })
}

async function writeTables(report: Report, out: string | undefined): Promise<void> {
  if (out === undefined) throw new UserError('csv is several tables', 'give --out FOLDER or --out FILE.zip')
  const tables = csvTables(report)
  if (out.endsWith('.zip')) {
    const files = Object.fromEntries([...tables].map(([name, content]) => [name, strToU8(content)]))
    await writeFile(out, zipSync(files, { mtime: new Date(report.generated_ms) }))
    return
  }
  await mkdir(out, { recursive: true })
  for (const [name, content] of tables) await writeFile(join(out, name), content)
}

async function render(report: Report, format: Exclude<Format, 'csv'>, db: string | null): Promise<string> {
  if (format === 'json') return reportJson(report)
  const document = wordReport(report, db)
  if (format === 'html') {
    return htmlOf(document)
  }
  return format === 'md' ? reportMarkdown(document) : reportText(document)
}

function periodOf({ since, until, week, month }: Options, zone: string, week_start: WeekStart): TimeRange {
  const given = [week, month].filter((each) => each !== undefined)
  if (given.length > 1 || (given.length === 1 && (since !== undefined || until !== undefined)))
    throw new UserError('more than one period is given', 'use one of --week, --month or --since with --until')
  const [named] = given
  if (week !== undefined && !/^\d{4}-?w\d{2}$/i.test(week))
    throw new UserError(`"${week}" is no ISO week`, 'weeks look like 2026-W47')
  if (month !== undefined && !/^\d{4}-\d{2}$/.test(month))
    throw new UserError(`"${month}" is no month`, 'months look like 2026-11')
  if (named !== undefined) return asUserError(() => parseWholePeriod(named, Date.now(), zone, week_start))
  return readPeriod(since ?? (until === undefined ? 'last week' : undefined), until, zone, WEEK_MS, week_start)
}

function comparedPeriod(text: string, period: TimeRange, zone: string, week_start: WeekStart): TimeRange | null {
  if (text === 'none') return null
  if (text === 'previous') return previousPeriod(period, zone)
  return asUserError(() => parseWholePeriod(text, Date.now(), zone, week_start))
}

function storeLocations({ db, store }: Options): string[] {
  if (db !== undefined && db.length > 1 && store === undefined) return [...new Set(db)]
  return [
    storeLocation({ ...(db !== undefined && { db: db[0]! }), ...(store !== undefined && { store }) }, process.env),
  ]
}
