/** `authtop schedule list`: which reports go out by themselves. */
import type { Command } from 'commander'
import { dueTimes, formatWeekly } from '../../app/schedule/weekly.ts'
import { note, print } from '../output.ts'
import { readJob, scheduleFolder } from './schedule-folder.ts'

const WEEK_MS = 7 * 86_400_000
/** A week of a change of the clocks is longer by an hour or two; ms. */
const LONGEST_WEEK_MS = WEEK_MS + 3 * 3_600_000

export function scheduleList(schedule: Command): void {
  const command = schedule
    .command('list')
    .summary('which reports go out by themselves')
    .description('Lists the scheduled reports: when, by what, the next run, and the options of the report.')
    .option('--json', 'one JSON array')
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop schedule list
  $ authtop schedule list --json

Exit codes: 0 fine, 2 wrong usage, 3 cannot read a schedule.`,
  )
  command.action(async ({ json }: { json?: boolean }) => {
    const folder = scheduleFolder(process.env)
    const now_ms = Date.now()
    const rows = []
    for (const name of await folder.names()) {
      const job = await readJob(folder, name)
      const [next_ms] = dueTimes(job, job.zone, now_ms, now_ms + LONGEST_WEEK_MS, 2)
      const done_ms = await folder.doneUntil(name)
      const overdue = dueTimes(job, job.zone, done_ms, now_ms, 1).length > 0
      rows.push({
        name,
        weekly: formatWeekly(job),
        zone: job.zone,
        by: job.waker,
        next_ms: next_ms ?? null,
        overdue,
        args: job.args,
      })
    }
    if (json) return print(`${JSON.stringify(rows)}\n`)
    for (const { name, weekly, zone, by, next_ms, overdue, args } of rows) {
      const next = overdue ? 'overdue' : `next ${next_ms === null ? '' : new Date(next_ms).toISOString()}`
      await print(`${name}  ${weekly} ${zone}  by ${by}  ${next}  report ${args.map(quoted).join(' ')}\n`)
    }
    if (rows.length === 0) note('no report is scheduled; see authtop schedule install --help')
  })
}

function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
