/**
 * A service of the demo: checks the token of each request, says so in its log, and answers. What really went wrong is
 * written into the books, never into the log.
 */
import type { JSONWebKeySet } from 'jose'
import type { Books } from './books.ts'
import type { HostClock } from './host-clock.ts'
import type { HttpRequest } from './http-exchange.ts'
import type { Random } from './random.ts'
import type { ServiceLog } from './service-log.ts'
import type { Timeline } from './timeline.ts'
import type { TokenChecker } from './token-checker.ts'
import { type Presented, truthOf } from './truth.ts'

export interface ServiceOptions {
  /** Address and port behind the gateway. */
  address: string
  checker: TokenChecker
  log: ServiceLog
  timeline: Timeline
  random: Random
  books: Books
  /** A clock that is right: only the books may look at it. */
  trueClock: HostClock
}

export class Service {
  readonly #options: ServiceOptions

  constructor(options: ServiceOptions) {
    this.#options = options
  }

  get address(): string {
    return this.#options.address
  }

  /** Checks tokens against the issuer's key set as it is now; until then the old one is used. */
  loadKeys(jwks: JSONWebKeySet): void {
    this.#options.checker.loadKeys(jwks)
    this.#options.log.told('jwks loaded', { kids: jwks.keys.map(({ kid }) => kid) })
  }

  /** Starts, or starts again with another audience. */
  start(audience: string): void {
    this.#options.checker.audience = audience
    this.#options.log.told('server listening', { port: 8080, audience })
  }

  async handle(
    request: HttpRequest,
    call: { scope: string; presented: Presented },
    answer: (status: number) => void,
  ): Promise<void> {
    const { checker, log, timeline, random, books, trueClock } = this.#options
    const token = request.headers.authorization?.slice('Bearer '.length)
    const verdict = await checker.check(token, call.scope)
    if (verdict.status === 200) {
      books.succeeded('validation')
      log.accepted(request, verdict.payload)
    } else {
      books.refused(truthOf(call.presented, checker, call.scope, trueClock.now_ms()))
      log.refused(request, verdict.error)
    }
    const took_ms = verdict.status === 200 ? random.between(4, 38) : random.between(1, 4)
    timeline.after(took_ms, () => {
      const { status } = verdict
      log.completed(request, { status, took_ms, ...(status === 200 ? {} : { challenge: verdict.challenge }) })
      answer(status)
    })
  }
}
