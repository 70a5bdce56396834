/** Runs a program with an argument vector, never through a shell, and reads its end as a sink's answer. */
import { execFile } from 'node:child_process'
import type { SendResult } from '../notice.ts'

/** Output beyond this is cut off; bytes. */
const OUTPUT_LIMIT = 64 * 1024

/** `retryCode`: exit codes that ask for another try (EX_TEMPFAIL of sysexits.h). */
export function runProgram(
  [file, ...args]: readonly [string, ...string[]],
  input: string,
  timeout_ms: number,
  signal: AbortSignal,
): Promise<SendResult> {
  return new Promise<SendResult>((resolve) => {
    const child = execFile(
      file,
      args,
      { timeout: timeout_ms, maxBuffer: OUTPUT_LIMIT, signal, killSignal: 'SIGKILL' },
      (error) => {
        if (error === null) return resolve({ ok: true })
        const { code, killed } = error
        if (killed) return resolve({ ok: false, retry: true, error: 'the program did not end in time' })
        if (typeof code === 'number')
          return resolve({ ok: false, retry: code === TEMPORARY, error: `the program ended with ${code}` })
        // ENOENT, EACCES: somebody has to mend the configuration; the notice waits for it.
        resolve({ ok: false, retry: true, error: `the program cannot be run (${code ?? 'stopped'})` })
      },
    )
    // A program that does not read its input is no fault.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  }).catch(({ code }: NodeJS.ErrnoException) => ({
    // Node's permission model throws where the system would answer.
    ok: false,
    retry: true,
    error: `the program cannot be run (${code})`,
  }))
}

/** EX_TEMPFAIL, sysexits.h: "temporary failure, user is invited to retry". */
const TEMPORARY = 75
