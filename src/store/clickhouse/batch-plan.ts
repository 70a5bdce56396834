/**
 * One batch as rows: everything is decided here, before anything is written, so that what waits in the spool can be sent any number of
 * times. Needs the stored state of incidents that are revised and the hours that are met, loaded by the writer before.
 */
import { MESSAGE_LIMIT } from '../../core/auth-event.ts'
import { type AppendBatch, CLOCK_KEY_LIMIT, type IncidentChange } from '../../core/ports/store.ts'
import { cleanText, NAME_LIMIT } from '../clean-text.ts'
import type { LimitName } from '../limits.ts'
import { floorTo, instant, QUARTER_MS } from '../time-grain.ts'
import { RowsByTable } from './batch-rows.ts'
import { CountDelta, verdictOf } from './count-delta.ts'
import type { DocumentChange } from './documents.ts'
import { cleanFact, factRow, type KeptFact } from './history-rows.ts'
import {
  cleanIncident,
  cleanObservation,
  DIMENSIONS,
  SPOKEN_LIMIT,
  type StoredIncident,
  toRow,
  toTombstone,
  whole,
} from './incident-row.ts'
import { COLLECTOR_BITS } from './meta.ts'
import type { PlaceBook } from './place-book.ts'
import type { SubjectBook } from './subject-book.ts'
import { SuccessSample } from './success-sample.ts'
import type { TemplateGate } from './template-gate.ts'

export interface PlanParts {
  collector: number
  seed: number
  n: number
  /** Running number of the next new incident. */
  next_incident: number
  places: PlaceBook
  subjects: SubjectBook
  templates: TemplateGate
  /** Stored incidents that the batch revises or absorbs, by id; absent: there is no such. */
  stored: ReadonlyMap<string, StoredIncident>
  lately: { covers(fact: KeptFact['fact'], last_ms: number): boolean }
}

/** What a batch comes to; memory takes it over once it is in the spool. */
export interface BatchPlan {
  rows: RowsByTable
  documents: DocumentChange[]
  /** Incidents as they are stored after the batch, and those that are gone. */
  written: StoredIncident[]
  gone: string[]
  facts: KeptFact[]
  next_incident: number
  /** Instants of events, the first and the last; Infinity where there are none. */
  first_ms: number
  last_ms: number
}

/** Instants in which the batch's events and incidents are counted: their hours have to be loaded. */
export function timesOf(batch: AppendBatch): number[] {
  return [
    ...batch.successes.map((event) => instant(event.time_ms ?? event.received_collector_ms, batch.now_ms)),
    ...batch.incidents.map(({ incident }) => instant(incident.time_ms, batch.now_ms)),
  ]
}

export class Planner {
  readonly #parts: PlanParts
  readonly #batch: AppendBatch
  readonly #counts = new CountDelta()
  readonly #sample: SuccessSample
  readonly #limits = new Map<LimitName, number>()
  /** Incidents of this batch and those it changes, as they become. */
  readonly #now: Map<string, StoredIncident>
  /** As they were before the batch. */
  readonly #touched = new Set<string>()
  readonly #gone = new Set<string>()
  readonly #rows = new RowsByTable()
  #next: number
  #first_ms = Infinity
  #last_ms = -Infinity

  constructor(batch: AppendBatch, parts: PlanParts) {
    this.#batch = batch
    this.#parts = parts
    this.#next = parts.next_incident
    this.#now = new Map(parts.stored)
    this.#sample = new SuccessSample(parts.seed)
  }

