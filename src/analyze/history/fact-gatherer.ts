/**
 * Gathers the facts of one batch, merging those of one identity, so that the store writes few rows however many records
 * a second arrive. Also answers for facts that are not committed yet.
 * Invariant: same merge as the store's (smallest first, largest last, counts added).
 */
import { factsWithin, type HistoryFact, type HistoryQuestion, slotOf } from '../../core/history.ts'

export class FactGatherer {
  readonly #facts = new Map<string, HistoryFact>()
  readonly #byParty = new Map<string, HistoryFact[]>()

  add(fact: HistoryFact): void {
    const party = `${fact.party}\u001f${fact.key}`
    const identity = `${party}\u001f${slotOf(fact.party, fact.first_ms)}\u001f${fact.deed}\u001f${fact.host}\u001f${fact.detail}`
    const known = this.#facts.get(identity)
    if (known !== undefined) {
      mergeFact(known, fact)
      return
    }
    this.#facts.set(identity, fact)
    const list = this.#byParty.get(party)
    if (list === undefined) this.#byParty.set(party, [fact])
    else list.push(fact)
  }

  facts(): HistoryFact[] {
    return [...this.#facts.values()]
  }

  answer(question: HistoryQuestion): HistoryFact[] {
    const { party, key } = question
    return factsWithin(this.#byParty.get(`${party}\u001f${key}`) ?? [], question)
  }
}

function mergeFact(into: HistoryFact, fact: HistoryFact): void {
  into.first_ms = Math.min(into.first_ms, fact.first_ms)
  into.last_ms = Math.max(into.last_ms, fact.last_ms)
  into.count += fact.count
  if (fact.iat_ms !== undefined) into.iat_ms = Math.max(into.iat_ms ?? -Infinity, fact.iat_ms)
  if (fact.exp_ms !== undefined) into.exp_ms = Math.max(into.exp_ms ?? -Infinity, fact.exp_ms)
}
