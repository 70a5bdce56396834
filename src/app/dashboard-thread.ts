/** Starts the thread that reads for the dashboard and turns its messages into calls. */
import { Worker } from 'node:worker_threads'
import type { DashboardModel, ModelRequest, Notice } from '../../dashboards/terminal/model.ts'
import type { DashboardLoader } from './dashboard-data.ts'

export interface DashboardQuestion {
  id: number
  request: ModelRequest
  notices: readonly Notice[]
}

export type DashboardAnswer = { id: number; model: DashboardModel } | { id: number; error: string }

export interface DashboardThread extends DashboardLoader {
  /** What is being read is given up. */
  close(): Promise<void>
}

/** @param store location of a store that can be opened; a thread that ends by itself fails what is asked of it */
export function startDashboardThread(store: string): DashboardThread {
  const worker = new Worker(new URL('./dashboard-worker.js', import.meta.url), { workerData: store })
  const waiting = new Map<number, PromiseWithResolvers<DashboardModel>>()
  let last_id = 0
  let ended: Error | null = null

  worker.on('message', (answer: DashboardAnswer) => {
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('model' in answer) asked?.resolve(answer.model)
    else asked?.reject(new Error(answer.error))
  })
  const end = (error: Error) => {
    ended ??= error
    for (const asked of waiting.values()) asked.reject(ended)
    waiting.clear()
  }
  worker.on('error', end)
  worker.on('exit', () => end(new Error('reading the store has ended')))

  return {
    load(request, notices) {
      if (ended !== null) return Promise.reject(ended)
      const asked = Promise.withResolvers<DashboardModel>()
      const question: DashboardQuestion = { id: ++last_id, request, notices }
      waiting.set(question.id, asked)
      worker.postMessage(question)
      return asked.promise
    },
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
