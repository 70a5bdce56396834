/** `authtop dash`: the dashboard over an existing store, read-only. */
import type { Command } from 'commander'
import type { StoreReader } from '../core/ports/store.ts'
import { openReader } from '../store/index.ts'
import { addScreenOptions, type ScreenOptions, showDashboard } from './screen.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'

/** How soon news of a collector in another process is seen; asking costs microseconds; ms. */
const LOOK_EVERY_MS = 50

/** Calls back when another process has committed something. A look that fails says nothing: the next load says why. */
function watchVersion(reader: StoreReader, changed: () => void): () => void {
  let known: number | null = null
  const timer = setInterval(() => {
    reader.version().then(
      (version) => {
        if (known !== null && version !== known) changed()
        known = version
      },
      () => {},
    )
  }, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

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
    const store = storeLocation(options, process.env)
    const reader = await openReader(store)
    try {
      await showDashboard({
        reader,
        options,
        notices: [],
        store,
        remember: true,
        subscribe: (changed) => watchVersion(reader, changed),
      })
    } finally {
      await reader.close()
    }
  })
}
