/** The paths of a command as one source: files, journals, or standard input alone. */
import { openFileSource } from '../../collectors/file/file-source.ts'
import { parseJournalPath } from '../../collectors/journal/asked-journal.ts'
import { openStdinSource } from '../../collectors/stdin/stdin-source.ts'
import type { LogSource, SourceOptions } from '../core/ports/source.ts'
import { JoinedSource } from './joined-source.ts'

/** By its descriptor, because a worker thread's `process.stdin` is not the process's. */
const STDIN = 0

/** Null where nothing is read. @throws PathTemplateError for what cannot mean anything. */
export async function openSource(paths: readonly string[], options: SourceOptions): Promise<LogSource | null> {
  if (paths.length === 0) return null
  if (paths.length === 1 && paths[0] === '-') return openStdinSource(STDIN, options)
  const asked = [...new Set(paths)].map((path) => ({ path, journal: parseJournalPath(path, process.cwd()) }))
  const journals = asked.flatMap(({ journal }) => journal ?? [])
  if (journals.length === 0) return openFileSource(paths, options)
  const { openJournalSource } = await import('../../collectors/journal/journal-source.ts')
  const sources = journals.map((journal) => openJournalSource(journal, options))
  const files = asked.flatMap(({ path, journal }) => (journal === null ? path : []))
  if (files.length > 0) sources.push(await openFileSource(files, options))
  return sources.length === 1 ? sources[0]! : new JoinedSource(sources)
}
