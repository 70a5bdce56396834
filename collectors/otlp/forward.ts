/**
 * Hands every export request on, as it came, to another OTLP/HTTP endpoint: authtop between a sender and its backend.
 * Nothing is kept for later: a request that cannot be handed on now is answered "later" to its sender, who comes again, and
 * here it counts once all the same. What the endpoint refuses for good is told of and dropped, or the sender would repeat it
 * for ever.
 */
import type { SourceNotice } from '../../src/core/ports/source.ts'
import type { Encoding } from './read-request.ts'
import type { Signal } from './telemetry.ts'

/** Before the senders' own usual time-out of 10 s; ms. */
const PATIENCE_MS = 8_000
/** The same trouble is told of not more often than this; ms. */
const TELL_EVERY_MS = 60_000
/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504])
const MEDIA_TYPES: Readonly<Record<Encoding, string>> = { protobuf: 'application/x-protobuf', json: 'application/json' }

export interface ForwardTo {
  /** Base of the endpoint, as OTEL_EXPORTER_OTLP_ENDPOINT has it; the signal's path is put behind. */
  url: string
  /** Bearer token. */
  token?: string
}

export class Forward {
  readonly #base: string
  readonly #token: string | undefined
  readonly #notice: (notice: SourceNotice) => void
  #toldAt = Number.NEGATIVE_INFINITY

  constructor({ url, token }: ForwardTo, notice: (notice: SourceNotice) => void) {
    this.#base = url.replace(/\/+$/, '')
    this.#token = token
    this.#notice = notice
  }

  /** Null once it is handed on or refused for good, else why the sender should come again. */
  async send(body: Uint8Array, encoding: Encoding, signal: Signal): Promise<string | null> {
    let status: number
    try {
      const response = await fetch(`${this.#base}/v1/${signal}`, {
        method: 'POST',
        headers: {
          'content-type': MEDIA_TYPES[encoding],
          ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        },
        body: body as Uint8Array<ArrayBuffer>,
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      await response.body?.cancel()
      status = response.status
    } catch {
      this.#tell('does not answer')
      return 'the endpoint behind does not answer'
    }
    if (status < 300) return null
    if (RETRYABLE.has(status)) return `the endpoint behind answers ${status}`
    this.#tell(`refuses what is handed on (${status}); it is counted here and not sent again`)
    return null
  }

  #tell(what: string): void {
    const now = performance.now()
    if (now - this.#toldAt < TELL_EVERY_MS) return
    this.#toldAt = now
    this.#notice({ kind: 'dropped', name: 'otlp', text: `${this.#base} ${what}` })
  }
}
