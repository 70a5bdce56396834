/** The worker thread that finds what is wrong for the dashboard; talks in plain messages, one question after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { openReader } from '../store/index.ts'
import type { FindingsAnswer, FindingsQuestion } from './findings-thread.ts'
import { loadFindings } from './load-findings.ts'

const port = parentPort!
const reader = await openReader(workerData as string)

port.on('message', async ({ id, range, now_ms }: FindingsQuestion) => {
  const answer: FindingsAnswer = await loadFindings(reader, range, now_ms).then(
    (found) => ({ id, found }),
    (error: unknown) => ({ id, error: error instanceof Error ? error.message : String(error) }),
  )
  port.postMessage(answer)
})
