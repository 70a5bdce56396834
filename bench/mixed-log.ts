/**
 * Makes a seeded, mixed production log: pino, Spring Boot, nginx, logfmt, klog and Python lines, of which a given share speaks
 * of tokens. The same seed and size give the same bytes, so that figures of different days and machines are about one input.
 * `node bench/mixed-log.ts FILE [--mb 1000] [--auth 3] [--seed 1] [--shape mixed|pino|spring|nginx|logfmt|klog|python|keycloak]`
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createRandom } from '../test/simulation/clock/random.ts'

/** What a mixed log is made of. */
export const SHAPES = ['pino', 'spring', 'nginx', 'logfmt', 'klog', 'python'] as const
/** `keycloak`: an identity provider's events, alone; every line is one. */
export type Shape = (typeof SHAPES)[number] | 'keycloak'

export interface MixedLogOptions {
  /** Size to reach, bytes; the last line is whole. */
  bytes: number
  /** Lines that speak of tokens, per hundred; fractions allowed. */
  auth_percent: number
  seed: number
  shapes: readonly Shape[]
}

/** Written at once; bytes. */
const CHUNK_BYTES = 4 * 1024 * 1024
const START_MS = Date.UTC(2026, 10, 16)

/** Writes the file; gives lines written and how many of them speak of tokens. */
export function writeMixedLog(path: string, options: MixedLogOptions): { lines: number; auth: number } {
  const random = createRandom(options.seed).next
  const fd = openSync(path, 'w')
  let chunk = ''
  let written = 0
  let lines = 0
  let auth = 0
  let now = START_MS
  while (written + chunk.length < options.bytes) {
    now += 1 + Math.floor(random() * 120)
    const about = random() * 100 < options.auth_percent
    const shape = options.shapes[Math.floor(random() * options.shapes.length)]!
    chunk += `${LINES[shape](now, random, about)}\n`
    lines++
    if (about) auth++
    if (chunk.length >= CHUNK_BYTES) {
      written += writeSync(fd, chunk)
      chunk = ''
    }
  }
  writeSync(fd, chunk)
  closeSync(fd)
  return { lines, auth }
}

type Random = () => number
type Line = (now_ms: number, random: Random, auth: boolean) => string

const pick = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)]!
const number = (random: Random, below: number): number => Math.floor(random() * below)
const hex = (random: Random, length: number): string => {
  let text = ''
  while (text.length < length)
    text += Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0')
  return text.slice(0, length)
}

const PATHS = [
  '/api/v1/orders',
  '/api/v1/items/search',
  '/api/v2/cart',
  '/healthz',
  '/static/app.css',
  '/api/v1/stock',
  '/checkout/summary',
]
const WORK = [
  'order persisted in the warehouse ledger after the second attempt',
  'cache miss for product listing, falling back to the primary replica',
  'shipment label rendered and queued for the printer in hall 3',
  'reindexed search documents for tenant and flushed the segment',
  'connection pool resized because of sustained queue depth on the replica',
  'scheduled job finished without work to do, next run in five minutes',
  'inventory reservation released after timeout of the checkout page',
]
const CLIENTS = ['web', 'mobile', 'batch-3', 'partner-x', 'kiosk']
const REFUSALS = ['jwt expired', 'invalid signature', 'jwt audience invalid. expected: orders-api', 'jwt not active']

const pino: Line = (now, random, auth) => {
  const id = hex(random, 32)
  if (!auth)
    return `{"level":30,"time":${now},"pid":${1000 + number(random, 9000)},"hostname":"orders-${1 + number(random, 4)}","reqId":"${id}","req":{"method":"GET","url":"${pick(PATHS, random)}?page=${number(random, 90)}","remoteAddress":"10.1.${number(random, 255)}.${number(random, 255)}"},"responseTime":${number(random, 900)}.${number(random, 99)},"msg":"${pick(WORK, random)}"}`
  if (random() < 0.7)
    return `{"level":30,"time":${now},"pid":4711,"hostname":"orders-1","reqId":"${id}","client_id":"${pick(CLIENTS, random)}","msg":"token verified"}`
  return `{"level":40,"time":${now},"pid":4711,"hostname":"orders-1","reqId":"${id}","client_id":"${pick(CLIENTS, random)}","err":{"type":"JsonWebTokenError","message":"${pick(REFUSALS, random)}","stack":"JsonWebTokenError: refused\\n    at verify (/app/node_modules/jsonwebtoken/verify.js:127:19)"},"msg":"request refused"}`
}

