/** The figures of a report against an independent recount of the raw truth, across a clock change, in several zones. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Report } from '../../../src/core/report.ts'
import { authtop, scratch } from '../../cli/authtop.ts'
import { type Fact, type RawWeeks, writeRawWeeks } from './raw-weeks.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const home = scratch()
const db = join(home, 'weeks.db')

/** The Sunday of the last clock change in Europe before this test, at noon UTC: history must not be older than retention. */
const CHANGE_MS = lastChange('Europe/Paris', Date.now() - 8 * DAY_MS)
const FROM_MS = CHANGE_MS - 14 * DAY_MS
const TO_MS = CHANGE_MS + DAY_MS
const HOSTILE = [
  '<script>alert(1)</script>',
  "=cmd|'/c calc'!A0",
  '\u001b[2Jred',
  '\u202egnp.exe',
  '[x](javascript:1)|`',
]
const SILENT = { from_ms: CHANGE_MS - 3 * DAY_MS, to_ms: CHANGE_MS - 3 * DAY_MS + 5 * HOUR_MS }

let raw: RawWeeks

beforeAll(async () => {
  raw = writeRawWeeks({
    folder: join(home, 'raw'),
    from_ms: Math.floor(FROM_MS / DAY_MS) * DAY_MS,
    to_ms: Math.ceil(TO_MS / DAY_MS) * DAY_MS,
    seed: 7,
    per_hour: 25,
    worse_from_ms: CHANGE_MS - 6 * DAY_MS,
    silent: SILENT,
    more_clients: HOSTILE,
  })
  const collected = await authtop(home, ['collect', '--once', '--retain-days', '390', '--db', db, raw.paths])
  expect(collected.code, collected.stderr).toBe(0)
})

/** The week (Monday to Monday on wall clocks of the zone) that holds the change. */
function weekIn(zone: string): { from_ms: number; to_ms: number; args: string[] } {
  const day = (offset: number) => new Date(CHANGE_MS + offset * DAY_MS).toISOString().slice(0, 10)
  const [monday, next] = [day(-6), day(1)]
  return {
    from_ms: localMidnight(monday, zone),
    to_ms: localMidnight(next, zone),
    args: ['--since', monday, '--until', next, '--tz', zone, '--db', db],
  }
}

const reports = new Map<string, Promise<Report>>()

function reportOf(zone: string): Promise<Report> {
  const report = reports.get(zone) ?? printedReport(zone)
  reports.set(zone, report)
  return report
}

async function printedReport(zone: string): Promise<Report> {
  const { stdout, stderr, code } = await authtop(home, ['report', ...weekIn(zone).args, '--format', 'json'])
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as Report
}

function factsOf(range: { from_ms: number; to_ms: number }): Fact[] {
  return raw.facts.filter(({ time_ms }) => time_ms >= range.from_ms && time_ms < range.to_ms)
}

const failed = (facts: readonly Fact[]) => facts.filter(({ cause }) => cause !== null)

function countBy<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1
  return counts
}

