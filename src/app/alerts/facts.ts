/** Turns what the store keeps into facts for the engine: the one way for live alerting, catching up and backtests. */
import {
  ACTIVITY_DELAY_MS,
  ACTIVITY_STEP_MS,
  type ActivityFact,
  type ClockFact,
  type Fact,
  type FailureFact,
  type TrafficLabel,
  type WatchFact,
} from '../../alerts/fact.ts'
import { NO_FILTER, type TimeRange } from '../../core/filter.ts'
import type { ActivityPoint, FailureRow } from '../../core/ports/alert-store.ts'
import type { IncidentChange, StoreReader } from '../../core/ports/store.ts'
import { WATCH_STEP_MS, type WatchStep } from '../../core/watch-step.ts'

/** Failures read at a time, and length of time of everything else: what is let go of while it is young costs next to nothing. Count; ms. */
const PAGE = 5_000
const PIECE_MS = 3 * 3_600_000
/** A record's stamp and its arrival are at most this far apart, or it takes its place by its stamp; ms. */
export const APART_MS = 26 * 3_600_000

export function failureFact(row: Omit<FailureRow, 'id'>, revised: boolean): FailureFact {
  const {
    time_ms,
    received_collector_ms,
    cause,
    subcause,
    confidence,
    host,
    service,
    client_id,
    issuer,
    token,
    proof,
  } = row
  const apart = received_collector_ms === null ? 0 : Math.abs(received_collector_ms - time_ms)
  const fact: FailureFact = {
    fact: 'failure',
    at_ms: received_collector_ms === null || apart > APART_MS ? time_ms : received_collector_ms,
    revised,
    cause,
    subcause,
    confidence,
    proof,
  }
  if (host !== undefined) fact.host = host
  if (service !== undefined) fact.service = service
  if (client_id !== undefined) fact.client_id = client_id
  if (issuer !== undefined) fact.issuer = issuer
  if (token !== undefined) fact.token = token
  return fact
}

/** What a commit changed; live records count when they arrived, whatever their stamps say. */
export function factsOfChanges(changes: readonly IncidentChange[]): FailureFact[] {
  return changes
    .map(({ id, incident }) =>
      failureFact(
        {
          ...incident,
          received_collector_ms: incident.received_collector_ms ?? null,
          proof: incident.clock_proof ?? null,
        },
        id !== undefined,
      ),
    )
    .sort((a, b) => a.at_ms - b.at_ms)
}

function activityFact({ start_ms, successes, failures }: ActivityPoint, of?: ActivityFact['of']): ActivityFact {
  const at_ms = start_ms + ACTIVITY_STEP_MS + ACTIVITY_DELAY_MS
  return { fact: 'activity', at_ms, ...(of === undefined ? {} : { of }), successes, failures }
}

/**
 * Traffic whose step began in the range; both ends are multiples of {@link ACTIVITY_STEP_MS}.
 * @param labels by what it is also told apart
 */
export async function activityFacts(
  reader: StoreReader,
  range: TimeRange,
  labels: readonly TrafficLabel[],
): Promise<ActivityFact[]> {
  const facts = (await reader.activity(range, ACTIVITY_STEP_MS)).map((point) => activityFact(point))
  for (const label of labels)
    for (const point of await reader.dimensionSeries(label, range, ACTIVITY_STEP_MS, NO_FILTER))
      facts.push(activityFact(point, { label, value: point.value }))
  return facts
}

/** What was known of the clocks, in order of time. */
export async function clockFacts(reader: StoreReader, range: TimeRange): Promise<ClockFact[]> {
  const readings = await reader.clockReadings(range)
  return readings
    .map((reading): ClockFact => Object.assign(reading, { fact: 'clock' as const }))
    .sort((a, b) => a.at_ms - b.at_ms)
}

/** What was seen of the sources, in order of time. */
export async function watchFacts(reader: StoreReader, range: TimeRange): Promise<WatchFact[]> {
  return (await reader.watchSteps(range)).map(watchFact)
}

export function watchFact({ start_ms, ...step }: WatchStep): WatchFact {
  return { fact: 'watch', at_ms: start_ms + WATCH_STEP_MS, ...step }
}

