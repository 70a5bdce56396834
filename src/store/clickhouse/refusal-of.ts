/**
 * Turns what the server and the network answer into a {@link StoreRefusal}: one sentence and a hint, without any secret.
 * Codes are those of ClickHouse's src/Common/ErrorCodes.cpp.
 */
import { ClickHouseError } from '@clickhouse/client'
import { type RefusalReason, StoreRefusal } from '../../core/ports/store.ts'

/** The server is there and cannot take it now: the batch waits in the spool and is tried again. */
const FOR_NOW: ReadonlySet<string> = new Set([
  '159', // TIMEOUT_EXCEEDED
  '160', // TOO_SLOW
  '202', // TOO_MANY_SIMULTANEOUS_QUERIES
  '209', // SOCKET_TIMEOUT
  '210', // NETWORK_ERROR
  '225', // NO_ZOOKEEPER
  '236', // ABORTED
  '241', // MEMORY_LIMIT_EXCEEDED
  '242', // TABLE_IS_READ_ONLY: a replica without its Keeper
  '243', // NOT_ENOUGH_SPACE
  '252', // TOO_MANY_PARTS
  '279', // ALL_CONNECTION_TRIES_FAILED
  '285', // TOO_FEW_LIVE_REPLICAS
  '286', // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  '319', // UNKNOWN_STATUS_OF_INSERT
  '425', // SYSTEM_ERROR
  '439', // CANNOT_SCHEDULE_TASK
  '999', // KEEPER_EXCEPTION
])

const REASONS: Readonly<Record<string, [RefusalReason, string]>> = {
  '164': ['read_only', 'this user may only read; give the collector the grants in docs/clickhouse.md'],
  '192': ['unreachable', 'check the user in the URL'],
  '194': ['unreachable', 'the user needs a password: set AUTHTOP_CLICKHOUSE_PASSWORD'],
  '243': ['disk_full', 'make room on the server; nothing is lost, the batch is tried again'],
  '497': ['read_only', 'give the user the grants in docs/clickhouse.md'],
  '516': ['unreachable', 'check user and password (AUTHTOP_CLICKHOUSE_PASSWORD)'],
  '81': ['missing', 'collect something first, or check the database in the URL'],
  '60': ['missing', 'collect something first, or check the database in the URL'],
}

/** Longer answers of a server quote the query; characters. */
const MESSAGE_LIMIT = 300

/** Whether the same may succeed later without anybody changing anything. */
export function isForNow(error: unknown): boolean {
  if (error instanceof ClickHouseError) return FOR_NOW.has(error.code)
  return error instanceof Error && !(error instanceof StoreRefusal)
}

/** @param shown the location without its secret. */
export function refusalOf(error: unknown, shown: string): unknown {
  if (error instanceof StoreRefusal || !(error instanceof Error)) return error
  if (error instanceof ClickHouseError) {
    const [reason, hint] = REASONS[error.code] ?? ['unsupported', 'see docs/clickhouse.md']
    return new StoreRefusal(reason, `${shown} refused: ${told(error.message)} (code ${error.code})`, hint, {
      cause: error,
    })
  }
  const { code } = error as NodeJS.ErrnoException
  return new StoreRefusal(
    'unreachable',
    `${shown} does not answer${code === undefined ? `: ${told(error.message)}` : ` (${code})`}`,
    'check host and port of its HTTP interface (8123; 8443 with ?secure=1), and that it runs',
    { cause: error },
  )
}

/** The first sentence of a server's message; the client's own texts never hold the password. */
function told(message: string): string {
  const line = message.split('\n', 1)[0]!
  return line.length > MESSAGE_LIMIT ? `${line.slice(0, MESSAGE_LIMIT)}…` : line
}
