/** `authtop dash`: the dashboard over an existing store, read-only. */
import type { Command } from 'commander'
import { openReader } from '../store/index.ts'
import { addScreenOptions, type ScreenOptions, showDashboard } from './screen.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'

export function dashCommand(program: Command): void {
  const command = program
    .command('dash')
    .summary('dashboard over an existing store')
    .description(
      'Shows the dashboard over an existing store without collecting; a collector may be writing to it at the same time. Not a terminal: prints the summary.',
    )
  addScreenOptions(addStoreOptions(command))
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop dash
  $ authtop dash --db week.db --range all

Exit codes: 0 fine, 2 wrong usage, 3 cannot read the store.`,
  )
  command.action(async (options: StoreOptions & ScreenOptions) => {
    const reader = await openReader(storeLocation(options, process.env))
    try {
      await showDashboard({ reader, options, notices: [] })
    } finally {
      await reader.close()
    }
  })
}
