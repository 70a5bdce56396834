/** Questions from one thread to a worker, each answered once: a call here, a message there. Both ends, so that they fit. */
import type { MessagePort, Worker } from 'node:worker_threads'
import { StoreRefusal } from '../core/ports/store.ts'

export interface Question<Q> {
  id: number
  asked: Q
}

/** A store's refusal crosses as its parts: as an error it would lose them. */
type Answer<A> =
  | { id: number; answer: A }
  | { id: number; error: string; refusal?: Pick<StoreRefusal, 'reason' | 'hint'> }

/** Asks a worker that answers by {@link answerTo}; once it has ended, with an error or as `endWords` say, everything asked is refused. */
export function askWorker<Q, A>(worker: Worker, endWords: string): (asked: Q) => Promise<A> {
  const waiting = new Map<number, PromiseWithResolvers<A>>()
  let last_id = 0
  let ended: Error | null = null

  worker.on('message', (message: Answer<A>) => {
    const question = waiting.get(message.id)
    waiting.delete(message.id)
    if ('answer' in message) question?.resolve(message.answer)
    else {
      const { error, refusal } = message
      question?.reject(refusal ? new StoreRefusal(refusal.reason, error, refusal.hint) : new Error(error))
    }
  })
  const end = (error: Error) => {
    ended ??= error
    for (const question of waiting.values()) question.reject(ended)
    waiting.clear()
  }
  worker.on('error', end)
  worker.on('exit', () => end(new Error(endWords)))

  return (asked) => {
    if (ended !== null) return Promise.reject(ended)
    const question = Promise.withResolvers<A>()
    const message: Question<Q> = { id: ++last_id, asked }
    waiting.set(message.id, question)
    worker.postMessage(message)
    return question.promise
  }
}

/** In the worker: sends the answer, or why there is none. */
export async function answerTo<Q, A>(
  port: MessagePort,
  { id, asked }: Question<Q>,
  answer: (asked: Q) => Promise<A>,
): Promise<void> {
  const message: Answer<A> = await answer(asked).then(
    (found) => ({ id, answer: found }),
    (error: unknown) => ({
      id,
      error: error instanceof Error ? error.message : String(error),
      ...(error instanceof StoreRefusal && { refusal: { reason: error.reason, hint: error.hint } }),
    }),
  )
  port.postMessage(message)
}
