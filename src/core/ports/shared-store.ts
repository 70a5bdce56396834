/**
 * Where several collectors share one store: who joins, decides and alerts for all. Each collector revises what it has just written and
 * then hands it over; one of them, the steward, goes on with all that was handed over, whoever wrote it.
 * Contract: an incident is revised by its collector before it is handed over and by the steward after, never by both; what the
 * steward writes counts once, also when it is killed at any moment and another one goes on.
 */
import type { FailureRow } from './alert-store.ts'
import type { Neighbour, StoreReader, StoreWriter } from './store.ts'

/** How far what was handed over has been looked at: the next running number of each collector, by the collector's number. */
export type Arrived = Readonly<Record<string, number>>

export interface SharedStore {
  /** Hands over every incident that was appended so far; nothing is done while the store is away. */
  release(): Promise<void>
  /** The whole store, if this collector is or now becomes its steward; null: another one is, or the store is away. */
  steward(): Promise<Steward | null>
}

export interface Steward {
  /** Finds and revises what was handed over, of all collectors. Refuses with `second_writer` once another has taken the role. */
  writer: StoreWriter
  /** Of all collectors. */
  reader: StoreReader
  /** False: another one has the role now. To be asked every few seconds, or the role is lost. */
  hold(): Promise<boolean>
  /** Incidents handed over behind `after`, in no particular order, at most `limit`, and how far one is with them. */
  arrivals(after: Arrived, limit: number): Promise<{ incidents: Neighbour[]; arrived: Arrived }>
  /** The same, as rules need them. */
  failures(after: Arrived, limit: number): Promise<{ failures: FailureRow[]; arrived: Arrived }>
  /** As far as anything was handed over. */
  arrived(): Promise<Arrived>
  /** Whether a failure lies before `arrived`. */
  isBefore(row: Pick<FailureRow, 'id'>, arrived: Arrived): boolean
  /** Gives the role back and closes writer and reader. */
  close(): Promise<void>
}
