/**
 * Puts the terminal back as it was, whatever ends the program: in order, by a crash, or by `process.exit` in the middle.
 * Ink restores most of it when it is unmounted, this the rest (raw mode among it, which Ink gives back a moment later).
 * Writes with the synchronous call, because nothing asynchronous runs any more. Invariant: runs once, never throws.
 */
import { writeSync } from 'node:fs'

/** Reports presses and the wheel (1000) in the form without a limit of columns (1006): xterm's control sequences. */
export const MOUSE_ON = '\x1b[?1000h\x1b[?1006h'
export const MOUSE_OFF = '\x1b[?1006l\x1b[?1000l'

/**
 * Ends synchronized output (2026), the mouse, the alternate screen (1049) and bracketed paste (2004), plain style, cursor
 * shown: xterm's control sequences. Each is harmless where it is already so.
 */
export const RESTORE_SEQUENCE = '\x1b[?2026l\x1b[?1006l\x1b[?1000l\x1b[?2004l\x1b[0m\x1b[?1049l\x1b[?25h'

export interface GuardedTerminal {
  input: { setRawMode?(raw: boolean): unknown }
  output: { fd?: number; write(text: string): unknown }
  /** The orderly way out, tried first: whoever draws must know, or it draws its last frame on the normal screen. */
  leave(): void
}

export interface TerminalGuard {
  /** Restores now; later calls and exits do nothing. */
  restore(): void
}

export function guardTerminal({ input, output, leave }: GuardedTerminal): TerminalGuard {
  let armed = true

  const restore = () => {
    if (!armed) return
    armed = false
    process.off('exit', restore)
    process.off('uncaughtExceptionMonitor', restore)
    try {
      leave()
    } catch {
      // What draws may be what broke.
    }
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

  process.on('exit', restore)
  // Runs before the trace is printed and decides nothing about the exception, so the trace lands on the normal screen.
  process.on('uncaughtExceptionMonitor', restore)
  return { restore }
}
