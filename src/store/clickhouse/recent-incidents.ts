/**
 * The incidents this collector wrote last, as they are stored. They answer while the server is away; and a revision needs no look
 * at the server for what is here, because nobody else revises them. Bounded; the least lately written goes first.
 */
import { NEIGHBOUR_LIMIT, type Neighbour, type NeighbourQuery, type PageQuery } from '../../core/ports/store.ts'
import { type StoredIncident, toNeighbour } from './incident-row.ts'

/** About 2 kB each. */
const HELD = 20_000

export class RecentIncidents {
  readonly #byId = new Map<string, StoredIncident>()

  get(id: string): StoredIncident | undefined {
    return this.#byId.get(id)
  }

  put(stored: StoredIncident): void {
    const { id } = stored.incident
    this.#byId.delete(id)
    this.#byId.set(id, stored)
    if (this.#byId.size > HELD) this.#byId.delete(this.#byId.keys().next().value!)
  }

  drop(id: string): void {
    this.#byId.delete(id)
  }

  clear(): void {
    this.#byId.clear()
  }

  page({ from_ms, to_ms, after, limit }: PageQuery): Neighbour[] {
    return [...this.#byId.values()]
      .filter(({ incident: { time_ms, id } }) => {
        const behind =
          after === undefined || time_ms > after.time_ms || (time_ms === after.time_ms && Number(id) > Number(after.id))
        return time_ms >= from_ms && time_ms < to_ms && behind
      })
      .sort(inOrder)
      .slice(0, limit)
      .map(toNeighbour)
  }

  neighbours(queries: readonly NeighbourQuery[]): Neighbour[][] {
    const all = [...this.#byId.values()]
    return queries.map((query) => nearest(query, all))
  }
}

/** Those of the candidates that a query asks for, ids before mere nearness, in order of distance from the middle. */
export function nearest(query: NeighbourQuery, candidates: readonly StoredIncident[]): Neighbour[] {
  const middle_ms = (query.from_ms + query.to_ms) / 2
  const byDistance = (a: StoredIncident, b: StoredIncident) =>
    Math.abs(a.incident.time_ms - middle_ms) - Math.abs(b.incident.time_ms - middle_ms) ||
    Number(a.incident.id) - Number(b.incident.id)
  const within = candidates.filter(({ incident: { time_ms } }) => time_ms >= query.from_ms && time_ms <= query.to_ms)
  const found = within
    .filter((one) => sharesId(query, one))
    .sort(byDistance)
    .slice(0, NEIGHBOUR_LIMIT)
  if (query.by_time && found.length < NEIGHBOUR_LIMIT) {
    const known = new Set(found)
    const others = within.filter((one) => !known.has(one)).sort(byDistance)
    found.push(...others.slice(0, NEIGHBOUR_LIMIT - found.length))
    found.sort(byDistance)
  }
  return found.map(toNeighbour)
}

function sharesId(query: NeighbourQuery, { incident }: StoredIncident): boolean {
  const same = (field: 'request_id' | 'trace_id' | 'token' | 'token_id') =>
    query[field] !== undefined && query[field] !== '' && query[field] === incident[field]
  if (same('request_id') || same('trace_id') || same('token') || same('token_id')) return true
  return query.request_id !== undefined && (incident.other_request_ids?.includes(query.request_id) ?? false)
}

function inOrder(a: StoredIncident, b: StoredIncident): number {
  return a.incident.time_ms - b.incident.time_ms || Number(a.incident.id) - Number(b.incident.id)
}
