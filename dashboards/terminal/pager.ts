/**
 * Shows a text in the person's pager (`$PAGER`, else `less`), run by the shell as other programs do. The terminal must
 * have been given back before. Invariant: settles when the pager has ended, however it ended.
 */
import { spawn } from 'node:child_process'

/** @throws Error when no pager can be run; then nothing was shown. */
export function showInPager(text: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const command = env.PAGER || 'less'
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['pipe', 'inherit', 'inherit'] })
    child.once('error', reject)
    child.once('exit', (code) => {
      // 126 and 127 are the shell's own words for "cannot be run" (POSIX 2.8.2).
      if (code === 126 || code === 127)
        reject(new Error(`"${command}" cannot be run; set PAGER to a pager that is installed`))
      else resolve()
    })
    // A pager that is left early closes its end.
    child.stdin.on('error', () => {})
    child.stdin.end(text)
  })
}
