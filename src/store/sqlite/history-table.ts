/**
 * The table behind the port's history: merges facts into rows and answers questions about parties.
 * Successes at ten thousand a second must not become rows for ever: facts of one identity share a row, tokens are few per
 * batch and pruned by expiry, and a token used again and again is written at most once a minute.
 * Runs inside the caller's transaction. Invariant: merging is commutative, so any order of reading gives the same rows.
 */
import type Database from 'better-sqlite3'
import type { TimeRange } from '../../core/filter.ts'
import {
  type Deed,
  factsWithin,
  type HistoryFact,
  type HistoryQuestion,
  PARTIES,
  type Party,
  slotOf,
} from '../../core/history.ts'
import { HISTORY_LIMIT } from '../../core/ports/store.ts'
import { cleanText, NAME_LIMIT } from '../clean-text.ts'
import { isRefusal, keepUntil, LatelyAccepted, wholeInstant } from '../history-life.ts'
import { spansOf } from '../history-spans.ts'
import { keyedHash } from '../keyed-hash.ts'
import { DAY_MS, instant } from '../time-grain.ts'
import { decodeKey, encodeKey, type KeyCode, sameKey } from './key-code.ts'
import type { Lexicon } from './lexicon.ts'
import { FOREVER } from './text-dictionary.ts'

const TOKEN = PARTIES.indexOf('token')

type Row = [
  deed: number,
  host: number,
  detail: number,
  key: KeyCode,
  first_ms: number,
  last_ms: number,
  count: number,
  iat_ms: number | null,
  exp_ms: number | null,
]

export class HistoryTable {
  readonly #db: Database.Database
  readonly #lexicon: Lexicon
  #all: Database.Statement<unknown[], Row> | null = null
  readonly #put: Database.Statement<unknown[]>
  readonly #keep: Database.Statement<unknown[]>
  readonly #kept: Database.Statement<unknown[], number | null>
  readonly #select: Database.Statement<unknown[], Row>
  readonly #lately = new LatelyAccepted()

  constructor(db: Database.Database, lexicon: Lexicon) {
    this.#db = db
    this.#lexicon = lexicon
    this.#put = db.prepare(
      `INSERT INTO history (party, hash, slot, deed, host, detail, key, first_ms, last_ms, count, iat_ms, exp_ms, keep_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET
         first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms),
         count = count + excluded.count,
         iat_ms = max(ifnull(iat_ms, excluded.iat_ms), ifnull(excluded.iat_ms, iat_ms)),
         exp_ms = max(ifnull(exp_ms, excluded.exp_ms), ifnull(excluded.exp_ms, exp_ms)),
         keep_ms = max(keep_ms, excluded.keep_ms)`,
    )
    this.#keep = db.prepare('UPDATE history SET keep_ms = max(keep_ms, ?) WHERE party = ? AND hash = ? AND key = ?')
    this.#kept = db
      .prepare<unknown[], number | null>('SELECT max(keep_ms) FROM history WHERE party = ? AND hash = ? AND key = ?')
      .pluck()
    this.#select = db
      .prepare<unknown[], Row>(
        `SELECT deed, host, detail, key, first_ms, last_ms, count, iat_ms, exp_ms FROM history
          WHERE party = ? AND hash = ? AND slot BETWEEN ? AND ? ORDER BY slot DESC LIMIT ${HISTORY_LIMIT}`,
      )
      .raw()
  }

  add(facts: readonly HistoryFact[], now_ms: number): void {
    for (const fact of facts) this.#add(fact, now_ms)
  }

  /**
   * In the order of the questions. Ranges of one party that overlap are read once: the incidents of a batch ask nearly the
   * same, and reading rows is most of what an answer costs.
   */
  answers(questions: readonly HistoryQuestion[]): HistoryFact[][] {
    const answers: HistoryFact[][] = new Array(questions.length)
    for (const { question, asked } of spansOf(questions)) {
      const span = this.#answer(question)
      for (const i of asked) {
        // A span of more than the limit has lost what a narrower question would still be told.
        if (asked.length > 1 && span.full) answers[i] = this.#answer(questions[i]!).facts
        else answers[i] = asked.length === 1 ? span.facts : factsWithin(span.facts, questions[i]!)
      }
    }
    return answers
  }

  #answer({ party, key, from_ms, to_ms }: HistoryQuestion): { facts: HistoryFact[]; full: boolean } {
    const code = encodeKey(key) ?? ''
    const rows = this.#select.all(
      PARTIES.indexOf(party),
      keyedHash(key, this.#lexicon.seed),
      slotOf(party, from_ms),
      slotOf(party, to_ms),
    )
    const facts: HistoryFact[] = []
    for (const row of rows) {
      if (row[3] === code || sameKey(row[3], code)) facts.push(this.#fact(party, key, row))
    }
    return { facts, full: rows.length >= HISTORY_LIMIT }
  }

  /** Of all parties of one kind, latest first. */
  all(party: Party, { from_ms, to_ms }: TimeRange, limit: number): HistoryFact[] {
    this.#all ??= this.#db
      .prepare<unknown[], Row>(
        `SELECT deed, host, detail, key, first_ms, last_ms, count, iat_ms, exp_ms FROM history
          WHERE party = ? AND last_ms >= ? AND first_ms < ? ORDER BY last_ms DESC, hash, deed, host, detail LIMIT ?`,
      )
      .raw()
    return this.#all
      .all(PARTIES.indexOf(party), from_ms, to_ms, limit)
      .map((row) => this.#fact(party, decodeKey(row[3]) ?? '', row))
  }

  #fact(party: Party, key: string, row: Row): HistoryFact {
    const [deed, host, detail, , first_ms, last_ms, count, iat_ms, exp_ms] = row
    const { names } = this.#lexicon
    const fact: HistoryFact = {
      party,
      key,
      deed: names.text(deed) as Deed,
      host: names.text(host),
      detail: names.text(detail),
      first_ms,
      last_ms,
      count,
    }
    if (iat_ms !== null) fact.iat_ms = iat_ms
    if (exp_ms !== null) fact.exp_ms = exp_ms
    return fact
  }

  /** After a rollback what was written lately is not there. */
  forget(): void {
    this.#lately.forget()
  }

  #add(fact: HistoryFact, now_ms: number): void {
    const { names } = this.#lexicon
    const party = PARTIES.indexOf(fact.party)
    const first_ms = instant(fact.first_ms, now_ms)
    const last_ms = Math.max(first_ms, instant(fact.last_ms, now_ms))
    if (this.#lately.covers(fact, last_ms)) return
    const hash = keyedHash(fact.key, this.#lexicon.seed)
    const code = encodeKey(fact.key) ?? ''
    const day = Math.floor(last_ms / DAY_MS)
    const name = (text: string) => names.intern(cleanText(text, NAME_LIMIT), day)
    let keep_ms = keepUntil(fact, last_ms)
    if (party === TOKEN) {
      // What is known of a refused token explains its incidents, so all of it stays as long as they do.
      if (isRefusal(fact)) this.#keep.run(keep_ms, party, hash, code)
      else keep_ms = Math.max(keep_ms, this.#kept.get(party, hash, code) ?? keep_ms)
    }
    this.#put.run(
      party,
      hash,
      slotOf(fact.party, first_ms),
      names.intern(fact.deed, FOREVER),
      name(fact.host),
      name(fact.detail),
      code,
      first_ms,
      last_ms,
      fact.count,
      wholeInstant(fact.iat_ms),
      wholeInstant(fact.exp_ms),
      Math.round(keep_ms),
    )
  }
}
