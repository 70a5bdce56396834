/** The built command as a collector of OpenTelemetry, on ports of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { authtop, ENTRY, environment, ndjson } from '../../cli/authtop.ts'

export interface Collector {
  child: ChildProcess
  http: string
  grpc: string
  /** What it has made of it so far, newest first. */
  failures(): Promise<Record<string, unknown>[]>
}

/** @param more further arguments, and what else stands in its environment. */
export async function startCollector(
  home: string,
  db: string,
  more: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Collector> {
  const args = [ENTRY, 'collect', '--otlp', '--otlp-http-port', '0', '--otlp-grpc-port', '0', '--db', db, ...more]
  const child = spawn(process.execPath, args, {
    env: { ...environment(home), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  for await (const line of createInterface({ input: child.stderr! })) {
    said += `${line}\n`
    const ports = [...line.matchAll(/port (\d+)/g)].map((found) => found[1]!)
    if (ports.length !== 2) continue
    child.stderr!.resume()
    const failures = async () =>
      ndjson((await authtop(home, ['failures', '--json', '--since', '1h', '--db', db])).stdout)
    return { child, http: ports[0]!, grpc: ports[1]!, failures }
  }
  throw new Error(`the collector ended: ${said}`)
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
