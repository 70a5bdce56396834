/** `authtop migrate`: a whole store into another engine, with the counts of both at the end. */
import type { Command } from 'commander'
import { migrateStore } from '../app/migrate-store.ts'
import type { ImportedTotals } from '../core/ports/store-import.ts'
import { shownLocation } from '../store/shown-location.ts'
import { EXIT, UserError } from './exit-code.ts'
import { print } from './output.ts'
import { untilSignal } from './until-signal.ts'

interface Options {
  from: string
  to: string
  json?: boolean
}

/** Progress is told this often at most; ms. */
const TELL_EVERY_MS = 1_000

export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .summary('move a store into ClickHouse')
    .description(
      'Copies everything of an SQLite store into a ClickHouse store: incidents, counts, history, clocks, positions, alerts, silences. The source stays as it is and must not be written to meanwhile. Stopped or cut off, the same command goes on where it was; nothing comes twice. At the end both are counted.',
    )
    .requiredOption('--from <location>', 'the store to read')
    .requiredOption('--to <url>', 'the ClickHouse store, made when missing: clickhouse://user@host:8123/database')
    .option('--json', 'counts as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ authtop migrate --from /var/lib/authtop/authtop.db --to 'clickhouse://authtop@ch.example:8123/authtop'

A collector that is then started with --store and the same collector name goes on where the old store was.

Exit codes: 0 everything arrived, 1 the counts differ, 2 wrong usage, 3 cannot read or write.`,
    )
    .action(async (options: Options) => {
      if (options.from === options.to) throw new UserError('--from and --to are the same store', 'name two')
      let told_ms = 0
      const { from, to, same_key, known } = await migrateStore(
        {
          from: options.from,
          to: options.to,
          progress: (part, done) => {
            if (Date.now() - told_ms < TELL_EVERY_MS) return
            told_ms = Date.now()
            process.stderr.write(`authtop: ${part} ${done}\n`)
          },
        },
        untilSignal(),
      )
      const names = Object.keys(from) as (keyof ImportedTotals)[]
      // Facts of other collectors add to the history of the target.
      const differs = names.filter((name) => (name === 'history' ? to[name] < from[name] : to[name] !== from[name]))
      if (differs.length > 0) process.exitCode = EXIT.alarming
      if (options.json) return print(`${JSON.stringify({ from, to, same_key, complete: differs.length === 0 })}\n`)
      const width = Math.max(...names.map((name) => String(from[name]).length))
      await print(`from ${shownLocation(options.from)}\nto   ${shownLocation(options.to)}\n`)
      if (known > 0) await print(`${known} chunks were there from an earlier run\n`)
      for (const name of names)
        await print(
          `${name.padEnd(10)} ${String(from[name]).padStart(width)} → ${String(to[name]).padStart(width)}${differs.includes(name) ? '  differs' : ''}\n`,
        )
      if (!same_key)
        await print(
          'the target has a fingerprint key of its own: tokens and subjects of before cannot be told to be the same\n',
        )
    })
}
