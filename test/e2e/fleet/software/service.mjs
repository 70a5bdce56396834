/**
 * A resource server behind the gateway: checks bearer tokens with the library of its plan and logs in its own layout.
 * Arguments: input file, log file. Writes its port to standard output; reads its input again on SIGHUP (a deploy) and says
 * "loaded" there when that is done; ends with standard input.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { openHttpLog } from './http-log.mjs'

const [, , inputFile, logFile] = process.argv
const read = () => JSON.parse(readFileSync(inputFile, 'utf8'))
let plan = read()
const { prepare } = await import(`./check-${plan.library}.mjs`)
const log = openHttpLog({ ...plan, file: logFile })
let check = await prepare(plan)
process.on('SIGHUP', async () => {
  plan = read()
  check = await prepare(plan)
  log.told('configuration loaded', { audience: plan.audience, issuer: plan.issuer })
  console.log('loaded')
})

class Refusal extends Error {
  constructor(name, message, fields) {
    super(message)
    Object.assign(this, { name, ...fields })
  }
}

const scopeOf = (method) => `${plan.route}:${method === 'GET' ? 'read' : 'write'}`

async function claimsOf(incoming) {
  const token = /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '')?.[1]
  if (token === undefined)
    throw new Refusal('UnauthorizedError', 'No authorization token was found', {
      code: 'credentials_required',
      status: 401,
    })
  const claims = await check(token)
  if (!String(claims.scope).split(' ').includes(scopeOf(incoming.method)))
    throw new Refusal('InsufficientScopeError', 'Insufficient Scope', { code: 'insufficient_scope', status: 403 })
  return claims
}

function challengeOf({ status, code }) {
  if (code === 'credentials_required') return 'Bearer realm="api"'
  return `Bearer realm="api", error="${status === 403 ? 'insufficient_scope' : 'invalid_token'}"`
}

const server = createServer(async (incoming, response) => {
  const started = performance.now()
  const { method, url, headers } = incoming
  const request = { id: headers['x-request-id'], method, url, headers }
  try {
    const claims = await claimsOf(incoming)
    log.accepted({ request, claims })
    response.end('[]')
  } catch (error) {
    log.refused({ request, error })
    const status = error.status ?? 401
    response.writeHead(status, status < 500 ? { 'www-authenticate': challengeOf(error) } : {}).end()
  }
  log.completed({ request, response, took_ms: Math.round(performance.now() - started) })
})
server.listen(plan.port, '127.0.0.1', () => console.log(server.address().port))
process.stdin.resume().on('end', () => {
  server.closeAllConnections()
  server.close(() => log.close())
})