  plan(): BatchPlan {
    const { now_ms } = this.#batch
    for (const event of this.#batch.successes) this.#success(event)
    for (const change of this.#batch.incidents) this.#incident(change)
    this.#writeIncidents()
    const facts = this.#history()
    this.#unrecognised()
    this.#clockReadings()
    this.#counts.write(this.#rows, this.#parts.collector)
    this.#sample.write(this.#rows)
    for (const [name, count] of this.#limits) this.#rows.add('limited', { name, count })
    return {
      rows: this.#rows,
      documents: documentsOf(this.#batch, now_ms),
      written: [...this.#touched].filter((id) => !this.#gone.has(id)).map((id) => this.#now.get(id)!),
      gone: [...this.#gone],
      facts,
      next_incident: this.#next,
      first_ms: this.#first_ms,
      last_ms: this.#last_ms,
    }
  }

  readonly #limited = (name: LimitName, by: number): void => {
    this.#limits.set(name, (this.#limits.get(name) ?? 0) + by)
  }

  #success(event: AppendBatch['successes'][number]): void {
    const time_ms = instant(event.time_ms ?? event.received_collector_ms, this.#batch.now_ms)
    this.#seen(time_ms)
    const verdict = { kind: event.kind, outcome: 'success', cause: '', subcause: '' } as const
    const values = this.#parts.places.place(verdict, valuesOf(event), time_ms, this.#limited)
    this.#counts.count(verdict, values, time_ms, 1)
    this.#sample.consider(event, time_ms, values)
  }

  #incident(change: IncidentChange): void {
    const { places, collector, subjects } = this.#parts
    const old = change.id === undefined ? undefined : this.#now.get(change.id)
    if (change.id !== undefined && old === undefined) {
      this.#limited('late_revisions', 1 + (change.absorbs?.length ?? 0))
      return
    }
    const id = change.id === undefined ? collector * 2 ** COLLECTOR_BITS + this.#next++ : Number(change.id)
    const incident = cleanIncident(id, change.incident, this.#batch.now_ms)
    this.#seen(incident.time_ms)
    const counted = places.place(verdictOf(incident), valuesOf(change.incident), incident.time_ms, this.#limited)
    const spoken = [...(old?.spoken ?? [])]
    let observations = old?.incident.observations ?? 0
    const take = (given: readonly Parameters<typeof cleanObservation>[0][]) => {
      const known = new Set(spoken.map(({ stream, offset }) => `${stream} ${offset}`))
      for (const one of given) {
        const clean = cleanObservation(one, incident.time_ms)
        if (known.has(`${clean.stream} ${clean.offset}`)) continue
        known.add(`${clean.stream} ${clean.offset}`)
        observations++
        if (spoken.length < SPOKEN_LIMIT) spoken.push(clean)
      }
    }
    take(change.added)
    if (old !== undefined) this.#counts.incident(old, -1)
    for (const other of change.absorbs ?? []) {
      const absorbed = this.#now.get(other)
      if (absorbed === undefined || other === String(id)) {
        this.#limited('late_revisions', 1)
        continue
      }
      take(absorbed.spoken)
      this.#counts.incident(absorbed, -1)
      this.#now.delete(other)
      this.#gone.add(other)
      this.#touched.add(other)
    }
    spoken.sort((a, b) => a.time_ms - b.time_ms || compare(a.stream, b.stream) || a.offset - b.offset)
    const stored: StoredIncident = {
      version: (old?.version ?? 0) + 1,
      incident: { ...incident, observations },
      counted,
      spoken,
    }
    this.#counts.incident(stored, 1)
    if (incident.subject !== undefined) {
      const hash = subjects.meet(incident.subject, incident.time_ms, this.#limited)
      if (hash !== null) this.#rows.add('affected', { start_ms: floorTo(incident.time_ms, QUARTER_MS), hash })
    }
    this.#now.set(String(id), stored)
    this.#touched.add(String(id))
  }

  /** The last word on each; where one left its instant, a row that says so. */
  #writeIncidents(): void {
    const { stored } = this.#parts
    for (const id of this.#touched) {
      const before = stored.get(id)
      const after = this.#now.get(id)
      const moved = before !== undefined && before.incident.time_ms !== after?.incident.time_ms
      if (moved) this.#rows.addText('incident', toTombstone(before, ownerOf(id)))
      if (after !== undefined) this.#rows.addText('incident', toRow(after, ownerOf(id)))
    }
  }

  #history(): KeptFact[] {
    const facts: KeptFact[] = []
    for (const given of this.#batch.history) {
      const kept = cleanFact(given, this.#batch.now_ms)
      if (this.#parts.lately.covers(kept.fact, kept.fact.last_ms)) continue
      facts.push(kept)
      this.#rows.addText('history', factRow(kept))
    }
    return facts
  }

  #unrecognised(): void {
    for (const record of this.#batch.unrecognised) {
      const time_ms = instant(record.time_ms, this.#batch.now_ms)
      this.#counts.unrecognised(time_ms)
      const system = cleanText(record.system, NAME_LIMIT)
      const template = cleanText(record.template, MESSAGE_LIMIT)
      if (!this.#parts.templates.passes(`${system}\u001f${template}`, this.#batch.now_ms)) {
        this.#limited('unrecognised_evicted', 1)
        continue
      }
      const sample = cleanText(record.sample, MESSAGE_LIMIT)
      this.#rows.add('unrecognised', { system, template, sample, first_ms: time_ms, last_ms: time_ms, count: 1 })
    }
  }

  #clockReadings(): void {
    for (const reading of this.#batch.clocks?.readings ?? []) {
      this.#rows.add('clock_reading', {
        time_ms: Math.round(reading.at_ms),
        host: cleanText(reading.host, NAME_LIMIT),
        reference: cleanText(reading.reference, NAME_LIMIT),
        offset_ms: thousandths(reading.offset_s),
        low_ms: thousandths(reading.low_s),
        high_ms: thousandths(reading.high_s),
        drift_ppb: thousandths(reading.drift_ppm),
        version: this.#parts.n,
      })
    }
  }

  #seen(time_ms: number): void {
    if (time_ms < this.#first_ms) this.#first_ms = time_ms
    if (time_ms > this.#last_ms) this.#last_ms = time_ms
  }
}

/** Positions, deliveries and clocks are documents of the collector. */
function documentsOf(batch: AppendBatch, now_ms: number): DocumentChange[] {
  return [
    ...batch.streams.map((state) => ({
      kind: 'stream' as const,
      key: state.stream,
      body: JSON.stringify({ ...state, updated_ms: now_ms }),
    })),
    ...(batch.clocks?.gone ?? []).map((key) => ({
      kind: 'clock' as const,
      key: cleanText(key, CLOCK_KEY_LIMIT),
      body: null,
    })),
    ...(batch.clocks?.rows ?? []).map(({ key, state }) => ({
      kind: 'clock' as const,
      key: cleanText(key, CLOCK_KEY_LIMIT),
      body: Buffer.from(state).toString('base64'),
    })),
  ]
}

function valuesOf(of: { [field in (typeof DIMENSIONS)[number]]?: string | undefined }): string[] {
  return DIMENSIONS.map((dimension) => of[dimension] ?? '')
}

/** The collector that gave an id. */
export function ownerOf(id: string): number {
  return Math.floor(Number(id) / 2 ** COLLECTOR_BITS)
}

function thousandths(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : whole(value * 1000)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
