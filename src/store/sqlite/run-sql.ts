/**
 * Runs a person's SQL in a process of its own: SQLite in better-sqlite3 cannot be interrupted from outside, and a
 * thread inside it cannot be stopped, so a runaway query is ended by ending its process.
 */
import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type SqlResult, StoreRefusal } from '../../core/ports/store.ts'
import type { SqlReply, SqlRequest } from './sql-message.ts'

/** Heap of the query process, MiB; SQLite's own memory is limited there too. */
const HEAP_MIB = 256

/** Beside this file, with this file's ending: `.ts` in the sources, `.js` when built. */
const PROCESS_FILE = fileURLToPath(new URL(`./sql-process${extname(import.meta.url)}`, import.meta.url))

/** Columns and at most `limit` rows; throws a {@link StoreRefusal} for SQL that writes, fails or takes longer than `timeout_ms`. */
export function runSql(path: string, query: string, limit: number, timeout_ms: number): Promise<SqlResult> {
  const child = fork(PROCESS_FILE, {
    execArgv: [`--max-old-space-size=${HEAP_MIB}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const hint = 'narrow it down, for example by time_ms, or give it more time'
      reject(new StoreRefusal('unsupported', `the query took longer than ${timeout_ms / 1000} s and was stopped`, hint))
      child.kill('SIGKILL')
    }, timeout_ms)
    child.once('message', (reply: SqlReply) => {
      if ('result' in reply) resolve(reply.result)
      else reject(new StoreRefusal(reply.refusal.reason, reply.refusal.message, reply.refusal.hint))
      child.kill('SIGKILL')
    })
    child.once('error', reject)
    child.once('exit', () => {
      clearTimeout(timer)
      // Only the first outcome counts: this one is for a process that ended without a word.
      reject(
        new StoreRefusal(
          'unsupported',
          'the query needed more memory than it may use',
          'narrow it down or aggregate in SQL',
        ),
      )
    })
    const request: SqlRequest = { path, query, limit }
    child.send(request)
  })
}
