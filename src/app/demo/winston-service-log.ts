/**
 * A service that logs with winston: one child logger per request with its id, errors given as the last argument.
 * Which of winston's two layouts comes out is the caller's choice.
 */
import type { JWTPayload } from 'jose'
import type { HostClock } from './host-clock.ts'
import type { HttpAnswer, HttpRequest } from './http-exchange.ts'
import type { LogFile } from './log-file.ts'
import type { ServiceLog } from './service-log.ts'
import type { WinstonEntry, WinstonLevel } from './winston-layout.ts'

export class WinstonServiceLog implements ServiceLog {
  readonly #service: string
  readonly #clock: HostClock
  readonly #file: LogFile
  readonly #layout: (entry: WinstonEntry) => string

  constructor(service: string, clock: HostClock, file: LogFile, layout: (entry: WinstonEntry) => string) {
    this.#service = service
    this.#clock = clock
    this.#file = file
    this.#layout = layout
  }

  accepted(request: HttpRequest, { jti, sub, client_id, iat, exp }: JWTPayload): void {
    this.#write('info', 'token accepted', { requestId: request.id, client_id, sub, jti, iat, exp })
  }

  refused(request: HttpRequest, error: Error): void {
    const { id: requestId, method, url } = request
    this.#write('warn', 'token refused:', { requestId, method, url }, error)
  }

  completed({ id: requestId, method, url, remoteAddress }: HttpRequest, { status, took_ms }: HttpAnswer): void {
    const fields = { requestId, method, url, status, remoteAddress, responseTime: took_ms }
    this.#write('info', 'request completed', fields)
  }

  told(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#write('info', message, fields)
  }

  #write(level: WinstonLevel, message: string, fields: Readonly<Record<string, unknown>>, error?: Error): void {
    const timestamp = new Date(this.#clock.now_ms()).toISOString()
    const entry = { level, message, timestamp, fields: { service: this.#service, ...fields } }
    this.#file.write(this.#layout(error === undefined ? entry : { ...entry, error }))
  }
}
