/**
 * gw-1: takes every request, gives it an id and a place to go, and writes the access log once it is answered. Services
 * are asked through it and never directly, so that one refused request is spoken of in two logs at least.
 */
import { accessLine } from './access-log.ts'
import type { HostClock } from './host-clock.ts'
import type { HttpRequest } from './http-exchange.ts'
import type { LogFile } from './log-file.ts'
import type { Random } from './random.ts'
import type { Service } from './service.ts'
import type { Timeline } from './timeline.ts'
import type { Presented } from './truth.ts'

export type Route = 'orders' | 'reports' | 'payments'

/** A caller's request, before the gateway has seen it. */
export interface Call {
  route: Route
  method: 'GET' | 'POST'
  url: string
  scope: string
  presented: Presented
  address: string
  user_agent: string
  /** Sends W3C trace context along. */
  traced: boolean
}

const GATEWAY_ADDRESS = '10.20.0.2'
/** Way from gateway to service and back, each, ms. */
const HOP_MS = [1, 3] as const

export class Gateway {
  readonly #timeline: Timeline
  readonly #clock: HostClock
  readonly #file: LogFile
  readonly #random: Random
  readonly #upstreams: Readonly<Record<Route, readonly [Service, ...Service[]]>>

  constructor(
    timeline: Timeline,
    clock: HostClock,
    file: LogFile,
    random: Random,
    upstreams: Readonly<Record<Route, readonly [Service, ...Service[]]>>,
  ) {
    this.#timeline = timeline
    this.#clock = clock
    this.#file = file
    this.#random = random
    this.#upstreams = upstreams
  }

  /** Sends a call on its way; `answered` runs when the caller gets the status. */
  send(call: Call, answered: (status: number) => void | Promise<void>): void {
    const random = this.#random
    const request = this.#requestOf(call)
    const service = random.pick(this.#upstreams[call.route])
    const arrived_ms = this.#timeline.now_ms
    this.#timeline.after(random.between(...HOP_MS), () =>
      service.handle(request, call, (status) =>
        this.#timeline.after(random.between(...HOP_MS), () => {
          this.#file.write(
            accessLine({
              request,
              address: call.address,
              upstream: service.address,
              status,
              bytes: status === 200 ? random.between(180, 4_200) : random.between(58, 131),
              took_ms: this.#timeline.now_ms - arrived_ms,
              now_ms: this.#clock.now_ms(),
            }),
          )
          return answered(status)
        }),
      ),
    )
  }

  #requestOf({ method, url, presented, address, user_agent, traced, route }: Call): HttpRequest {
    const random = this.#random
    const id = random.hex(32)
    const trace = traced ? { trace_id: random.hex(32), span_id: random.hex(16) } : null
    const headers: Record<string, string> = {
      host: `${route}.internal:8080`,
      'x-request-id': id,
      'x-forwarded-for': address,
      'user-agent': user_agent,
      accept: 'application/json',
    }
    if (presented !== null) headers.authorization = `Bearer ${bearerOf(presented)}`
    if (trace !== null) headers.traceparent = `00-${trace.trace_id}-${random.hex(16)}-01`
    return {
      id,
      method,
      url,
      headers,
      remoteAddress: GATEWAY_ADDRESS,
      remotePort: random.between(32_768, 60_999),
      trace,
    }
  }
}

/** The token as it is sent: a tampered one claims to be somebody else, under a signature made for the first. */
function bearerOf({ token, tampered }: NonNullable<Presented>): string {
  if (!tampered) return token.access_token
  const [header, payload, signature] = token.access_token.split('.') as [string, string, string]
  const claims: Record<string, unknown> = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'u-admin' })).toString('base64url')
  return `${header}.${forged}.${signature}`
}
