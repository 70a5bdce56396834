/** `authtop reload`: asks the running collector to read its configuration again. */
import type { Command } from 'commander'
import { openDesk } from '../store/index.ts'
import { readConfig } from './config-option.ts'
import { UserError } from './exit-code.ts'
import { note } from './output.ts'
import { addStoreOptions, type StoreOptions, storeLocation } from './store-option.ts'

interface Options extends StoreOptions {
  config?: string
}

export function reloadCommand(program: Command): void {
  const command = program
    .command('reload')
    .summary('let the running collector read its configuration again')
    .description(
      'Sends SIGHUP to the collector (collect -c) that writes the store. Rules, sinks and retention change in place; other paths, store, zone or address make it begin anew without losing a line. Its log says what came of it.',
    )
    .option('-c, --config <file>', 'its configuration: checked first, and names the store')
  addStoreOptions(command)
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop reload -c /etc/authtop/authtop.yaml

Exit codes: 0 asked, 2 wrong usage or a mistake in the configuration, 3 no such collector.`,
  )
  command.action(async (options: Options) => {
    const config = options.config === undefined ? null : readConfig(options.config)
    const named = config?.store === undefined ? {} : { store: config.store }
    const location = storeLocation(
      options.db !== undefined || options.store !== undefined ? options : named,
      process.env,
    )
    const desk = await openDesk(location)
    try {
      const pid = await desk.collector()
      if (pid === null)
        throw new UserError(
          `no collector with a configuration writes ${location}`,
          'start one with "authtop collect -c FILE"',
          3,
        )
      process.kill(pid, 'SIGHUP')
      note(`asked process ${pid}`)
    } finally {
      await desk.close()
    }
  })
}
