/** The paths of a command as one source: files, journals, tables of a ClickHouse server, or standard input alone. */
import { parseTablesPath } from '../../collectors/clickhouse/asked-tables.ts'
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
  const asked = [...new Set(paths)].map((path) => ({
    path,
    journal: parseJournalPath(path, process.cwd()),
    tables: parseTablesPath(path, process.env),
  }))
  const files = asked.flatMap(({ path, journal, tables }) => (journal === null && tables === null ? path : []))
  if (files.length === asked.length) return openFileSource(paths, options)
  const sources: LogSource[] = []
  try {
    for (const { journal, tables } of asked) {
      if (journal !== null) {
        const { openJournalSource } = await import('../../collectors/journal/journal-source.ts')
        sources.push(openJournalSource(journal, options))
      } else if (tables !== null) {
        const { openTables } = await import('../../collectors/clickhouse/open-tables.ts')
        sources.push(...(await openTables(tables, options)))
      }
    }
    if (files.length > 0) sources.push(await openFileSource(files, options))
  } catch (error) {
    await Promise.all(sources.map((source) => source.close()))
    throw error
  }
  return sources.length === 1 ? sources[0]! : new JoinedSource(sources)
}
