/**
 * The layout of pino with pino-http: real pino, its own serialisers, and the objects in the places where pino-http
 * (logger.js: `child({ req })`, then `{ res, responseTime }`, "request completed") and
 * @opentelemetry/instrumentation-pino (`trace_id`, `span_id`, `trace_flags`) put them.
 */
import type { JWTPayload } from 'jose'
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'
import type { HostClock } from './host-clock.ts'
import type { HttpAnswer, HttpRequest } from './http-exchange.ts'
import type { ServiceLog } from './service-log.ts'

export interface PinoOptions {
  /** Name of the service. */
  name: string
  hostname: string
  pid: number
  clock: HostClock
  file: DestinationStream
}

/** A pino logger that stamps with its host's clock. `redact`: paths that pino itself blanks out. */
export function pinoLogger({ name, hostname, pid, clock, file }: PinoOptions, redact: string[] = []): Logger {
  return pino(
    {
      name,
      base: { pid, hostname },
      level: 'info',
      redact,
      serializers: { req: stdSerializers.req, res: stdSerializers.res, err: stdSerializers.err },
      timestamp: () => `,"time":${clock.now_ms()}`,
    },
    file,
  )
}

export class PinoServiceLog implements ServiceLog {
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  accepted(request: HttpRequest, { jti, sub, client_id, iat, exp }: JWTPayload): void {
    this.#of(request).info({ ...traceOf(request), client_id, sub, jti, iat, exp }, 'token accepted')
  }

  refused(request: HttpRequest, err: Error): void {
    this.#of(request).warn({ ...traceOf(request), err }, 'token refused')
  }

  completed(request: HttpRequest, { status, challenge, took_ms }: HttpAnswer): void {
    const headers = {
      'x-powered-by': 'Express',
      ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
      'content-type': 'application/json; charset=utf-8',
    }
    const res = { statusCode: status, headersSent: true, getHeaders: () => headers }
    this.#of(request).info({ ...traceOf(request), res, responseTime: took_ms }, 'request completed')
  }

  told(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#log.info(fields, message)
  }

  #of({ id, method, url, headers, remoteAddress, remotePort }: HttpRequest): Logger {
    return this.#log.child({ req: { id, method, url, headers, socket: { remoteAddress, remotePort } } })
  }
}

function traceOf({ trace }: HttpRequest): Record<string, string> {
  return trace === null ? {} : { ...trace, trace_flags: '01' }
}
