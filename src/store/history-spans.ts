/**
 * Questions to the history as few readings: ranges of one party that overlap are read once, because the incidents of a batch ask
 * nearly the same, and reading rows is most of what an answer costs.
 */
import { type HistoryQuestion, slotOf } from '../core/history.ts'

export interface HistorySpan {
  question: HistoryQuestion
  /** Places in the list of questions. */
  asked: number[]
}

/** Questions of one party whose slots touch, as one. */
export function spansOf(questions: readonly HistoryQuestion[]): HistorySpan[] {
  const byParty = new Map<string, number[]>()
  for (const [i, { party, key }] of questions.entries()) {
    const place = `${party}\u001f${key}`
    const list = byParty.get(place)
    if (list === undefined) byParty.set(place, [i])
    else list.push(i)
  }
  const spans: HistorySpan[] = []
  for (const list of byParty.values()) {
    list.sort((a, b) => questions[a]!.from_ms - questions[b]!.from_ms)
    let span: HistorySpan | undefined
    for (const i of list) {
      const { party, from_ms, to_ms } = questions[i]!
      if (span === undefined || slotOf(party, from_ms) > slotOf(party, span.question.to_ms)) {
        span = { question: { ...questions[i]! }, asked: [] }
        spans.push(span)
      }
      span.question.to_ms = Math.max(span.question.to_ms, to_ms)
      span.asked.push(i)
    }
  }
  return spans
}
