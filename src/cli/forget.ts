/** `authtop forget`: takes one person or one client out of the store. */
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { forgetInStore } from '../app/forget-in-store.ts'
import { UserError } from './exit-code.ts'
import { print } from './output.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'

interface Options extends StoreOptions {
  subject?: string
  client?: string
  dryRun?: boolean
  json?: boolean
}

export function forgetCommand(program: Command): void {
  const command = program
    .command('forget')
    .summary('take one person or one client out of the store')
    .description(
      'Removes the incidents, messages, history and samples of one person or client from the store, also where only a fingerprint stands, and overwrites their bytes. Counts stay, without the name. No collector may be writing to the store meanwhile, and no dashboard reading it.',
    )
    .option(
      '--subject <name>',
      'a user, subject or e-mail address as logs write it, or a fingerprint (sub:…); - reads it from standard input',
    )
    .option('--client <id>', 'a client id as logs write it')
    .option('--dry-run', 'say what would go, and change nothing')
    .option('--json', 'one JSON document')
  addStoreOptions(command)
  command.addHelpText(
    'after',
    `
The logs themselves stay as they are: what is read again from them comes back.

Examples:
  $ authtop forget --subject alice@example.com --dry-run
  $ authtop forget --client mobile-app-7 --db week.db

Exit codes: 0 fine, 2 wrong usage, 3 cannot read or write the store.`,
  )
  command.action(async (options: Options) => {
    if ((options.subject === undefined) === (options.client === undefined))
      throw new UserError('whom to forget is not clear', 'give one of --subject and --client')
    const whose = options.subject === undefined ? 'client' : 'subject'
    const given = options.subject ?? options.client!
    const name = (given === '-' ? await text(process.stdin) : given).trim()
    if (name === '') throw new UserError(`the ${whose} has no name`, 'give it as the logs write it')
    const rehearse = options.dryRun ?? false
    const counts = await forgetInStore(storeLocation(options, process.env), whose, name, rehearse)
    if (options.json) {
      await print(`${JSON.stringify({ ...counts, dry_run: rehearse })}\n`)
      return
    }
    const { incidents, history, successes, samples, alert_texts, names } = counts
    await print(
      `${rehearse ? 'would go' : 'gone'}: ${incidents} incidents, ${history} facts of the history, ${successes} sampled successes, ${samples} samples; struck out of ${alert_texts} texts of alerts, ${names} names in the rollups\n`,
    )
  })
}
