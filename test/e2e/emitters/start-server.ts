/** Starts a server script that announces its port on standard output and ends with its standard input. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { type EmitterRun, emitterEnvironment, falseClock } from './run-emitter.ts'

export interface RunningServer {
  port: number
  /** Ends the process; its log is whole afterwards. */
  stop(): Promise<void>
}

export async function startServer(run: Omit<EmitterRun, 'interpreter' | 'layout'>): Promise<RunningServer> {
  mkdirSync(dirname(run.log), { recursive: true })
  const input = `${run.log}.input.json`
  writeFileSync(input, JSON.stringify(run.input))
  const command = [process.execPath, join(import.meta.dirname, run.script), input, run.log]
  const [file, ...args] = [...falseClock(run.clockOffset_s), ...command]
  const server = spawn(file!, args, { env: emitterEnvironment(run.zone), stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(server, 'exit')
  async function stop(): Promise<void> {
    server.stdin.end()
    await ended
  }
  onTestFinished(stop)
  const [port] = await once(createInterface({ input: server.stdout }), 'line')
  return { port: Number(port), stop }
}
