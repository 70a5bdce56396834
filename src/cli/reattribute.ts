/** `authtop reattribute`: looks at stored incidents again with everything that is known by now. */
import type { Command } from 'commander'
import { reattributeStore } from '../app/reattribute-store.ts'
import { print } from './output.ts'
import { readPeriod } from './period-option.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'
import { untilSignal } from './until-signal.ts'
import { checkZone, ZONE_HELP } from './zone-option.ts'

interface Options extends StoreOptions {
  since?: string
  tz?: string
  json?: boolean
}

export function reattributeCommand(program: Command): void {
  const command = program
    .command('reattribute')
    .summary('decide stored incidents again with all that is known by now')
    .description(
      'Decides the cause of every stored incident again, with the clocks, rotations and withdrawals that became known after it, and joins records that turn out to speak of one request. The same rules as while collecting; reading positions stay as they are. No collector may be writing to the store meanwhile.',
    )
    .option('--since <time>', 'from when, e.g. 24h, 7d, 2026-11-16 (default: everything stored)')
    .option('--json', 'one JSON document')
    .option('--tz <zone>', ZONE_HELP)
  addStoreOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop reattribute
  $ authtop reattribute --since 24h --db week.db --json

Exit codes: 0 fine, 2 wrong usage, 3 cannot read or write the store.`,
  )
  command.action(async (options: Options) => {
    const from_ms =
      options.since === undefined ? undefined : readPeriod(options.since, undefined, checkZone(options.tz), 0).from_ms
    const { looked, changed, joined, moves } = await reattributeStore(
      storeLocation(options, process.env),
      from_ms,
      untilSignal(),
    )
    const sorted = [...moves].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    if (options.json) {
      await print(`${JSON.stringify({ looked, changed, joined, moves: Object.fromEntries(sorted) })}\n`)
      return
    }
    await print(`${looked} incidents looked at, ${changed} changed, ${joined} joined to others\n`)
    for (const [move, count] of sorted) await print(`${String(count).padStart(8)}  ${move}\n`)
  })
}
