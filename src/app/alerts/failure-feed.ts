/**
 * Where new failures come from for the rules, and how far they have been taken: from the commits of the one collector there is, or from
 * what all collectors of a shared store have handed over.
 * Invariant: each failure is given once, and the place up to which that is true can be kept and gone back to.
 */
import type { FailureRow } from '../../core/ports/alert-store.ts'
import type { Arrived, Steward } from '../../core/ports/shared-store.ts'
import type { IncidentChange, StoreReader } from '../../core/ports/store.ts'

/** Rows read at a time. */
const PAGE = 5_000

export interface FailureFeed {
  /** The place, as JSON can hold it. */
  save(): unknown
  restore(place: unknown): void
  /** Moves to the end; says of a stored failure whether it lies before. */
  skip(): Promise<(row: FailureRow) => boolean>
  /** Everything behind the place, which moves on. */
  next(): Promise<FailureRow[]>
  /** Those of committed changes that were not given yet; the place moves on where `live`. */
  committed(changes: readonly IncidentChange[], live: boolean): readonly IncidentChange[]
}

/** Ids of one collector are given in order of its changes. */
export class CommitFeed implements FailureFeed {
  readonly #reader: StoreReader
  #id = 0
  /** Id of the newest failure that was committed, as `committed` has been told. */
  #stored_id: number

  private constructor(reader: StoreReader, stored_id: number) {
    this.#reader = reader
    this.#stored_id = stored_id
  }

  /** Before anything is ingested. */
  static async open(reader: StoreReader): Promise<CommitFeed> {
    return new CommitFeed(reader, await reader.lastFailureId())
  }

  save(): unknown {
    return this.#id
  }

  restore(place: unknown): void {
    this.#id = Number(place)
  }

  async skip(): Promise<(row: FailureRow) => boolean> {
    const last = await this.#reader.lastFailureId()
    this.#id = last
    return ({ id }) => id <= last
  }

  async next(): Promise<FailureRow[]> {
    const rows: FailureRow[] = []
    for (;;) {
      const page = await this.#reader.failureRowsSince(this.#id, PAGE)
      rows.push(...page)
      this.#id = page.at(-1)?.id ?? this.#id
      if (page.length < PAGE) return rows
    }
  }

  committed(changes: readonly IncidentChange[], live: boolean): readonly IncidentChange[] {
    const fresh = changes.filter(({ id }) => id !== undefined || ++this.#stored_id > this.#id)
    if (live) this.#id = Math.max(this.#id, this.#stored_id)
    return fresh
  }
}

/** What is handed over; the steward's own changes are all of what was given before. */
export class ArrivalFeed implements FailureFeed {
  readonly #steward: Steward
  #arrived: Arrived = {}

  constructor(steward: Steward) {
    this.#steward = steward
  }

  save(): unknown {
    return this.#arrived
  }

  restore(place: unknown): void {
    this.#arrived = place as Arrived
  }

  async skip(): Promise<(row: FailureRow) => boolean> {
    const arrived = await this.#steward.arrived()
    this.#arrived = arrived
    return (row) => this.#steward.isBefore(row, arrived)
  }

  async next(): Promise<FailureRow[]> {
    const rows: FailureRow[] = []
    for (;;) {
      const before = JSON.stringify(this.#arrived)
      const { failures, arrived } = await this.#steward.failures(this.#arrived, PAGE)
      rows.push(...failures)
      this.#arrived = arrived
      if (JSON.stringify(arrived) === before) return rows
    }
  }

  committed(changes: readonly IncidentChange[]): readonly IncidentChange[] {
    return changes
  }
}
