/**
 * Tells systemd how the service is (sd_notify(3)): ready, reading its configuration again, stopping, and alive (watchdog).
 * Node has no UNIX datagram sockets, so systemd's own program `systemd-notify` writes them: it is there wherever systemd is
 * (docs/adr/0007). Invariant: words go out in order, and trouble with telling never troubles the service.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface ServiceManager {
  ready(status: string): void
  reloading(): void
  status(text: string): void
  /** Resolves when everything told so far is told. */
  stopping(): Promise<void>
}

const run = promisify(execFile)

/** Telling takes milliseconds; a manager that does not answer is not waited for; ms. */
const TELL_MS = 2_000
/** Signs of life per watchdog interval: one may be late. */
const SIGNS = 2

/** Without a manager (`NOTIFY_SOCKET` is not set) nothing is told. `trouble`: told once. */
export function createServiceManager(env: NodeJS.ProcessEnv, trouble: (text: string) => void): ServiceManager {
  if (!env.NOTIFY_SOCKET) return { ready: () => {}, reloading: () => {}, status: () => {}, stopping: async () => {} }
  let told = Promise.resolve()
  let failed = false
  const tell = (...words: string[]) => {
    told = told
      .then(() => run('systemd-notify', words, { env, timeout: TELL_MS }))
      .then(
        () => {},
        ({ code, message }: NodeJS.ErrnoException) => {
          if (!failed) trouble(`cannot tell systemd (${code ?? message}): is systemd-notify installed?`)
          failed = true
        },
      )
  }
  const watchdog = startWatchdog(env, () => tell('WATCHDOG=1'))
  return {
    ready: (status) => tell('READY=1', `MAINPID=${process.pid}`, `STATUS=${status}`),
    // systemd wants to know since when (CLOCK_MONOTONIC, µs).
    reloading: () => tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    status: (text) => tell(`STATUS=${text}`),
    stopping: () => {
      clearInterval(watchdog)
      tell('STOPPING=1')
      return told
    },
  }
}

/** From the event loop: a loop that hangs gives no sign. */
function startWatchdog(env: NodeJS.ProcessEnv, sign: () => void): NodeJS.Timeout | undefined {
  const interval_us = Number(env.WATCHDOG_USEC)
  const ours = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === process.pid
  if (!(interval_us > 0) || !ours) return undefined
  const timer = setInterval(sign, interval_us / 1000 / SIGNS)
  timer.unref()
  return timer
}
