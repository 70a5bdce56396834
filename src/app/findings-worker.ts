/** The worker thread that finds what is wrong for the dashboard; talks in plain messages, one question after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { openReader } from '../store/index.ts'
import type { FindingsQuestion } from './findings-thread.ts'
import { loadFindings } from './load-findings.ts'
import { answerTo, type Question } from './worker-questions.ts'

const port = parentPort!
const reader = await openReader(workerData as string)

port.on('message', (question: Question<FindingsQuestion>) =>
  answerTo(port, question, ({ range, now_ms }) => loadFindings(reader, range, now_ms)),
)
