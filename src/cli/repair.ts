/** `authtop repair`: saves what is whole in a damaged store. */
import type { Command } from 'commander'
import type { Repair, TableRepair } from '../core/ports/repair.ts'
import { repairStore } from '../store/index.ts'
import { EXIT } from './exit-code.ts'
import { print } from './output.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'

interface Options extends StoreOptions {
  out?: string
  json?: boolean
}

export function repairCommand(program: Command): void {
  const command = program
    .command('repair')
    .summary('save what is whole in a damaged store')
    .description(
      'Saves everything that is whole in a damaged store into a new one and says what is lost, table by table. The damaged store is only read; nothing is deleted. Rollups are counted again from the failures that were saved. No collector may be writing to the store meanwhile.',
    )
    .option('--out <file>', 'the new store (default: beside it, authtop.repaired.db)')
    .option('--json', 'one JSON document')
  addStoreOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop repair
  $ authtop repair --db week.db --out saved.db --json

Exit codes: 0 everything was saved, 1 something is lost, 2 wrong usage, 3 cannot read or write, or nothing to save.`,
  )
  command.action(async (options: Options) => {
    const location = storeLocation(options, process.env)
    const repair = await repairStore(location, options.out ?? null, Date.now())
    await print(options.json ? `${JSON.stringify(repair)}\n` : textOf(location, repair))
    if (isLossy(repair)) process.exitCode = EXIT.alarming
  })
}

function isLossy({ tables, losses }: Repair): boolean {
  return losses.length > 0 || tables.some((t) => t.lost_pages > 0 || t.lost_records > 0)
}

function textOf(location: string, repair: Repair): string {
  const width = Math.max(...repair.tables.map(({ table }) => table.length))
  return [
    ...repair.tables.map((t) => `${t.table.padEnd(width)}  ${lineOf(t)}`),
    ...repair.losses.map(({ what, count }) => `lost: ${count} ${what}`),
    `${repair.out} holds ${repair.incidents} failures one by one and was checked${isLossy(repair) ? '' : '; nothing is lost'}.`,
    `${location} stays as it is; to go on with the new one, stop the collector, move the old one and its -wal away, and give the new one its name.`,
    '',
  ].join('\n')
}

function lineOf({ saved, rebuilt, lost_pages, lost_rows_about, lost_records }: TableRepair): string {
  return [
    `${saved} rows saved`,
    ...(rebuilt > 0 ? [`${rebuilt} made again from what else knows of them`] : []),
    ...(lost_pages > 0
      ? [
          `${lost_pages} pages lost (${lost_rows_about === null ? 'nobody knows how many rows' : `about ${lost_rows_about} rows`})`,
        ]
      : []),
    ...(lost_records > 0 ? [`${lost_records} damaged records lost`] : []),
  ].join(', ')
}
