/**
 * A store's writer in a thread of its own, for collectors that others push to or ask how they are: a commit may take as long as
 * the disk likes and they are answered meanwhile. Works as any writer does; what is under way when the thread ends is refused.
 */
import { Worker } from 'node:worker_threads'
import type { StoreWriter } from '../core/ports/store.ts'
import { isDistant, openWriter } from '../store/index.ts'
import { COLLECTING_MEMORY } from './thread-memory.ts'
import { askWorker } from './worker-questions.ts'

/** All that a writer can be asked; `away` and `shared` are distant stores', which hold up nobody. */
const METHODS = [
  'append',
  'neighbours',
  'history',
  'page',
  'streams',
  'deliveries',
  'clockRows',
  'fingerprintKey',
  'retiredKeys',
  'rotateKey',
  'forget',
  'retain',
  'saveAlerts',
  'alertState',
  'due',
  'settle',
  'close',
] as const satisfies readonly Method[]
type Method = Exclude<keyof StoreWriter, 'away' | 'shared'>
/** Does not compile when one is missing. */
type Complete = Exclude<Method, (typeof METHODS)[number]> extends never ? StoreWriter : never

export interface WriterQuestion {
  method: Method | 'open'
  args: readonly unknown[]
}

/** Questions that the writing threads of this process have not answered, in order, by when they were asked; performance.now(), ms. */
const open = new Set<{ asked_ms: number }>()
/** A thread that is merely busy answers sooner; ms. */
const HANGS_MS = 2_000

/**
 * Ends the process. `process.exit` waits for every thread, and one that writes for its disk or another program's lock, which may
 * take as long as they like: then it is a kill, after which nothing is missing either.
 */
export function exitNow(code: number): never {
  const [oldest] = open
  if (oldest !== undefined && performance.now() - oldest.asked_ms > HANGS_MS) process.kill(process.pid, 'SIGKILL')
  process.exit(code)
}

/** Throws {@link StoreRefusal}, as `openWriter` does. */
export async function openWriterApart(location: string): Promise<StoreWriter> {
  if (isDistant(location)) return openWriter(location)
  const worker = new Worker(new URL('./writer-worker.js', import.meta.url), {
    workerData: location,
    resourceLimits: COLLECTING_MEMORY,
  })
  const askIt = askWorker<WriterQuestion, unknown>(worker, 'the thread that writes the store has ended')
  const ask = (question: WriterQuestion) => {
    const asked = { asked_ms: performance.now() }
    open.add(asked)
    return askIt(question).finally(() => open.delete(asked))
  }
  try {
    await ask({ method: 'open', args: [] })
  } catch (error) {
    await worker.terminate()
    throw error
  }
  const calls = METHODS.map((method) => [method, (...args: unknown[]) => ask({ method, args })])
  return {
    ...(Object.fromEntries(calls) as Complete),
    async close() {
      await ask({ method: 'close', args: [] })
      await worker.terminate()
    },
  }
}
