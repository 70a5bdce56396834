/**
 * Runs what a scheduled report owes: one report for each time that was missed, each of the week before it, oldest first.
 * Leaves the report to the command given. Invariant: a time is done only when its report went out (exit code 0 or 1).
 */
import { parseWholePeriod } from '../period.ts'
import type { Job, ScheduleFolder } from './job.ts'
import { dueTimes } from './weekly.ts'

/** After longer absence than this the older reports interest nobody; weeks. */
const MOST_CAUGHT_UP = 4

/** Options that choose the period themselves. */
const PERIOD_OPTIONS = ['--since', '--until', '--week', '--month']

/** Runs `authtop report` with these options; answers its exit code. */
export type RunReport = (args: readonly string[]) => Promise<number>

/** What was run: how many reports went out, and the exit code of the last. */
export interface RunOutcome {
  sent: number
  code: number
}

export async function runDue(
  folder: ScheduleFolder,
  name: string,
  job: Job,
  now_ms: number,
  report: RunReport,
): Promise<RunOutcome> {
  const own = job.args.some((arg) => PERIOD_OPTIONS.some((option) => arg === option || arg.startsWith(`${option}=`)))
  const due = dueTimes(job, job.zone, await folder.doneUntil(name), now_ms, own ? 1 : MOST_CAUGHT_UP)
  let sent = 0
  for (const at_ms of due) {
    const code = await report(reportArgs(job, own, at_ms))
    if (code > 1) return { sent, code }
    await folder.done(name, at_ms)
    sent++
    if (at_ms === due.at(-1)) return { sent, code }
  }
  return { sent, code: 0 }
}

function reportArgs({ args, zone }: Job, own: boolean, at_ms: number): string[] {
  const week = parseWholePeriod('last week', at_ms, zone)
  // The day it begins on: sorts, and is the same whatever day weeks begin with.
  const day = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short' }).format(week.from_ms)
  const period = own ? [] : ['--since', iso(week.from_ms), '--until', iso(week.to_ms)]
  return [...args.map((arg) => arg.replaceAll('{week}', day)), ...period]
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
