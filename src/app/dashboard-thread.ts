/** Starts the thread that reads for the dashboard and turns its messages into calls. */
import { Worker } from 'node:worker_threads'
import type { DashboardModel, ModelRequest, Notice } from '../../dashboards/terminal/model.ts'
import type { DashboardLoader } from './dashboard-data.ts'
import { ANSWERING_MEMORY } from './thread-memory.ts'
import { askWorker } from './worker-questions.ts'

export interface DashboardQuestion {
  request: ModelRequest
  notices: readonly Notice[]
}

export interface DashboardThread extends DashboardLoader {
  /** What is being read is given up. */
  close(): Promise<void>
}

/** @param store location of a store that can be opened; a thread that ends by itself fails what is asked of it */
export function startDashboardThread(store: string): DashboardThread {
  const worker = new Worker(new URL('./dashboard-worker.js', import.meta.url), {
    workerData: store,
    resourceLimits: ANSWERING_MEMORY,
  })
  const ask = askWorker<DashboardQuestion, DashboardModel>(worker, 'reading the store has ended')
  return {
    load: (request, notices) => ask({ request, notices }),
    async close() {
      worker.postMessage('close')
      await Promise.race([
        new Promise((resolve) => worker.once('exit', resolve)),
        new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref()),
      ])
      await worker.terminate()
    },
  }
}

/** A question on its way is answered within this, else the thread is ended under it; it only reads. ms */
const CLOSE_MS = 500
