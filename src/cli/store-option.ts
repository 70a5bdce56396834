/** `--db FILE`, `--store URL` and AUTHTOP_DB: which store a command works on. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { UserError } from './exit-code.ts'

export interface StoreOptions {
  db?: string
  store?: string
}

export function addStoreOptions(command: Command): Command {
  return command
    .option('--db <file>', 'SQLite store (default: $AUTHTOP_DB, else authtop.db under $XDG_STATE_HOME/authtop)')
    .option(
      '--store <url>',
      'store by URL: sqlite:/var/lib/authtop/authtop.db, clickhouse://user@host:8123/authtop (docs/clickhouse.md)',
    )
}

export function storeLocation(options: StoreOptions, env: NodeJS.ProcessEnv): string {
  if (options.db !== undefined && options.store !== undefined)
    throw new UserError('--db and --store name two stores', 'give one of them')
  return options.store ?? options.db ?? (env.AUTHTOP_DB || join(stateFolder(env), 'authtop.db'))
}

/** XDG base directory specification: state that outlives a run but is not worth a backup. */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'authtop')
}
