/**
 * A ClickHouse server for tests: the real engine (chdb) behind the part of ClickHouse's HTTP interface that its official client
 * speaks. A process of its own, because the engine answers synchronously and the tests' own children talk to it too.
 * Arguments: folder of the data, port (0: any), a configuration of the server's, if any. Says `{"port":…}` to its parent when it listens.
 * Leaves out what chdb has not: users (the user `reader` may only read; its password is `secret`), sessions, compression.
 */
import { createServer } from 'node:http'
import { Session } from 'chdb'

const [, , folder, port, config] = process.argv
const engine = new Session(folder, config === undefined ? {} : { connectionArgs: [`--config-file=${config}`] })

/** Parameters of a request that are no settings. */
const OWN = new Set(['query', 'database', 'default_format', 'query_id', 'session_id', 'user', 'password', 'role'])
/** Settings that only a server's HTTP handler knows. */
const HANDLER = new Set([
  'wait_end_of_query',
  'buffer_size',
  'enable_http_compression',
  'send_progress_in_http_headers',
  'http_write_exception_in_output_format',
])

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => answer(request, Buffer.concat(chunks).toString(), response))
})
// The client keeps sockets for 2.5 s.
server.keepAliveTimeout = 10_000

function answer(request, body, response) {
  const { searchParams, pathname } = new URL(request.url, 'http://localhost')
  if (pathname === '/ping') return void response.end('Ok.\n')
  const [user, password] = credentials(request)
  if ((user !== 'default' && user !== 'reader') || (user === 'reader' && password !== 'secret'))
    return refuse(
      response,
      516,
      `${user}: Authentication failed: password is incorrect, or there is no user with such name.`,
    )
  const given = searchParams.get('query')
  const sql = given === null ? body : body === '' ? given : `${given}\n${body}`
  const settings = [...searchParams].filter(
    ([name]) => !OWN.has(name) && !HANDLER.has(name) && !name.startsWith('param_'),
  )
  const readonly = user === 'reader' || settings.some(([name, value]) => name === 'readonly' && value !== '0')
  const others = settings.filter(([name]) => name !== 'readonly')
  const database = searchParams.get('database') ?? 'default'
  try {
    run(`USE ${database}`)
    for (const [name, value] of others) run(`SET ${name} = ${/^\d+(\.\d+)?$/.test(value) ? value : `'${value}'`}`)
    try {
      const text = run(readonly ? asReader(sql) : sql, searchParams.get('default_format') ?? 'TabSeparated')
      response.setHeader('Content-Type', 'application/json; charset=UTF-8')
      response.end(text)
    } finally {
      for (const [name] of others) run(`SET ${name} = DEFAULT`)
    }
  } catch (error) {
    const [, code = '1000', text = error.message] =
      /Code: (\d+)\. (?:DB::)?Exception: ([\s\S]*)/.exec(error.message) ?? []
    refuse(response, Number(code), text)
  }
}

function run(sql, format = 'TabSeparated') {
  return engine.query(sql, format)
}

/** The engine enforces it: the setting stands in the query, before its format. */
function asReader(sql) {
  const format = /\s+FORMAT\s+\w+\s*$/i.exec(sql)
  const insert = /^\s*INSERT\s+INTO\s+\S+/i.exec(sql)
  if (insert !== null) return `${insert[0]} SETTINGS readonly = 2${sql.slice(insert[0].length)}`
  return format === null
    ? `${sql} SETTINGS readonly = 2`
    : `${sql.slice(0, format.index)}\nSETTINGS readonly = 2${format[0]}`
}

function credentials({ headers }) {
  const basic = /^Basic (.*)$/.exec(headers.authorization ?? '')
  if (basic !== null) return Buffer.from(basic[1], 'base64').toString().split(/:(.*)/s)
  return [headers['x-clickhouse-user'] ?? 'default', headers['x-clickhouse-key'] ?? '']
}

function refuse(response, code, text) {
  response.statusCode = code === 516 ? 403 : 500
  response.setHeader('X-ClickHouse-Exception-Code', String(code))
  response.end(`Code: ${code}. DB::Exception: ${text}${text.endsWith('\n') ? '' : '\n'}`)
}

server.listen(Number(port ?? 0), '127.0.0.1', () => process.send?.({ port: server.address().port }))
// A parent that is killed leaves nobody behind.
process.on('disconnect', () => process.exit(0))
