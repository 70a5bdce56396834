/** Starts the collecting worker thread and turns its messages into calls. */
import { Worker } from 'node:worker_threads'
import type { SourceNotice } from '../core/ports/source.ts'
import { type RefusalReason, type RetentionPolicy, StoreRefusal } from '../core/ports/store.ts'
import type { Receivers } from './receivers.ts'
import { COLLECTING_MEMORY } from './thread-memory.ts'

export interface CollectWorkerData {
  paths: readonly string[]
  receivers?: Receivers
  store: string
  follow: boolean
  zone: string
  retention: RetentionPolicy
}

export type CollectWorkerMessage =
  | { type: 'notice'; notice: SourceNotice }
  | { type: 'committed' }
  | { type: 'caught_up' }
  | { type: 'stalled'; text: string | null }
  | { type: 'ended' }
  | { type: 'refused'; reason: RefusalReason; text: string; hint: string }
  | { type: 'failed'; error: Pick<NodeJS.ErrnoException, 'name' | 'message' | 'stack' | 'code'> }

export interface CollectThreadEvents {
  notice(notice: SourceNotice): void
  committed(): void
  stalled(text: string | null): void
  caughtUp(): void
}

export interface CollectThread {
  /** Resolves when collecting has ended (sources ended or stopped); rejects with what went wrong. */
  ended: Promise<void>
  /** Asks for a clean end: what is read is committed. */
  stop(): void
}

export function startCollectThread(data: CollectWorkerData, events: CollectThreadEvents): CollectThread {
  const worker = new Worker(new URL('./collect-worker.js', import.meta.url), {
    workerData: data,
    resourceLimits: COLLECTING_MEMORY,
  })
  const ended = new Promise<void>((resolve, reject) => {
    worker.on('message', (message: CollectWorkerMessage) => {
      switch (message.type) {
        case 'notice':
          return events.notice(message.notice)
        case 'committed':
          return events.committed()
        case 'caught_up':
          return events.caughtUp()
        case 'stalled':
          return events.stalled(message.text)
        case 'ended':
          return resolve()
        case 'refused':
          return reject(new StoreRefusal(message.reason, message.text, message.hint))
        case 'failed':
          return reject(Object.assign(new Error(), message.error))
      }
    })
    worker.on('error', reject)
    worker.on('exit', () => resolve())
  })
  return { ended, stop: () => worker.postMessage('stop') }
}
