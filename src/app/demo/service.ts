/**
 * A service of the demo: checks the token of each request, says so in its log, and answers. What really went wrong is
 * written into the books, never into the log.
 */
import type { Books } from './books.ts'
import type { HttpRequest } from './http-exchange.ts'
import type { Random } from './random.ts'
import type { ServiceLog } from './service-log.ts'
import type { Timeline } from './timeline.ts'
import type { TokenChecker } from './token-checker.ts'
import { type Presented, truthOf } from './truth.ts'

export class Service {
  readonly checker: TokenChecker
  readonly log: ServiceLog
  readonly #timeline: Timeline
  readonly #random: Random
  readonly #books: Books
  /** True epoch time of the story's start, ms. */
  readonly #base_ms: number

  constructor(
    checker: TokenChecker,
    log: ServiceLog,
    timeline: Timeline,
    random: Random,
    books: Books,
    base_ms: number,
  ) {
    this.checker = checker
    this.log = log
    this.#timeline = timeline
    this.#random = random
    this.#books = books
    this.#base_ms = base_ms
  }

  async handle(
    request: HttpRequest,
    call: { scope: string; presented: Presented },
    answer: (status: number) => void,
  ): Promise<void> {
    const token = request.headers.authorization?.slice('Bearer '.length)
    const verdict = await this.checker.check(token, call.scope)
    if (verdict.status === 200) {
      this.#books.succeeded('validation')
      this.log.accepted(request, verdict.payload)
    } else {
      this.#books.refused(truthOf(call.presented, this.checker, call.scope, this.#base_ms + this.#timeline.now_ms))
      this.log.refused(request, verdict.error)
    }
    const took_ms = verdict.status === 200 ? this.#random.between(4, 38) : this.#random.between(1, 4)
    this.#timeline.after(took_ms, () => {
      const { status } = verdict
      this.log.completed(request, { status, took_ms, ...(status === 200 ? {} : { challenge: verdict.challenge }) })
      answer(status)
    })
  }
}
