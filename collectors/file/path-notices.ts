/** What a person is told about the paths that were asked for: each thing once, and late where it may turn out otherwise. */
import type { AskedPath } from './asked-path.ts'
import type { Context } from './context.ts'

export class PathNotices {
  readonly #context: Context
  readonly #told = new Set<string>()

  constructor(context: Context) {
    this.#context = context
  }

  problem(asked: AskedPath, why: string): void {
    if (asked.problem === why) return
    asked.problem = why
    this.#context.tell(
      'unreadable',
      asked.path,
      this.#context.follow ? `${why}; tried again until it can be read` : why,
    )
  }

  noProblem(asked: AskedPath): void {
    if (asked.problem === null) return
    asked.problem = null
    this.#context.tell('readable_again', asked.path, 'can be read again')
  }

  noMatch(name: string): void {
    this.once('no_match', name, this.#context.follow ? 'is not there yet; waited for' : 'matches no file')
  }

  /** Said late while following: a copy in the making, or two new logs with the same first line, look like copies at first. */
  copy(asked: AskedPath): void {
    const notice = asked.copyNotice
    const { follow, limits } = this.#context
    if (!notice || (follow && this.#context.monotonic() - notice.since < limits.partial_line_ms)) return
    asked.copyNotice = null
    this.once('already_read', asked.path, notice.text)
  }

  once(kind: 'no_match' | 'unreadable' | 'already_read', name: string, text: string): void {
    const key = `${kind} ${name}`
    if (this.#told.has(key)) return
    this.#told.add(key)
    this.#context.tell(kind, name, text)
  }
}
