/**
 * Puts the terminal back as it was, whatever ends the program: Ink restores it when it is unmounted in order, this does
 * so when there is no time for that (a signal, a crash, `process.exit` in the middle).
 * Writes with the synchronous call, because nothing asynchronous runs any more. Invariant: runs once, never throws.
 */
import { writeSync } from 'node:fs'

/**
 * Ends synchronized output (2026), leaves the alternate screen (1049) and bracketed paste (2004), plain style, cursor
 * shown: xterm's control sequences. Each is harmless where it is already so.
 */
export const RESTORE_SEQUENCE = '\x1b[?2026l\x1b[?2004l\x1b[0m\x1b[?1049l\x1b[?25h'

export interface GuardedTerminal {
  input: { setRawMode?(raw: boolean): unknown }
  output: { fd?: number; write(text: string): unknown }
}

export interface TerminalGuard {
  /** Restores now; later calls and exits do nothing. */
  restore(): void
  /** The terminal was restored in order: nothing is left to do. */
  release(): void
}

export function guardTerminal({ input, output }: GuardedTerminal): TerminalGuard {
  let armed = true

  const restore = () => {
    if (!armed) return
    release()
    try {
      input.setRawMode?.(false)
    } catch {
      // The terminal is gone: there is nothing to restore.
    }
    try {
      if (output.fd === undefined) output.write(RESTORE_SEQUENCE)
      else writeSync(output.fd, RESTORE_SEQUENCE)
    } catch {
      // As above.
    }
  }
  const release = () => {
    armed = false
    process.off('exit', restore)
    process.off('uncaughtExceptionMonitor', restore)
  }

  process.on('exit', restore)
  // Runs before the trace is printed and decides nothing about the exception, so the trace lands on the normal screen.
  process.on('uncaughtExceptionMonitor', restore)
  return { restore, release }
}
