/** Runs a generator script to its end: `<interpreter> <script> <workload.json> <log file>`, if need be under a false clock. */
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

export interface EmitterRun {
  /** Script beside this file. */
  script: string
  interpreter?: string
  /** What the script reads: trust anchors and requests. */
  input: object
  log: string
  /** Handed to the script after the log's name. */
  layout?: string
  /** How far the emitter's clock is ahead, seconds; negative = behind. */
  clockOffset_s?: number
  /** IANA zone of the emitter; its local time goes into logs that print no zone. */
  zone?: string
}

/** A generator that takes longer hangs; ms. */
const PATIENCE_MS = 60_000

export async function runEmitter(run: EmitterRun): Promise<void> {
  mkdirSync(dirname(run.log), { recursive: true })
  const input = `${run.log}.input.json`
  writeFileSync(input, JSON.stringify(run.input))
  const command = [run.interpreter ?? process.execPath, join(import.meta.dirname, run.script), input, run.log]
  if (run.layout !== undefined) command.push(run.layout)
  const [file, ...args] = [...falseClock(run.clockOffset_s), ...command]
  await promisify(execFile)(file!, args, { env: emitterEnvironment(run.zone), timeout: PATIENCE_MS })
}

/** The command that gives a process another time of day; empty for the true one. */
export function falseClock(offset_s = 0): string[] {
  return offset_s === 0 ? [] : ['faketime', '-f', `${offset_s > 0 ? '+' : ''}${offset_s}s`]
}

/** Timers go by the monotonic clock, which stays true. */
export function emitterEnvironment(zone = 'UTC'): NodeJS.ProcessEnv {
  return { ...process.env, TZ: zone, FAKETIME_DONT_FAKE_MONOTONIC: '1' }
}
