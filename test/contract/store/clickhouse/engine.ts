/** Starts the engine behind its HTTP front (front.mjs) for tests; each test gets a database of its own in it. */
import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FRONT = fileURLToPath(new URL('./front.mjs', import.meta.url))

/** Why it cannot run; null where it can. */
export const ENGINE_MISSING: string | null = existsSync(fileURLToPath(new URL('./node_modules/chdb', import.meta.url)))
  ? null
  : 'the ClickHouse engine is not installed; install it with: npm run engine'

export interface Engine {
  readonly port: number
  /** As an HTTP request of a client would: the text of the answer. */
  ask(query: string): Promise<string>
  /** Ends it as a power cut would; the data stays. */
  kill(): Promise<void>
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>
  remove(): Promise<void>
}

/** @param within a folder on a disk with room. */
export async function startEngine(within = tmpdir()): Promise<Engine> {
  const folder = mkdtempSync(join(within, 'authtop-engine-'))
  let child: ChildProcess | undefined
  let port = 0
  const start = async () => {
    child = fork(FRONT, [folder, String(port)], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    port = await new Promise<number>((resolve, reject) => {
      child!.once('message', (message) => resolve((message as { port: number }).port))
      child!.once('exit', () => reject(new Error('the engine ended by itself')))
    })
  }
  const kill = async () => {
    const ended = new Promise((resolve) => child!.once('exit', resolve))
    child!.kill('SIGKILL')
    await ended
  }
  await start()
  return {
    get port() {
      return port
    },
    async ask(query) {
      const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: query })
      const text = await answer.text()
      if (!answer.ok) throw new Error(text)
      return text
    },
    start,
    kill,
    async remove() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
