/**
 * The worker thread that reads for the dashboard: questions to a large store take tens of milliseconds each, and the
 * thread that draws must answer keys meanwhile. Talks to it in plain messages.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { openReader } from '../store/index.ts'
import { createDashboardLoader } from './dashboard-data.ts'
import type { DashboardQuestion } from './dashboard-thread.ts'
import { startFindingsThread } from './findings-thread.ts'
import { answerTo, type Question } from './worker-questions.ts'

const port = parentPort!
const reader = await openReader(workerData as string)
const loader = createDashboardLoader(reader, startFindingsThread(workerData as string))

port.on('message', async (message: Question<DashboardQuestion> | 'close') => {
  if (message === 'close') {
    await reader.close()
    port.close()
    return
  }
  await answerTo(port, message, ({ request, notices }) => loader.load(request, notices))
})
