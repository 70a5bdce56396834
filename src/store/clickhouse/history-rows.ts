/**
 * The history as rows of the table `history`, and answers to questions about it: from the server, or from what waits in the spool.
 * Rows of one identity merge by smallest first, largest last and added counts; the server does it when it likes, so every reading
 * adds up.
 */
import type { TimeRange } from '../../core/filter.ts'
import {
  type Deed,
  factsWithin,
  type HistoryFact,
  type HistoryQuestion,
  type Party,
  SLOT_MS,
  slotOf,
} from '../../core/history.ts'
import { HISTORY_LIMIT } from '../../core/ports/store.ts'
import { cleanText, KEY_LIMIT, NAME_LIMIT } from '../clean-text.ts'
import { isRefusal, keepUntil, wholeInstant } from '../history-life.ts'
import { type HistorySpan, spansOf } from '../history-spans.ts'
import { instant } from '../time-grain.ts'
import type { ClickhouseServer } from './server.ts'
import { join, sql } from './sql.ts'

/** A fact with the instant of the data until which it is kept, ms. */
export interface KeptFact {
  fact: HistoryFact
  keep_ms: number
}

/** Conditions in one statement: the primary key is searched once for each. */
const SPANS_AT_ONCE = 500

type FactRow = [
  party: Party,
  key: string,
  deed: string,
  host: string,
  detail: string,
  first_ms: number,
  last_ms: number,
  count: number,
  iat_ms: number | null,
  exp_ms: number | null,
  keep_ms: number,
]

const MERGED = sql`party, key, deed, host, detail, min(first_ms), max(last_ms), sum(count), max(iat_ms), max(exp_ms), max(keep_ms)`
const IDENTITY = sql`party, key, slot, deed, host, detail`

/** `fact` as it is stored. */
export function cleanFact(fact: HistoryFact, now_ms: number): KeptFact {
  const first_ms = instant(fact.first_ms, now_ms)
  const last_ms = Math.max(first_ms, instant(fact.last_ms, now_ms))
  const clean: HistoryFact = {
    party: fact.party,
    key: cleanText(fact.key, KEY_LIMIT),
    deed: fact.deed,
    host: cleanText(fact.host, NAME_LIMIT),
    detail: cleanText(fact.detail, NAME_LIMIT),
    first_ms,
    last_ms,
    count: fact.count,
  }
  const iat_ms = wholeInstant(fact.iat_ms)
  const exp_ms = wholeInstant(fact.exp_ms)
  if (iat_ms !== null) clean.iat_ms = iat_ms
  if (exp_ms !== null) clean.exp_ms = exp_ms
  return { fact: clean, keep_ms: Math.round(keepUntil(fact, last_ms)) }
}

export function factRow({ fact, keep_ms }: KeptFact): string {
  const slot = slotOf(fact.party, fact.first_ms)
  return JSON.stringify({ ...fact, slot, keep_ms })
}

/** In the order of the questions; `forgotten_ms`: facts kept until before this instant are gone. */
export async function readHistory(
  server: ClickhouseServer,
  questions: readonly HistoryQuestion[],
  forgotten_ms: number | null,
): Promise<HistoryFact[][]> {
  const answers: HistoryFact[][] = questions.map(() => [])
  const cleaned = questions.map((question) => ({ ...question, key: cleanText(question.key, KEY_LIMIT) }))
  const spans = spansOf(cleaned)
  for (let at = 0; at < spans.length; at += SPANS_AT_ONCE) {
    const chunk = spans.slice(at, at + SPANS_AT_ONCE)
    const found = await readSpans(server, chunk, forgotten_ms)
    for (const [i, span] of chunk.entries()) {
      const facts = found[i]!
      for (const place of span.asked) {
        // A span of more than the limit has lost what a narrower question would still be told.
        if (span.asked.length > 1 && facts.length >= HISTORY_LIMIT) {
          const [alone] = await readSpans(server, [{ question: cleaned[place]!, asked: [place] }], forgotten_ms)
          answers[place] = alone!
        } else answers[place] = factsWithin(facts, cleaned[place]!)
      }
    }
  }
  return answers
}

