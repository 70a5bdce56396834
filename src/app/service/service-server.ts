/**
 * `/metrics`, `/healthz` and `/readyz` of a collector that runs as a service. Plain node:http: three fixed answers need no
 * framework. Invariant: nothing is served beyond this machine without TLS and a token; a token is compared in constant time.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { CHECK_CONNECTIONS_MS, SECURITY_HEADERS, TLS_HANDSHAKE_MS, TLS_MIN_VERSION } from '../../core/http-face.ts'
import { isLocalName, isLocalOrigin, isLoopback } from '../../core/local-name.ts'
import { OPEN_METRICS_TYPE, openMetrics, wantsOpenMetrics } from '../../telemetry/open-metrics.ts'

export interface ServiceServerOptions {
  host: string
  port: number
  /** Bearer token; null: none is asked for. */
  token: string | null
  tls: { cert: string; key: string } | null
  metrics(): Promise<string>
  /** History is read and rules are live. */
  ready(): boolean
  /** Commits go through; a reason where they do not. */
  healthy(): string | null
}

export interface ServiceServer {
  url: string
  /** Another token and certificate from here on; throws where the certificate cannot be read and keeps the old ones then. */
  renew(secrets: Pick<ServiceServerOptions, 'token' | 'tls'>): void
  close(): Promise<void>
}

/** A scrape is a few hundred bytes; who takes longer is no scraper; ms. */
const REQUEST_MS = 10_000
/** Prometheus keeps one, probes open one each. */
const CONNECTIONS = 100

export async function startServiceServer(options: ServiceServerOptions): Promise<ServiceServer> {
  const { tls, host, port } = options
  let { token } = options
  const listener: RequestListener = (request, response) =>
    void answer({ ...options, token }, request, response).catch(() => response.writeHead(500).end())
  const server =
    tls === null
      ? createServer({ connectionsCheckingInterval: CHECK_CONNECTIONS_MS }, listener)
      : createTlsServer(
          {
            cert: readFileSync(tls.cert),
            key: readFileSync(tls.key),
            minVersion: TLS_MIN_VERSION,
            handshakeTimeout: TLS_HANDSHAKE_MS,
            connectionsCheckingInterval: CHECK_CONNECTIONS_MS,
          },
          listener,
        )
  const secured = server instanceof TlsServer ? server : null
  server.requestTimeout = REQUEST_MS
  server.headersTimeout = REQUEST_MS
  server.maxConnections = CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    renew: (secrets) => {
      if (secrets.tls !== null)
        secured?.setSecureContext({
          cert: readFileSync(secrets.tls.cert),
          key: readFileSync(secrets.tls.key),
          minVersion: TLS_MIN_VERSION,
        })
      token = secrets.token
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  options: ServiceServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const say = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
    response.writeHead(status, { ...SECURITY_HEADERS, 'content-type': type }).end(text)
  if (request.method !== 'GET' && request.method !== 'HEAD') return void say(405, 'only GET\n')
  const { host, origin } = request.headers
  if (options.token === null && !(isLocalName(host) && isLocalOrigin(origin)))
    return void say(421, 'ask for this machine by its own name, or set a token\n')
  const path = request.url?.split('?', 1)[0]
  // Probes carry no token and learn nothing.
  if (path === '/healthz') {
    const reason = options.healthy()
    return void (reason === null ? say(200, 'ok\n') : say(503, 'not healthy\n'))
  }
  if (path === '/readyz') return void (options.ready() ? say(200, 'ready\n') : say(503, 'reading history\n'))
  if (path !== '/metrics') return void say(404, 'there are /metrics, /healthz and /readyz\n')
  if (options.token !== null && !isToken(request.headers.authorization, options.token)) {
    response.setHeader('www-authenticate', 'Bearer')
    return void say(401, 'a token is needed\n')
  }
  const text = await options.metrics()
  response.setHeader('vary', 'accept')
  if (wantsOpenMetrics(request.headers.accept)) say(200, openMetrics(text), OPEN_METRICS_TYPE)
  else say(200, text, 'text/plain; version=0.0.4; charset=utf-8')
}

function isToken(header: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`))
}

/** `127.0.0.1:9464`, `[::1]:9464`; null where it is none. */
export function parseListen(text: string): { host: string; port: number; loopback: boolean } | null {
  const [, v6, name, digits] = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/i.exec(text) ?? []
  const host = v6 ?? name
  const port = Number(digits)
  return host === undefined || port > 65_535 ? null : { host, port, loopback: isLoopback(host) }
}
