/** The worker thread that writes a store (writer-thread.ts): one question after the other, in the order in which they came. */
import { parentPort, workerData } from 'node:worker_threads'
import type { StoreWriter } from '../core/ports/store.ts'
import { openWriter } from '../store/index.ts'
import { answerTo, type Question } from './worker-questions.ts'
import type { WriterQuestion } from './writer-thread.ts'

const port = parentPort!
let writer: StoreWriter | undefined
let work = Promise.resolve()

async function answer({ method, args }: WriterQuestion): Promise<unknown> {
  if (method === 'open') {
    writer = await openWriter(workerData as string)
    return
  }
  const call = writer![method] as (...args: readonly unknown[]) => Promise<unknown>
  return call.apply(writer, args as unknown[])
}

port.on('message', (question: Question<WriterQuestion>) => {
  work = work.then(() => answerTo(port, question, answer))
})
