/** `authtop rekey`: fingerprints by a new key from now on. */
import type { Command } from 'commander'
import { openWriter } from '../store/index.ts'
import { print } from './output.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'

interface Options extends StoreOptions {
  discard?: boolean
}

export function rekeyCommand(program: Command): void {
  const command = program
    .command('rekey')
    .summary('make fingerprints with a new key from now on')
    .description(
      'Gives the store a new fingerprint key. Fingerprints that are stored stay as they are, and a token or subject seen before and after has two. The old key is kept, for authtop forget only, until retention has dropped the last incident under it. No collector may be writing to the store meanwhile.',
    )
    .option(
      '--discard',
      'keep no old key: nobody can test a guess against a stored fingerprint any more, authtop forget neither',
    )
  addStoreOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop rekey
  $ authtop rekey --discard --db week.db

Exit codes: 0 fine, 2 wrong usage, 3 cannot read or write the store.`,
  )
  command.action(async (options: Options) => {
    const writer = await openWriter(storeLocation(options, process.env))
    try {
      await writer.rotateKey(!options.discard, Date.now())
    } finally {
      await writer.close()
    }
    await print(
      `a new key is in force; ${options.discard ? 'no old one is kept' : 'the old one is kept for "authtop forget"'}\n`,
    )
  })
}
