/**
 * Starts the thread that finds what is wrong for the dashboard: over millions of incidents that takes a second or more,
 * and screens are opened meanwhile.
 */
import { Worker } from 'node:worker_threads'
import type { TimeRange } from '../core/filter.ts'
import type { Found } from './load-findings.ts'
import type { Find } from './recent-findings.ts'
import { ANSWERING_MEMORY } from './thread-memory.ts'
import { askWorker } from './worker-questions.ts'

export interface FindingsQuestion {
  range: TimeRange
  now_ms: number
}

/** @param store location of a store that can be opened; what is being looked for when the thread ends is refused */
export function startFindingsThread(store: string): Find {
  const worker = new Worker(new URL('./findings-worker.js', import.meta.url), {
    workerData: store,
    resourceLimits: ANSWERING_MEMORY,
  })
  // Ends with the thread that asks.
  worker.unref()
  const ask = askWorker<FindingsQuestion, Found>(worker, 'looking for findings has ended')
  return (range, now_ms) => ask({ range, now_ms })
}
