/**
 * Results go to stdout, everything else to stderr. Long output waits for a slow reader instead of growing in memory, and
 * a reader that has left (`| head`) ends the command quietly.
 */
import { once } from 'node:events'
import { toPrintable } from '../../dashboards/terminal/printable.ts'

export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

export function note(text: string): void {
  complain(`authtop: ${text}\n`)
}

/** To stderr, whatever stands in it: arguments, file names and receivers' answers are other people's words too. */
export function complain(text: string): void {
  process.stderr.write(text.split('\n').map(toPrintable).join('\n'))
}

/** `| head` closes the pipe: nothing is wrong then. */
export function endQuietlyOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}