/** Everything stored of a period, of failures those that are `wanted`, in the order of the engine's time line; `labels` as for traffic. */
export async function* storedFacts(
  reader: StoreReader,
  range: TimeRange,
  wanted: (row: FailureRow) => boolean,
  labels: readonly TrafficLabel[],
): AsyncGenerator<Fact[]> {
  const others = new Others(reader, range, labels, (await reader.extent())?.to_ms ?? range.from_ms)
  let waiting: FailureFact[] = []
  let after: { time_ms: number; id: number } | null = null
  for (let end = false; !end; ) {
    const rows: FailureRow[] = await reader.failureRows(range, after, PAGE)
    for (const row of rows) if (wanted(row)) waiting.push(failureFact(row, false))
    const last = rows.at(-1)
    end = rows.length < PAGE
    if (last !== undefined) after = { time_ms: last.time_ms, id: last.id }
    // Only what no later row can come before goes out.
    const until = end ? Infinity : last!.time_ms - APART_MS
    waiting.sort((a, b) => a.at_ms - b.at_ms)
    let n = 0
    for (let ready: Fact[] = []; ; ready = []) {
      for (; n < waiting.length && waiting[n]!.at_ms < Math.min(until, others.whole_ms); n++) {
        others.take(waiting[n]!.at_ms, ready)
        ready.push(waiting[n]!)
      }
      const more = n < waiting.length && waiting[n]!.at_ms < until
      if (more || end) others.rest(ready)
      yield ready
      if (!more && !(end && others.whole_ms < Infinity)) break
      await others.read()
    }
    waiting = waiting.slice(n)
  }
}

/** Facts that are no failures, read a piece at a time: of a month of many hosts there are millions, which must not be held at once. */
class Others {
  readonly #reader: StoreReader
  readonly #range: TimeRange
  readonly #labels: readonly TrafficLabel[]
  readonly #newest_ms: number
  #facts: Fact[] = []
  #next = 0
  #read_ms: number

  /** @param newest_ms what is later is little, and read in one piece */
  constructor(reader: StoreReader, range: TimeRange, labels: readonly TrafficLabel[], newest_ms: number) {
    this.#reader = reader
    this.#range = range
    this.#labels = labels
    this.#newest_ms = newest_ms
    this.#read_ms = range.from_ms
  }

  /** All before this is read; Infinity: all there is. */
  get whole_ms(): number {
    return this.#read_ms < this.#range.to_ms ? this.#read_ms : Infinity
  }

  /** The next piece. */
  async read(): Promise<void> {
    const from_ms = this.#read_ms
    const end_ms = (Math.floor(from_ms / PIECE_MS) + 1) * PIECE_MS
    const to_ms = end_ms > this.#newest_ms ? this.#range.to_ms : Math.min(end_ms, this.#range.to_ms)
    const piece = { from_ms, to_ms }
    const facts = this.#facts.slice(this.#next)
    for (const fact of await activityFacts(this.#reader, piece, this.#labels)) facts.push(fact)
    for (const fact of await clockFacts(this.#reader, piece)) facts.push(fact)
    for (const fact of await watchFacts(this.#reader, piece)) facts.push(fact)
    this.#facts = facts.sort((a, b) => a.at_ms - b.at_ms || ORDER[a.fact] - ORDER[b.fact])
    this.#next = 0
    this.#read_ms = to_ms
  }

  /** Those up to and with an instant before which all is read. */
  take(until_ms: number, into: Fact[]): void {
    const facts = this.#facts
    while (this.#next < facts.length && facts[this.#next]!.at_ms <= until_ms) into.push(facts[this.#next++]!)
  }

  /** All before which nothing can come any more. */
  rest(into: Fact[]): void {
    const facts = this.#facts
    while (this.#next < facts.length && facts[this.#next]!.at_ms < this.whole_ms) into.push(facts[this.#next++]!)
  }
}

/** Of facts of one instant, as when they are met live. */
const ORDER: Readonly<Record<Fact['fact'], number>> = { activity: 0, clock: 1, watch: 2, failure: 3 }
