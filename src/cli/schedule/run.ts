/** `authtop schedule run`: what the timer or cron calls; runs the reports that are due. */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Command } from 'commander'
import { runDue } from '../../app/schedule/run-due.ts'
import { EXIT } from '../exit-code.ts'
import { note } from '../output.ts'
import { configHome, readJob, scheduleFolder } from './schedule-folder.ts'

export function scheduleRun(schedule: Command): void {
  const command = schedule
    .command('run')
    .summary('run what is due (called by the timer)')
    .description(
      'Runs the reports of a schedule that are due and not done: one for each week that was missed, at most four. Does nothing otherwise, so it may be called at any time.',
    )
    .argument('<name>', 'as authtop schedule list shows it')
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop schedule run weekly

Exit codes: those of authtop report; 0 where nothing was due, 2 there is none of that name.`,
  )
  command.action(async (name: string) => {
    const folder = scheduleFolder(process.env)
    const job = await readJob(folder, name)
    const secrets = await readFile(join(configHome(process.env), 'authtop', 'report.env'), 'utf8').catch(() => '')
    const env = { ...parseEnv(secrets), ...process.env }
    const { sent, code } = await runDue(folder, name, job, Date.now(), (args) => runReport(args, env))
    if (code > EXIT.alarming) note(`the report ended with ${code}; it is tried again when this runs next`)
    else if (sent === 0) note('nothing is due')
    process.exitCode = code
  })
}

/** A process of its own: each report begins afresh, and what one allocates is gone before the next. */
function runReport(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, [process.argv[1]!, 'report', ...args], { env, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? EXIT.io))
  })
}
