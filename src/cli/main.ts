/** The command line: builds the program from one file per command and turns errors into a sentence and an exit code. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { StoreRefusal } from '../core/ports/store.ts'
import { EXIT, UserError } from './exit-code.ts'
import { complain, endQuietlyOnClosedPipe } from './output.ts'

type Register = (program: Command, names: readonly string[]) => void

/** In the order of the help. Loaded only when needed: start-up pays for one command and not for all. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  top: async () => (await import('./top.ts')).topCommand,
  collect: async () => (await import('./collect.ts')).collectCommand,
  reload: async () => (await import('./reload.ts')).reloadCommand,
  dash: async () => (await import('./dash.ts')).dashCommand,
  failures: async () => (await import('./failures.ts')).failuresCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  schedule: async () => (await import('./schedule/schedule.ts')).scheduleCommand,
  skew: async () => (await import('./skew.ts')).skewCommand,
  findings: async () => (await import('./findings.ts')).findingsCommand,
  reattribute: async () => (await import('./reattribute.ts')).reattributeCommand,
  forget: async () => (await import('./forget.ts')).forgetCommand,
  migrate: async () => (await import('./migrate.ts')).migrateCommand,
  rekey: async () => (await import('./rekey.ts')).rekeyCommand,
  repair: async () => (await import('./repair.ts')).repairCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  classify: async () => (await import('./classify.ts')).classifyCommand,
  alerts: async () => (await import('./alerts/alerts.ts')).alertsCommand,
  export: async () => (await import('./export.ts')).exportCommand,
  service: async () => (await import('./service.ts')).serviceCommand,
  query: async () => (await import('./query.ts')).queryCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  signatures: async () => (await import('./signatures.ts')).signaturesCommand,
  demo: async () => (await import('./demo.ts')).demoCommand,
  completion: async () => (await import('./completion.ts')).completionCommand,
}
const NAMES = Object.keys(COMMANDS)

export async function main(argv: string[]): Promise<void> {
  endQuietlyOnClosedPipe()
  try {
    const program = await buildProgram(needed(argv.slice(2)))
    await program.parseAsync(argv)
  } catch (error) {
    process.exitCode = report(error)
  }
}

/** Which commands these arguments can reach. */
function needed(args: readonly string[]): readonly string[] {
  const [first] = args
  if (first === '--version' || first === '-V') return []
  if (first === undefined || first === 'help' || first === 'completion' || first === '--help' || first === '-h')
    return NAMES
  return Object.hasOwn(COMMANDS, first) ? [first] : ['top']
}

async function buildProgram(names: readonly string[]): Promise<Command> {
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
    .configureOutput({ writeErr: complain })
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .usage('[command] [options] [paths...]')
    .addHelpText(
      'after',
      `
Examples:
  $ authtop                              the built-in demo fleet
  $ authtop '/var/log/myapp/*.log'       read, follow and show your logs
  $ kubectl logs -f deploy/api | authtop -
  $ authtop failures --since 24h --cause skew

Exit codes: 0 fine, 1 a check or condition says so, 2 wrong usage or config, 3 cannot read or write.`,
    )
  for (const name of names) (await COMMANDS[name]!())(program, NAMES)
  for (const command of program.commands)
    for (const own of [command, ...command.commands]) own.exitOverride().configureOutput({ writeErr: complain })
  return program
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage
  if (error instanceof UserError) {
    say(error.message, error.hint)
    return error.exit_code
  }
  if (error instanceof StoreRefusal) {
    say(error.message, error.hint)
    return error.reason === 'unsupported' ? EXIT.usage : EXIT.io
  }
  if ((error as Error).name === 'SecretError') {
    say((error as Error).message, 'secrets are read when a collector starts')
    return EXIT.usage
  }
  if ((error as Error).name === 'PathTemplateError') {
    say((error as Error).message, undefined)
    return EXIT.usage
  }
  const code = (error as NodeJS.ErrnoException).code
  // The last one is said by Node's permission model.
  if (typeof code === 'string' && /^(?:E[A-Z]+|ERR_ACCESS_DENIED)$/.test(code)) {
    say((error as Error).message, undefined)
    return EXIT.io
  }
  throw error
}

function say(message: string, hint: string | undefined): void {
  complain(`authtop: ${message}${hint === undefined || hint === '' ? '' : `\n  ${hint}`}\n`)
}

function version(): string {
  const file = new URL('../../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
