/** `-c FILE`: a configuration; its mistakes are the user's, shown with their places. */

import { type Config, loadConfig } from '../app/config/config.ts'
import { ConfigError } from '../app/config/config-mistake.ts'
import { NotPem } from '../app/receivers.ts'
import { UserError } from './exit-code.ts'

export function readConfig(file: string): Config {
  return readingConfig(file, () => loadConfig(file))
}

/** Runs what reads configurations; their mistakes become the user's. */
export function readingConfig<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof ConfigError) throw new UserError(error.message, 'see docs/alerts.md for every setting')
    if (error instanceof NotPem) throw new UserError(error.message)
    const { code, path = file } = error as NodeJS.ErrnoException
    if (code !== undefined) throw new UserError(`cannot read ${path} (${code})`, undefined, 3)
    throw error
  }
}