describe.each(['Europe/Paris', 'Asia/Kolkata', 'America/New_York', 'Asia/Kathmandu'])('a report in %s', (zone) => {
  test('counts what the raw logs hold, in totals, causes, users and parties, now and before', async () => {
    const report = await reportOf(zone)
    const week = weekIn(zone)
    expect(report.period).toMatchObject({ from_ms: week.from_ms, to_ms: week.to_ms })
    const facts = factsOf(week)
    const failures = failed(facts)
    expect(report.totals).toMatchObject({
      events: facts.length,
      failures: failures.length,
      users: new Set(failures.map(({ subject }) => subject)).size,
      users_approximate: false,
      clients: new Set(failures.map(({ client_id }) => client_id)).size,
      hosts: new Set(failures.map(({ host }) => host)).size,
    })
    const before = failed(factsOf({ from_ms: report.previous!.from_ms, to_ms: week.from_ms }))
    expect(report.previous_totals).toMatchObject({ failures: before.length })
    expect(
      Object.fromEntries(
        report.causes.flatMap((each) => each.subcauses).map((row) => [`${row.cause}/${row.subcause}`, row.failures]),
      ),
    ).toEqual(countBy(failures, ({ cause, subcause }) => `${cause}/${subcause}`))
    const clients = report.parties.find(({ dimension }) => dimension === 'client_id')!
    const truth = countBy(failures, ({ client_id }) => client_id)
    for (const row of clients.by_failures) {
      const own = facts.filter(({ client_id }) => client_id === row.value)
      expect(row).toMatchObject({ failures: truth[row.value], successes: own.length - truth[row.value]! })
    }
    expect(clients.by_failures).toHaveLength(Math.min(10, Object.keys(truth).length))
  })

  test('puts every failure into its local hour, and marks the hours of which nothing was read', async () => {
    const report = await reportOf(zone)
    const facts = factsOf(weekIn(zone))
    const hourOf = (ms: number) => wallHour(ms, zone)
    const expected = countBy(failed(facts), ({ time_ms }) => hourOf(time_ms))
    const got: Record<string, number> = {}
    for (const step of report.timeline.steps) {
      // The hour that the change repeats has one name and two steps.
      if (step.failures > 0) got[hourOf(step.start_ms)] = (got[hourOf(step.start_ms)] ?? 0) + step.failures
    }
    expect(got).toEqual(expected)
    expect(report.timeline.steps).toHaveLength(Math.ceil(report.period.hours))
    const silent = report.timeline.steps.filter((step) => step.silent)
    expect(
      silent.every((step) => !facts.some(({ time_ms }) => time_ms >= step.start_ms && time_ms < step.end_ms)),
    ).toBe(true)
    expect(silent.length).toBeGreaterThanOrEqual(4)
    expect(report.heat.failures.flat().reduce<number>((sum, cell) => sum + (cell ?? 0), 0)).toBe(failed(facts).length)
  })
})

test('the week of the change has 167 or 169 hours in Paris and 168 where nothing changed', async () => {
  expect([167, 169]).toContain((await reportOf('Europe/Paris')).period.hours)
  expect((await reportOf('Asia/Kolkata')).period.hours).toBe(168)
})

test('the careless client is what the report says to deal with first', async () => {
  const report = await reportOf('Europe/Paris')
  expect(report.change.verdict).toBe('more')
  expect(report.actions[0]).toMatchObject({ cause: 'expiry', client_id: 'batch-3' })
  expect(report.news!.worse.map(({ value }) => value)).toContain('batch-3')
})

