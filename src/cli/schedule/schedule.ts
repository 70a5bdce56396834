/** `authtop schedule`: reports that go out by themselves every week. Each subcommand has its own file. */
import type { Command } from 'commander'
import { scheduleInstall } from './install.ts'
import { scheduleList } from './list.ts'
import { scheduleRemove } from './remove.ts'
import { scheduleRun } from './run.ts'

export function scheduleCommand(program: Command): void {
  const command = program
    .command('schedule')
    .summary('reports that go out every week by themselves')
    .description(
      'Has `authtop report` run every week: by a systemd user timer, or by cron where there is none. Runs that were missed, because the machine was off, are caught up.',
    )
  for (const register of [scheduleInstall, scheduleList, scheduleRemove, scheduleRun]) register(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop schedule install --weekly "Mon 08:00" --tz Europe/Paris -- --email team@example.com
  $ authtop schedule list
  $ authtop schedule remove weekly

Exit codes: 0 fine, 1 and more see the subcommand, 2 wrong usage, 3 cannot read or write.`,
  )
}
