/** `authtop service`: the collector as a systemd service. */
import { execFile } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { systemdUnit } from '../app/service/systemd-unit.ts'
import { readConfig } from './config-option.ts'
import { UserError } from './exit-code.ts'
import { note, print } from './output.ts'

interface Options {
  config: string
  group: string[]
  readAllLogs?: boolean
  programs: boolean
  unitDir: string
}

const run = promisify(execFile)
const CONFIG = '/etc/authtop/authtop.yaml'
const UNIT_FOLDER = '/etc/systemd/system'
const UNIT = 'authtop.service'
/** Debian and its kin let `adm` read logs, journald its own group. */
const GROUPS = ['adm', 'systemd-journal']

export function serviceCommand(program: Command): void {
  const command = program
    .command('service')
    .summary('run the collector as a systemd service')
    .description(
      'Installs the collector as a systemd service that may read logs and write its store, and nothing else. It starts on boot, is watched, and reads its configuration again on "systemctl reload authtop".',
    )
  withUnitOptions(
    command.command('print').summary('print the unit').description('Prints the unit that install would write.'),
  ).action(async (options: Options) => print(unitOf(options)))
  withUnitOptions(
    command
      .command('install')
      .summary('write the unit, enable and start it')
      .description('Checks the configuration, writes the unit, enables and starts the service. Needs root.'),
  ).action(async (options: Options) => {
    readConfig(options.config)
    const file = join(options.unitDir, UNIT)
    const before = existsSync(file)
    writeFileSync(file, unitOf(options))
    note(`${before ? 'replaced' : 'wrote'} ${file}`)
    await systemctl('daemon-reload')
    await systemctl('enable', UNIT)
    await systemctl('restart', UNIT)
    note('it runs: systemctl status authtop, journalctl -u authtop')
  })
  command
    .command('uninstall')
    .summary('stop it and remove the unit')
    .description('Stops and disables the service and removes its unit. Configuration and store stay. Needs root.')
    .option('--unit-dir <folder>', 'where the unit is', UNIT_FOLDER)
    .action(async ({ unitDir }: Pick<Options, 'unitDir'>) => {
      const file = join(unitDir, UNIT)
      if (!existsSync(file)) throw new UserError(`there is no ${file}`, 'nothing to uninstall', 3)
      await systemctl('disable', '--now', UNIT)
      rmSync(file)
      await systemctl('daemon-reload')
      note(`removed ${file}; configuration and store stay where they are`)
    })
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop service print
  # authtop service install -c /etc/authtop/authtop.yaml
  # authtop service uninstall

Exit codes: 0 fine, 2 wrong usage or config, 3 cannot write, or systemd refuses.`,
  )
}

function withUnitOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'its configuration', CONFIG)
    .option('--group <name...>', `groups whose logs it may read (default: ${GROUPS.join(' ')})`)
    .option('--read-all-logs', 'let it read every file (CAP_DAC_READ_SEARCH), where groups do not suffice')
    .option(
      '--no-programs',
      'let it start no program: no watchdog, journal, exec sink or chronyc, and systemd is not told when it is ready',
    )
    .option('--unit-dir <folder>', 'where the unit is written', UNIT_FOLDER)
}

function unitOf({ config, group, readAllLogs, programs }: Options): string {
  return systemdUnit({
    node: process.execPath,
    entry: resolve(process.argv[1]!),
    config: resolve(config),
    groups: group ?? GROUPS,
    readAll: readAllLogs === true,
    programs,
  })
}

async function systemctl(...words: string[]): Promise<void> {
  try {
    await run('systemctl', words)
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: string }
    throw new UserError(
      code === 'ENOENT'
        ? 'there is no systemctl on this machine'
        : `systemctl ${words.join(' ')}: ${stderr?.trim() ?? code}`,
      code === 'ENOENT' ? 'print the unit, or run "authtop collect" under another supervisor' : 'are you root?',
      3,
    )
  }
}
