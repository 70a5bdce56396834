/** `authtop signatures new`: the YAML of a new signature, with the sample filled in. */
import { randomBytes } from 'node:crypto'
import { text as readAll } from 'node:stream/consumers'
import type { Command } from 'commander'
import { unwrapRecord } from '../../collectors/assemble/unwrap.ts'
import { Classifier } from '../app/classifier.ts'
import { loadKnowledge, userFolder } from '../app/knowledge.ts'
import { signatureSkeleton } from '../app/signature-skeleton.ts'
import { UserError } from './exit-code.ts'
import { note, print } from './output.ts'

interface Options {
  pack: string
}

export function signaturesCommand(program: Command): void {
  const command = program.command('signatures').summary('make a signature for messages nobody recognises')
  command.description(
    'Works on signature packs. `authtop check` proves them, `authtop check --unknown` lists what needs one.',
  )
  command.addHelpText('after', HELP)
  command
    .command('new')
    .summary('print the YAML of a new signature')
    .description(
      'Prints a pack with one signature for the given record, its shape and the redacted sample filled in; what it means is yours to say.',
    )
    .argument('[text...]', 'the record; none or "-" reads standard input')
    .option('--pack <name>', 'name of the pack', 'my-app')
    .addHelpText('after', HELP)
    .action(async (words: string[], options: Options) => {
      if (!/^[a-z0-9][a-z0-9.-]*$/.test(options.pack))
        throw new UserError(`"${options.pack}" is no pack name`, 'lower-case letters, digits, - and . are')
      const input = words.length === 0 || words[0] === '-' ? await readAll(process.stdin) : words.join(' ')
      if (input.trim() === '') throw new UserError('nothing to make a signature of', 'give a record, or pipe one in')
      const classifier = new Classifier(await loadKnowledge(process.env), randomBytes(32), 'UTC')
      const { text, record, event } = classifier.classify(unwrapRecord(input))
      if (event !== null) note(`${event.signature} recognises this already; a new one must be more specific to win`)
      await print(signatureSkeleton(record, text, options.pack))
    })
}

const HELP = `
Examples:
  $ authtop signatures new --pack my-app 'auth: ticket 17 of alice was turned away' > my-app.yaml
  $ authtop check --unknown

Put the file into ${userFolder('packs', { XDG_CONFIG_HOME: '$XDG_CONFIG_HOME' })}/, fill in what it means, and run authtop check.

Exit codes: 0 fine, 2 wrong usage.`
