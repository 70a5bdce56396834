/** Starts one piece of the fleet as a process of its own, under its own clock and zone, and ends it when the test is over. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { onTestFinished } from 'vitest'
import { emitterEnvironment } from '../emitters/run-emitter.ts'
import type { Clock } from './plan.ts'

export interface Child {
  process: ChildProcess
  /** When its clock began to run, true epoch ms; what a drift is counted from. */
  started_ms: number
  /** Ends it in the way given and waits until its logs are whole. */
  stop(): Promise<void>
}

export interface ChildOptions {
  command: readonly string[]
  clock: Clock
  zone: string
  /** Its standard error, for whoever looks into a failed run. */
  errors: string
  /** How it is asked to end: a signal, or the end of its standard input. */
  ends: NodeJS.Signals | 'end of input'
}

export function startChild({ command, clock, zone, errors, ends }: ChildOptions): Child {
  mkdirSync(dirname(errors), { recursive: true })
  const [file, ...args] = command
  const env = { ...emitterEnvironment(zone), ...underClock(clock) }
  const started_ms = Date.now()
  const child = spawn(file!, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stderr!.pipe(createWriteStream(errors))
  const ended = once(child, 'exit')
  async function stop(): Promise<void> {
    if (ends === 'end of input') child.stdin!.end()
    else child.kill(ends)
    await ended
  }
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) await stop()
  })
  return { process: child, started_ms, stop }
}

/**
 * What the command faketime sets for its child; the command itself would stand between the process and its signals. See
 * faketime(1), "ADVANCED TIMESTAMP FORMAT".
 */
function underClock({ offset_s, rate }: Clock): NodeJS.ProcessEnv {
  if (offset_s === 0 && rate === 1) return {}
  const FAKETIME = `${offset_s < 0 ? '-' : '+'}${Math.abs(offset_s)}s${rate === 1 ? '' : ` x${rate}`}`
  return { FAKETIME, LD_PRELOAD: falseClockLibrary() }
}

let library: string | undefined
function falseClockLibrary(): string {
  library ??= execFileSync('faketime', ['-f', '+0s', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' }).trim()
  return library
}
