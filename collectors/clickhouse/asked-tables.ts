/**
 * Which tables a path of the form `clickhouse://user@host:8123/database?option=value` means: those that the OpenTelemetry
 * Collector's ClickHouse exporter fills. The password comes from the path or from AUTHTOP_FROM_CLICKHOUSE_PASSWORD, and is in no name.
 */
import { PathTemplateError } from '../file/path-template.ts'

export interface AskedTables {
  /** As it is shown, and as the streams are named after. */
  name: string
  url: string
  user: string
  password: string
  database: string
  /** Names of the tables. */
  logs: string
  traces: string
  /** Rows younger than this are left until later, so that what arrives out of order is in order; ms. */
  settle_ms: number
}

const PREFIX = 'clickhouse://'
export const PASSWORD_VARIABLE = 'AUTHTOP_FROM_CLICKHOUSE_PASSWORD'
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/
const OPTIONS: readonly string[] = ['logs', 'traces', 'settle_s', 'secure']
/** The exporter sends every 5 s, and tries again within the next seconds where that fails. */
const SETTLE_S = 15

/** Null for what is no such path. @throws PathTemplateError where it cannot mean anything. */
export function parseTablesPath(path: string, env: NodeJS.ProcessEnv): AskedTables | null {
  if (!path.startsWith(PREFIX)) return null
  let url: URL
  try {
    url = new URL(`http://${path.slice(PREFIX.length)}`)
  } catch {
    throw new PathTemplateError('a path that begins with clickhouse:// is a URL: clickhouse://user@host:8123/database')
  }
  for (const option of url.searchParams.keys())
    if (!OPTIONS.includes(option))
      throw new PathTemplateError(`there is no option ${option}; there are ${OPTIONS.join(', ')}`)
  const given = (option: string, otherwise: string) => url.searchParams.get(option) ?? otherwise
  const database = decodeURIComponent(url.pathname.slice(1)) || 'otel'
  const logs = given('logs', 'otel_logs')
  const traces = given('traces', 'otel_traces')
  for (const name of [database, logs, traces])
    if (!IDENTIFIER.test(name)) throw new PathTemplateError(`"${name}" is no name of a database or table`)
  const settle_s = Number(given('settle_s', String(SETTLE_S)))
  if (!(settle_s >= 0 && settle_s <= 86_400))
    throw new PathTemplateError('settle_s is a number of seconds, a day at most')
  const secure = given('secure', '0') === '1'
  const host = `${url.hostname}:${url.port || (secure ? 8443 : 8123)}`
  const user = decodeURIComponent(url.username) || 'default'
  return {
    name: `${PREFIX}${encodeURIComponent(user)}@${host}/${database}`,
    url: `${secure ? 'https' : 'http'}://${host}`,
    user,
    password: url.password === '' ? (env[PASSWORD_VARIABLE] ?? '') : decodeURIComponent(url.password),
    database,
    logs,
    traces,
    settle_ms: settle_s * 1000,
  }
}
