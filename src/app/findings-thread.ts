/**
 * Starts the thread that finds what is wrong for the dashboard: over millions of incidents that takes a second or more,
 * and screens are opened meanwhile.
 */
import { Worker } from 'node:worker_threads'
import type { TimeRange } from '../core/filter.ts'
import type { Found } from './load-findings.ts'
import type { Find } from './recent-findings.ts'

export interface FindingsQuestion {
  id: number
  range: TimeRange
  now_ms: number
}

export type FindingsAnswer = { id: number; found: Found } | { id: number; error: string }

/** @param store location of a store that can be opened; what is being looked for when the thread ends is refused */
export function startFindingsThread(store: string): Find {
  const worker = new Worker(new URL('./findings-worker.js', import.meta.url), { workerData: store })
  // Ends with the thread that asks.
  worker.unref()
  const waiting = new Map<number, PromiseWithResolvers<Found>>()
  let last_id = 0
  let ended: Error | null = null

  worker.on('message', (answer: FindingsAnswer) => {
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('found' in answer) asked?.resolve(answer.found)
    else asked?.reject(new Error(answer.error))
  })
  const end = (error: Error) => {
    ended ??= error
    for (const asked of waiting.values()) asked.reject(ended)
    waiting.clear()
  }
  worker.on('error', end)
  worker.on('exit', () => end(new Error('looking for findings has ended')))

  return (range, now_ms) => {
    if (ended !== null) return Promise.reject(ended)
    const asked = Promise.withResolvers<Found>()
    const question: FindingsQuestion = { id: ++last_id, range, now_ms }
    waiting.set(question.id, asked)
    worker.postMessage(question)
    return asked.promise
  }
}