const spring: Line = (now, random, auth) => {
  const head = `${new Date(now).toISOString()}  ${auth ? 'WARN' : 'INFO'} ${1 + number(random, 9)} --- [nio-8080-exec-${1 + number(random, 20)}] `
  return auth
    ? `${head}o.s.s.oauth2.server.resource.web        : Failed to authenticate since the JWT was invalid: An error occurred while attempting to decode the Jwt: Jwt expired at ${new Date(now - 60_000).toISOString()}`
    : `${head}c.e.warehouse.${pick(['OrderService', 'StockJob', 'LabelPrinter'], random)}   : ${pick(WORK, random)} [order=${number(random, 1e6)}, tenant=${number(random, 400)}]`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const nginx: Line = (now, random, auth) => {
  const d = new Date(now)
  const two = (n: number) => String(n).padStart(2, '0')
  const stamp = `${two(d.getUTCDate())}/${MONTHS[d.getUTCMonth()]}/${d.getUTCFullYear()}:${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} +0000`
  const status = auth ? 401 : pick([200, 200, 200, 204, 304, 404, 502], random)
  return `10.2.${number(random, 255)}.${number(random, 255)} - - [${stamp}] "${pick(['GET', 'POST'], random)} ${pick(PATHS, random)}?q=${hex(random, 12)} HTTP/1.1" ${status} ${number(random, 50_000)} "https://shop.example.com/list" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"`
}

const logfmt: Line = (now, random, auth) =>
  auth
    ? `ts=${new Date(now).toISOString()} level=warn component=gateway trace_id=${hex(random, 32)} client_id=${pick(CLIENTS, random)} msg="bearer token rejected" err="token is expired by ${1 + number(random, 50)}m${number(random, 60)}s"`
    : `ts=${new Date(now).toISOString()} level=info component=${pick(['gateway', 'ledger', 'mailer'], random)} trace_id=${hex(random, 32)} tenant=${number(random, 400)} duration=${number(random, 900)}ms msg="${pick(WORK, random)}"`

const klog: Line = (now, random, auth) => {
  const d = new Date(now)
  const head = `${auth ? 'E' : 'I'}${String(d.getUTCMonth() + 1).padStart(2, '0')}${String(d.getUTCDate()).padStart(2, '0')} ${d.toISOString().slice(11, 23)}000 ${String(1 + number(random, 9)).padStart(7)} `
  return auth
    ? `${head}authentication.go:73] "Unable to authenticate the request" err="[invalid bearer token, service account token has expired]"`
    : `${head}controller.go:${100 + number(random, 900)}] "Reconciled object" namespace="shop-${number(random, 40)}" name="orders-${hex(random, 10)}" generation=${number(random, 90)} duration="${number(random, 900)}ms"`
}

const python: Line = (now, random, auth) => {
  const stamp = new Date(now).toISOString().slice(0, 23).replace('T', ' ').replace('.', ',')
  return auth
    ? `${stamp} WARNING reports.auth ${pick(CLIENTS, random)}: jwt.exceptions.ExpiredSignatureError: Signature has expired`
    : `${stamp} INFO reports.${pick(['pipeline', 'render', 'mail'], random)} ${pick(WORK, random)} (batch ${number(random, 90_000)}, took ${number(random, 9000)} ms)`
}

const EVENTS = [
  'type="LOGIN"',
  'type="LOGIN"',
  'type="CODE_TO_TOKEN"',
  'type="CODE_TO_TOKEN"',
  'type="REFRESH_TOKEN"',
  'type="REFRESH_TOKEN"',
  'type="CLIENT_LOGIN"',
  'type="REFRESH_TOKEN_ERROR", error="invalid_token", reason="Token is not active"',
  'type="CODE_TO_TOKEN_ERROR", error="invalid_code"',
]

const keycloak: Line = (now, random) => {
  const event = pick(EVENTS, random)
  const stamp = new Date(now).toISOString().slice(0, 23).replace('T', ' ').replace('.', ',')
  const uuid = () => `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`
  return `${stamp} ${event.includes('ERROR') ? 'WARN ' : 'DEBUG'} [org.keycloak.events] (executor-thread-${number(random, 30)}) ${event}, realmId="shop", realmName="shop", clientId="${pick(CLIENTS, random)}", userId="${uuid()}", sessionId="${uuid()}", ipAddress="10.3.${number(random, 255)}.${number(random, 255)}", token_id="${uuid()}", grant_type="refresh_token", scope="openid profile", client_auth_method="client-secret"`
}

const LINES: Readonly<Record<Shape, Line>> = { pino, spring, nginx, logfmt, klog, python, keycloak }

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      mb: { type: 'string', default: '1000' },
      auth: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      shape: { type: 'string', default: 'mixed' },
    },
  })
  const [path] = positionals
  if (path === undefined)
    throw new Error('usage: node bench/mixed-log.ts FILE [--mb N] [--auth PERCENT] [--seed N] [--shape S]')
  const all: readonly Shape[] = [...SHAPES, 'keycloak']
  const shapes = values.shape === 'mixed' ? SHAPES : all.filter((s) => s === values.shape)
  if (shapes.length === 0) throw new Error(`--shape is one of mixed, ${all.join(', ')}`)
  const made = writeMixedLog(path, {
    bytes: Number(values.mb) * 1e6,
    auth_percent: Number(values.auth),
    seed: Number(values.seed),
    shapes,
  })
  console.log(`${path}: ${made.lines} lines, ${made.auth} of them about tokens`)
}
