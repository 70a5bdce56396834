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
  say(
    error instanceof StoreRefusal
      ? { type: 'failed', reason: error.reason, text: error.message, hint: error.hint }
      : { type: 'failed', reason: null, text: (error as Error).stack ?? String(error), hint: '' },
  )
}
port.close()
