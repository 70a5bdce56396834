/**
 * The worker thread behind the dashboard: collects and writes, so that neither can make the keyboard lag.
 * Talks to the main thread in plain messages; a refusal of the store crosses as its parts.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { StoreRefusal } from '../core/ports/store.ts'
import type { CollectWorkerData, CollectWorkerMessage } from './collect-thread.ts'
import { collect } from './collecting.ts'

const port = parentPort!
const abort = new AbortController()
port.on('message', (message: unknown) => {
  if (message === 'stop') abort.abort()
})

const say = (message: CollectWorkerMessage) => port.postMessage(message)
const data = workerData as CollectWorkerData

try {
  await collect(
    {
      ...data,
      notice: (notice) => say({ type: 'notice', notice }),
      committed: () => say({ type: 'committed' }),
      stalled: (refusal) =>
        say({ type: 'stalled', text: refusal === null ? null : `${refusal.message}; ${refusal.hint}` }),
      caughtUp: () => say({ type: 'caught_up' }),
    },
    abort.signal,
  )
  say({ type: 'ended' })
} catch (error) {
  if (error instanceof StoreRefusal)
    say({ type: 'refused', reason: error.reason, text: error.message, hint: error.hint })
  else {
    // An error that crosses as it is would lose its name and code.
    const { name, message, stack, code } = error as NodeJS.ErrnoException
    say({
      type: 'failed',
      error: { name, message, ...(stack === undefined ? {} : { stack }), ...(code === undefined ? {} : { code }) },
    })
  }
}
port.close()
