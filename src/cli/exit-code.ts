/** Exit codes (DESIGN section 8, a promise to scripts). */
export const EXIT = {
  fine: 0,
  /** A `--fail-on` condition, or an alert-worthy finding where the command says so. */
  alarming: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  /** Cannot read or write. */
  io: 3,
} as const

/** A mistake of the user: one sentence, a hint where there is one, and an exit code; never a stack trace. */
export class UserError extends Error {
  readonly hint: string | undefined
  readonly exit_code: number
  constructor(message: string, hint?: string, exit_code: number = EXIT.usage) {
    super(message)
    this.hint = hint
    this.exit_code = exit_code
  }
}