describe('every format', () => {
  const zone = 'Europe/Paris'

  test.each(['text', 'md', 'html'])('says the same figures: %s', async (format) => {
    const report = await reportOf(zone)
    const { stdout } = await authtop(home, ['report', ...weekIn(zone).args, '--format', format])
    for (const figure of [
      report.totals.failures,
      report.totals.events,
      ...report.causes.flatMap((cause) => [cause.failures, ...cause.subcauses.map((row) => row.failures)]),
      ...report.parties.flatMap((table) => table.by_failures.map((row) => row.failures)),
    ])
      expect(stdout).toContain(figure.toLocaleString('en-US'))
  })

  test('the CSV tables hold the counts of the raw logs, and no name of a stranger is a formula or an escape', async () => {
    const folder = join(home, 'tables')
    const week = weekIn(zone)
    expect((await authtop(home, ['report', ...week.args, '--format', 'csv', '--out', folder])).code).toBe(0)
    const rows = (name: string) =>
      readFileSync(join(folder, `${name}.csv`), 'utf8')
        .trim()
        .split('\r\n')
        .slice(1)
    const failures = failed(factsOf(week))
    const causes = Object.fromEntries(
      rows('causes')
        .map((row) => row.split(','))
        .map(([cause, subcause, count]) => [`${cause}/${subcause}`, Number(count)]),
    )
    expect(causes).toEqual(countBy(failures, ({ cause, subcause }) => `${cause}/${subcause}`))
    const timeline = rows('timeline').map((row) => Number(row.split(',')[4]))
    expect(timeline.reduce((sum, count) => sum + count, 0)).toBe(failures.length)
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), 'utf8')
      expect(text).not.toMatch(/(^|,|")[=@+]/m)
      expect(text).not.toMatch(/[\u001b\u202e]/)
    }
  })

  test.each(['text', 'md', 'html'])('shows names of strangers as text and nothing else: %s', async (format) => {
    const { stdout } = await authtop(home, ['report', ...weekIn(zone).args, '--format', format])
    expect(stdout).not.toMatch(/[\u001b\u202e]/)
    if (format !== 'text') expect(stdout).not.toContain('<script>alert')
    if (format === 'md') expect(stdout).not.toMatch(/(?<!\\)\[x\]\(javascript/)
  })

  test('the command beside the failures of a step lists exactly those', async () => {
    const { stdout } = await authtop(home, ['report', ...weekIn(zone).args, '--format', 'html'])
    const kind = (await reportOf(zone)).kinds.find(({ failures }) => failures > 0)!
    const command = new RegExp(`authtop (failures [^<"]*--kind ${kind.kind})`).exec(stdout)![1]!
    const listed = await authtop(home, [...words(command), '--json'])
    expect(listed.stdout.trim().split('\n')).toHaveLength(kind.failures)
  })

  test('the command beside a figure lists exactly the incidents behind it', async () => {
    const { stdout } = await authtop(home, ['report', ...weekIn(zone).args])
    const report = await reportOf(zone)
    const command = /\$ authtop (failures .*--cause expiry --subcause access_token)$/m.exec(stdout)![1]!
    const listed = await authtop(home, [...words(command), '--json'])
    const rows = listed.stdout.trim().split('\n')
    expect(rows).toHaveLength(report.causes.find(({ cause }) => cause === 'expiry')!.failures)
  })

  test('two stores are added up', async () => {
    const copy = join(home, 'copy.db')
    execFileSync('cp', [db, copy])
    const { from_ms, to_ms } = weekIn(zone)
    const args = [
      '--since',
      iso(from_ms),
      '--until',
      iso(to_ms),
      '--tz',
      zone,
      '--format',
      'json',
      '--out',
      join(home, 'two.json'),
    ]
    const ran = await authtop(home, ['report', ...args, '--db', db, '--db', copy])
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: '' })
    const report = JSON.parse(readFileSync(join(home, 'two.json'), 'utf8')) as Report
    const facts = factsOf({ from_ms, to_ms })
    expect(report.totals).toMatchObject({
      failures: 2 * failed(facts).length,
      events: 2 * facts.length,
      users_approximate: true,
    })
  })
})

function lastChange(zone: string, before_ms: number): number {
  const offsetAt = (ms: number) =>
    new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
      .formatToParts(ms)
      .find(({ type }) => type === 'timeZoneName')!.value
  let noon_ms = Math.floor(before_ms / DAY_MS) * DAY_MS + DAY_MS / 2
  while (offsetAt(noon_ms) === offsetAt(noon_ms - DAY_MS)) noon_ms -= DAY_MS
  return noon_ms
}

/** `2026-10-25 02`, on a wall clock. */
function wallHour(ms: number, zone: string): string {
  return new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
    .format(ms)
    .slice(0, 13)
}

function localMidnight(day: string, zone: string): number {
  const start = Date.parse(`${day}T00:00:00Z`) - 15 * HOUR_MS
  for (let ms = start; ; ms += HOUR_MS / 4) if (wallHour(ms, zone) === `${day} 00`) return ms
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

/** The words of a command without quotes in it. */
function words(command: string): string[] {
  return command.split(' ')
}
