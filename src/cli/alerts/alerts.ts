/** `authtop alerts`: what fired, what would have fired, and whom not to tell. Each subcommand has its own file. */
import type { Command } from 'commander'
import { alertsBacktest } from './backtest.ts'
import { alertsList } from './list.ts'
import { alertsSendTest } from './send-test.ts'
import { alertsSilence } from './silence.ts'
import { alertsTest } from './test.ts'

export function alertsCommand(program: Command): void {
  const command = program
    .command('alerts')
    .summary('what fired, what would have fired, silences')
    .description('Lists alerts, tries rules on stored history, silences, and tests the places alerts are sent to.')
  for (const register of [alertsList, alertsTest, alertsBacktest, alertsSilence, alertsSendTest]) register(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop alerts list
  $ authtop alerts test rules-test.yaml
  $ authtop alerts backtest --since 30d --json

Exit codes: 0 fine, 1 see the subcommand, 2 wrong usage or config, 3 cannot read or write.`,
  )
}
