/** `authtop schedule remove`: ends a scheduled report. */
import type { Command } from 'commander'
import { print } from '../output.ts'
import { readJob, scheduleFolder, wakers } from './schedule-folder.ts'

export function scheduleRemove(schedule: Command): void {
  const command = schedule
    .command('remove')
    .summary('end a scheduled report')
    .description('Ends a scheduled report: takes away its timer or cron line and forgets it. Reports it wrote stay.')
    .argument('<name>', 'as authtop schedule list shows it')
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop schedule remove weekly

Exit codes: 0 removed, 2 there is none of that name, 3 cannot be removed.`,
  )
  command.action(async (name: string) => {
    const folder = scheduleFolder(process.env)
    const { waker } = await readJob(folder, name)
    if (waker !== 'none') await wakers(process.env)[waker].remove(name)
    await folder.remove(name)
    await print(`${name}: removed\n`)
  })
}
