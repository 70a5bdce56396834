/**
 * Is this machine's own clock disciplined? authtop measures other hosts against it for live data, so it says so.
 * Asks chronyd, else systemd-timedated; neither being there is no fault, only unknown.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface ClockState {
  /** Null: cannot tell. */
  synchronised: boolean | null
  text: string
}

/** A hung daemon must not hang the check; ms. */
const TIMEOUT_MS = 2_000

const run = promisify(execFile)

export async function clockState(): Promise<ClockState> {
  return (
    (await askChrony()) ??
    (await askTimedate()) ?? { synchronised: null, text: 'cannot tell: neither chronyc nor timedatectl answers' }
  )
}

/** `chronyc -c tracking`: CSV; field 5 is the system time's offset in seconds, field 14 the leap status (chrony, client.c). */
async function askChrony(): Promise<ClockState | null> {
  try {
    const { stdout } = await run('chronyc', ['-c', 'tracking'], { timeout: TIMEOUT_MS })
    const fields = stdout.trim().split(',')
    const offset = Number(fields[4])
    const leap = fields[13]
    if (fields.length < 14 || Number.isNaN(offset)) return null
    return leap === 'Not synchronised'
      ? { synchronised: false, text: 'chrony runs but is not synchronised' }
      : { synchronised: true, text: `synchronised by chrony, off by ${(offset * 1000).toFixed(3)} ms` }
  } catch {
    return null
  }
}

async function askTimedate(): Promise<ClockState | null> {
  try {
    const { stdout } = await run('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], { timeout: TIMEOUT_MS })
    const answer = stdout.trim()
    if (answer !== 'yes' && answer !== 'no') return null
    return answer === 'yes'
      ? { synchronised: true, text: 'synchronised (systemd-timedated)' }
      : { synchronised: false, text: 'not synchronised (systemd-timedated); start an NTP client such as chrony' }
  } catch {
    return null
  }
}