async function readSpans(
  server: ClickhouseServer,
  spans: readonly HistorySpan[],
  forgotten_ms: number | null,
): Promise<HistoryFact[][]> {
  const parts = spans.map(({ question: { party, key, from_ms, to_ms } }) =>
    SLOT_MS[party] === 0
      ? sql`(party = ${party} AND key = ${key} AND slot = 0)`
      : sql`(party = ${party} AND key = ${key} AND slot BETWEEN ${slotOf(party, from_ms)} AND ${slotOf(party, to_ms)})`,
  )
  const most = HISTORY_LIMIT * Math.max(...countsByParty(spans))
  const rows = await server.rows<FactRow>(
    sql`SELECT ${MERGED} FROM history WHERE ${join(parts, ' OR ')}
         GROUP BY ${IDENTITY} ORDER BY slot DESC, deed, host, detail LIMIT ${most} BY party, key`,
  )
  const byParty = new Map<string, FactRow[]>()
  for (const row of rows) {
    const place = `${row[0]}\u001f${row[1]}`
    const list = byParty.get(place)
    if (list === undefined) byParty.set(place, [row])
    else list.push(row)
  }
  return spans.map(({ question }) => {
    const facts = alive(byParty.get(`${question.party}\u001f${question.key}`) ?? [], forgotten_ms).map(toFact)
    return factsWithin(facts, question).slice(0, HISTORY_LIMIT)
  })
}

/** Everything known of one kind of party that happened in the range, latest first. */
export async function readHistoryOf(
  server: ClickhouseServer,
  party: Party,
  { from_ms, to_ms }: TimeRange,
  limit: number,
  forgotten_ms: number | null,
): Promise<HistoryFact[]> {
  const rows = await server.rows<FactRow>(
    sql`SELECT ${MERGED} FROM history WHERE party = ${party} GROUP BY ${IDENTITY}
        HAVING max(last_ms) >= ${Math.floor(from_ms)} AND min(first_ms) < ${Math.ceil(to_ms)}
         ORDER BY max(last_ms) DESC, key, deed, host, detail LIMIT ${limit}`,
  )
  return alive(rows, forgotten_ms).map(toFact)
}

/** What is known of a refused token explains its incidents, so all of it stays as long as they do. */
function alive(rows: readonly FactRow[], forgotten_ms: number | null): readonly FactRow[] {
  if (forgotten_ms === null) return rows
  const refused = new Map<string, number>()
  for (const row of rows) {
    if (row[0] === 'token' && isRefusal({ deed: row[2] } as HistoryFact))
      refused.set(row[1], Math.max(refused.get(row[1]) ?? -Infinity, row[10]))
  }
  return rows.filter((row) => Math.max(row[10], refused.get(row[1]) ?? -Infinity) >= forgotten_ms)
}

function toFact([party, key, deed, host, detail, first_ms, last_ms, count, iat_ms, exp_ms]: FactRow): HistoryFact {
  const fact: HistoryFact = { party, key, deed: deed as Deed, host, detail, first_ms, last_ms, count }
  if (iat_ms !== null) fact.iat_ms = iat_ms
  if (exp_ms !== null) fact.exp_ms = exp_ms
  return fact
}

function countsByParty(spans: readonly HistorySpan[]): number[] {
  const counts = new Map<string, number>()
  for (const { question } of spans) {
    const place = `${question.party}\u001f${question.key}`
    counts.set(place, (counts.get(place) ?? 0) + 1)
  }
  return [...counts.values()]
}

/** Facts that wait in the spool: all that is known of the parties while the server is away. */
export class WaitingFacts {
  readonly #byParty = new Map<string, Map<string, HistoryFact>>()
  #count = 0

  add(facts: readonly KeptFact[]): void {
    for (const { fact } of facts) {
      if (this.#count >= WAITING_FACTS) return
      const place = `${fact.party}\u001f${fact.key}`
      const list = this.#byParty.get(place) ?? new Map<string, HistoryFact>()
      this.#byParty.set(place, list)
      const identity = `${slotOf(fact.party, fact.first_ms)}\u001f${fact.deed}\u001f${fact.host}\u001f${fact.detail}`
      const known = list.get(identity)
      if (known === undefined) {
        list.set(identity, { ...fact })
        this.#count++
        continue
      }
      known.first_ms = Math.min(known.first_ms, fact.first_ms)
      known.last_ms = Math.max(known.last_ms, fact.last_ms)
      known.count += fact.count
      for (const field of ['iat_ms', 'exp_ms'] as const) {
        const value = fact[field]
        if (value !== undefined) known[field] = Math.max(known[field] ?? value, value)
      }
    }
  }

  answer(question: HistoryQuestion): HistoryFact[] {
    const facts = [
      ...(this.#byParty.get(`${question.party}\u001f${cleanText(question.key, KEY_LIMIT)}`)?.values() ?? []),
    ]
    return factsWithin(facts, question)
      .sort((a, b) => b.first_ms - a.first_ms)
      .slice(0, HISTORY_LIMIT)
  }

  clear(): void {
    this.#byParty.clear()
    this.#count = 0
  }
}

/** Some 300 bytes each. */
const WAITING_FACTS = 200_000
