/**
 * Where a ClickHouse store is and how it is spoken to: `clickhouse://user@host:8123/database?option=value`.
 * Every option is checked here; a mistake is the user's and named. Invariant: the password leaves this object only towards the
 * server; whatever is shown or hashed is made from {@link ClickhouseLocation.shown}.
 */
import { readFileSync } from 'node:fs'
import { homedir, hostname } from 'node:os'
import { join } from 'node:path'
import { StoreRefusal } from '../../core/ports/store.ts'

export interface ClickhouseLocation {
  /** Base URL of the HTTP interface, without user and path. */
  url: string
  user: string
  password: string
  database: string
  /** Who writes: positions, clocks and alert state are kept by this name. */
  collector: string
  /** Folder of the spool, where batches wait on disk until the server has them. */
  spool: string
  /** Spooled bytes at which collecting waits. */
  spool_bytes: number
  /** Cluster whose hosts all get the tables; null: one server. */
  cluster: string | null
  /** ReplicatedMergeTree instead of MergeTree. */
  replicated: boolean
  /** The server gathers small inserts of many collectors (async_insert, acknowledged when stored). */
  async_insert: boolean
  /** Certificate of the authority that the server's one is to be trusted for, PEM; null: those that this machine trusts. */
  authority: Buffer | null
  /** Longest wait for an answer, ms. */
  timeout_ms: number
  /** The location without its secret. */
  shown: string
}

/** Where the password is taken from when the URL has none. */
export const PASSWORD_VARIABLE = 'AUTHTOP_CLICKHOUSE_PASSWORD'

/** A day of a busy collector: 100 batches/s of 100 kB would fill it in four minutes, 1/s of 20 kB in a day. */
const SPOOL_BYTES = 2 * 1024 ** 3
const TIMEOUT_MS = 30_000

/** Names that go into SQL as they are; ClickHouse's own unquoted identifiers. */
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z0-9_]{0,59}$/
/** Also a folder's name. */
const COLLECTOR = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$/

const OPTIONS = [
  'collector',
  'spool',
  'spool_mib',
  'cluster',
  'replicated',
  'async_insert',
  'timeout_s',
  'secure',
  'password_file',
  'ca_file',
] as const
type Option = (typeof OPTIONS)[number]

/** @param rest the location without `clickhouse:`. Throws StoreRefusal. */
export function parseClickhouse(rest: string, env: NodeJS.ProcessEnv): ClickhouseLocation {
  let url: URL
  try {
    url = new URL(`http:${rest}`)
  } catch {
    throw mistake('that is no URL')
  }
  const database = decodeURIComponent(url.pathname.slice(1)) || 'authtop'
  if (!IDENTIFIER.test(database)) throw mistake('a database is named with letters, digits and _')
  const given = options(url.searchParams)
  const collector = given.collector ?? hostname()
  if (!COLLECTOR.test(collector))
    throw mistake('a collector is named with letters, digits, dots, - and _ (?collector=)')
  const cluster = given.cluster ?? null
  if (cluster !== null && !IDENTIFIER.test(cluster)) throw mistake('a cluster is named with letters, digits and _')
  const secure = flag('secure', given.secure, false)
  const host = `${url.hostname}:${url.port || (secure ? 8443 : 8123)}`
  const user = decodeURIComponent(url.username) || 'default'
  const shown = `clickhouse://${encodeURIComponent(user)}@${host}/${database}`
  return {
    url: `${secure ? 'https' : 'http'}://${host}`,
    user,
    password: password(url, given.password_file, env),
    database,
    collector,
    spool: given.spool ?? join(stateFolder(env), 'spool'),
    spool_bytes: given.spool_mib === undefined ? SPOOL_BYTES : whole('spool_mib', given.spool_mib) * 1024 ** 2,
    cluster,
    replicated: flag('replicated', given.replicated, cluster !== null),
    async_insert: flag('async_insert', given.async_insert, false),
    authority: given.ca_file === undefined ? null : read('certificate of the authority', given.ca_file),
    timeout_ms: given.timeout_s === undefined ? TIMEOUT_MS : whole('timeout_s', given.timeout_s) * 1000,
    shown,
  }
}

/** Under systemd the unit's own (StateDirectory=), else as the XDG base directory specification has it. */
function stateFolder(env: NodeJS.ProcessEnv): string {
  return env.STATE_DIRECTORY || join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'authtop')
}

function options(params: URLSearchParams): Partial<Record<Option, string>> {
  const given: Partial<Record<Option, string>> = {}
  for (const [name, value] of params) {
    if (!(OPTIONS as readonly string[]).includes(name))
      throw mistake(`there is no option ${name}; there are ${OPTIONS.join(', ')}`)
    given[name as Option] = value
  }
  return given
}

function password(url: URL, file: string | undefined, env: NodeJS.ProcessEnv): string {
  if (url.password !== '') return decodeURIComponent(url.password)
  if (file === undefined) return env[PASSWORD_VARIABLE] ?? ''
  return read('password file', file).toString('utf8').trimEnd()
}

function read(what: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw mistake(`the ${what} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function flag(name: Option, text: string | undefined, otherwise: boolean): boolean {
  if (text === undefined) return otherwise
  if (text !== '0' && text !== '1') throw mistake(`${name} is 0 or 1`)
  return text === '1'
}

function whole(name: Option, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw mistake(`${name} is a whole number above 0`)
  return value
}

function mistake(text: string): StoreRefusal {
  return new StoreRefusal(
    'unsupported',
    `this location of a ClickHouse store is not understood: ${text}`,
    'write clickhouse://user@host:8123/database?option=value; see docs/clickhouse.md',
  )
}
