/** The command line: builds the program from one file per command and turns errors into a sentence and an exit code. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { PeriodError } from '../app/period.ts'
import { StoreRefusal } from '../core/ports/store.ts'
import { checkCommand } from './check.ts'
import { classifyCommand } from './classify.ts'
import { collectCommand } from './collect.ts'
import { completionCommand } from './completion.ts'
import { dashCommand } from './dash.ts'
import { demoCommand } from './demo.ts'
import { EXIT, UserError } from './exit-code.ts'
import { explainCommand } from './explain.ts'
import { failuresCommand } from './failures.ts'
import { endQuietlyOnClosedPipe } from './output.ts'
import { queryCommand } from './query.ts'
import { topCommand } from './top.ts'

export function buildProgram(): Command {
  const program = new Command('authtop')
    .description(
      'htop for authentication flows: reads the logs you already write, finds every token issuance and validation, and says why the failures fail.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showHelpAfterError('(run with --help for usage)')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
  topCommand(program)
  collectCommand(program)
  dashCommand(program)
  failuresCommand(program)
  explainCommand(program)
  classifyCommand(program)
  queryCommand(program)
  checkCommand(program)
  demoCommand(program)
  completionCommand(program)
  for (const command of program.commands) command.exitOverride()
  return program
}

export async function main(argv: string[]): Promise<void> {
  endQuietlyOnClosedPipe()
  try {
    await buildProgram().parseAsync(argv)
  } catch (error) {
    process.exitCode = report(error)
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage
  if (error instanceof UserError) {
    say(error.message, error.hint)
    return error.exit_code
  }
  if (error instanceof PeriodError) {
    say(error.message, undefined)
    return EXIT.usage
  }
  if (error instanceof StoreRefusal) {
    say(error.message, error.hint)
    return error.reason === 'unsupported' ? EXIT.usage : EXIT.io
  }
  const code = (error as NodeJS.ErrnoException).code
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
    say((error as Error).message, undefined)
    return EXIT.io
  }
  throw error
}

function say(message: string, hint: string | undefined): void {
  process.stderr.write(`authtop: ${message}${hint === undefined || hint === '' ? '' : `\n  ${hint}`}\n`)
}

function version(): string {
  const file = new URL('../../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
