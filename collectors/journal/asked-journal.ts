/**
 * Which journal a path of the form `journal:…` means, as it is typed on the command line or stands in a configuration.
 * A file of such a name is reached as `./journal:…`.
 */
import { resolve } from 'node:path'
import { PathTemplateError } from '../file/path-template.ts'

export interface AskedJournal {
  /** As it was typed; the stream is named after it. */
  name: string
  /** Entries of these units only; empty: all. */
  units: readonly string[]
  /** Journal files in this directory, absolute; this machine's own where absent. */
  directory?: string
}

const PREFIX = 'journal:'

/** Null for what is no journal. @throws PathTemplateError where it cannot mean anything. */
export function parseJournalPath(path: string, cwd: string): AskedJournal | null {
  if (!path.startsWith(PREFIX)) return null
  const which = path.slice(PREFIX.length)
  if (which.includes('/')) return { name: path, units: [], directory: resolve(cwd, which) }
  const units = which === '' ? [] : which.split(',')
  // https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html, and the wildcards of `journalctl -u`.
  for (const unit of units)
    if (!/^[\w:.\\@*?[\]-]{1,255}$/.test(unit)) throw new PathTemplateError(`"${unit}" is no name of a unit`)
  return { name: path, units }
}
