/** `authtop query`: read-only SQL over the store. */
import type { Command } from 'commander'
import { csvOf } from '../../dashboards/report/csv.ts'
import { toPrintable } from '../../dashboards/terminal/printable.ts'
import { textTable } from '../../dashboards/terminal/text-table.ts'
import type { SqlResult } from '../core/ports/store.ts'
import { openReader } from '../store/index.ts'
import { positiveInteger } from './number-option.ts'
import { note, print } from './output.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'

interface Options extends StoreOptions {
  json?: boolean
  csv?: boolean
  limit: number
  timeout: number
}

const ROWS = 10_000
const SECONDS = 30

export function queryCommand(program: Command): void {
  const command = program
    .command('query')
    .summary('read-only SQL over the store')
    .description('Runs one read-only SQL statement over the store; docs/sql.md lists the views and their columns.')
    .argument('<sql>', 'the statement, quoted for the shell')
    .option('--json', 'one JSON array of objects')
    .option('--csv', 'comma-separated values with a header line (RFC 4180)')
    .option('--limit <n>', 'at most so many rows', positiveInteger, ROWS)
    .option('--timeout <s>', 'give up after so many seconds', positiveInteger, SECONDS)
  addStoreOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop query 'SELECT cause, count(*) AS n FROM incidents GROUP BY cause ORDER BY n DESC'
  $ authtop query --csv 'SELECT * FROM incidents LIMIT 10'

Exit codes: 0 fine, 2 wrong usage or SQL, 3 cannot read the store.`,
  )
  command.action(async (sql: string, options: Options) => {
    const reader = await openReader(storeLocation(options, process.env))
    try {
      const result = await reader.sql(sql, options.limit, options.timeout * 1000)
      await print(
        options.json ? `${asJson(result)}\n` : options.csv ? csvOf(result.columns, result.rows) : asTable(result),
      )
      if (result.truncated) note(`cut at ${options.limit} rows; raise --limit for more`)
    } finally {
      await reader.close()
    }
  })
}

function asJson({ columns, rows }: SqlResult): string {
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map((name, i) => [name, typeof row[i] === 'bigint' ? Number(row[i]) : row[i]])),
  )
  return JSON.stringify(objects)
}

function asTable({ columns, rows }: SqlResult): string {
  return textTable(
    columns,
    rows.map((row) => row.map((value) => toPrintable(value === null ? '' : String(value)))),
  )
}
