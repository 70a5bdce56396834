/**
 * Finds stored incidents that a new observation may belong to: by request id, trace id or token, and by time alone.
 * Both ends of the range count. Incidents that share an id come before those that are only near in time when there are
 * more than NEIGHBOUR_LIMIT, because an id proves more; the answer itself is in order of distance from the middle.
 */
import type Database from 'better-sqlite3'
import {
  NEIGHBOUR_LIMIT,
  type Neighbour,
  type NeighbourQuery,
  type PageQuery,
  type Spoken,
} from '../../core/ports/store.ts'
import { INCIDENT_COLUMNS, type IncidentRow, unpackIncident } from './incident-row.ts'
import { KEY_FIELDS, type KeyField, keyHash } from './incident-table.ts'
import { encodeKey, type KeyCode, sameKey } from './key-code.ts'
import { hourOf, type KeyHours } from './key-hours.ts'
import type { Lexicon } from './lexicon.ts'

/** Incidents looked at for one id: a stranger may send one request id with every request. */
const CANDIDATE_LIMIT = 8 * NEIGHBOUR_LIMIT

/** Place of each key in an IncidentRow. */
const KEY_PLACE: Readonly<Record<KeyField, 11 | 12 | 13 | 16>> = {
  request_id: 11,
  trace_id: 12,
  token: 13,
  token_id: 16,
}

const KEYS = Object.keys(KEY_FIELDS) as KeyField[]

/** Id and time of an incident, the first two columns of an IncidentRow. */
type Place = [id: number, time_ms: number]

type SpokenRow = [incident: number, stream: string, voice: number, offset: number, host: number, time_ms: number]

export class NeighbourSearch {
  readonly #lexicon: Lexicon
  readonly #keyHours: KeyHours
  readonly #byKey: Database.Statement<number[], IncidentRow>
  readonly #byIds: Database.Statement<[string], IncidentRow>
  readonly #before: Database.Statement<number[], Place>
  readonly #after: Database.Statement<number[], Place>
  readonly #pageFrom: Database.Statement<number[], number>
  readonly #pageAfter: Database.Statement<number[], number>
  readonly #spoken: Database.Statement<[string], SpokenRow>

  constructor(db: Database.Database, lexicon: Lexicon, keyHours: KeyHours) {
    this.#lexicon = lexicon
    this.#keyHours = keyHours
    const columns = INCIDENT_COLUMNS.map((column) => `i.${column}`).join(', ')
    this.#byKey = db
      .prepare<number[], IncidentRow>(
        `SELECT ${columns} FROM incident_key k CROSS JOIN incident i ON i.id = k.incident
          WHERE k.hour = ? AND k.hash = ? ORDER BY k.incident DESC LIMIT ${CANDIDATE_LIMIT}`,
      )
      .raw()
    this.#byIds = db
      .prepare<[string], IncidentRow>(`SELECT ${columns} FROM json_each(?) j CROSS JOIN incident i ON i.id = j.value`)
      .raw()
    // Answered by the time index alone.
    this.#before = db
      .prepare<number[], Place>(
        'SELECT id, time_ms FROM incident WHERE time_ms >= ? AND time_ms <= ? ORDER BY time_ms DESC, id DESC LIMIT ?',
      )
      .raw()
    this.#after = db
      .prepare<number[], Place>(
        'SELECT id, time_ms FROM incident WHERE time_ms > ? AND time_ms <= ? ORDER BY time_ms, id LIMIT ?',
      )
      .raw()
    this.#pageFrom = db
      .prepare<number[], number>(
        'SELECT id FROM incident WHERE time_ms >= ? AND time_ms < ? ORDER BY time_ms, id LIMIT ?',
      )
      .pluck()
    this.#pageAfter = db
      .prepare<number[], number>(
        `SELECT id FROM incident WHERE time_ms >= ? AND (time_ms > ? OR id > ?) AND time_ms < ?
          ORDER BY time_ms, id LIMIT ?`,
      )
      .pluck()
    this.#spoken = db
      .prepare<[string], SpokenRow>(
        `SELECT o.incident, ifnull(s.stream, ''), o.voice, o.offset, o.host, ifnull(o.time_ms, i.time_ms)
           FROM json_each(?) j CROSS JOIN observation o ON o.incident = j.value
                CROSS JOIN incident i ON i.id = o.incident LEFT JOIN stream s ON s.id = o.stream`,
      )
      .raw()
  }

  /** `extent` bounds the hours that are looked into; null when there are no incidents. */
  search(query: NeighbourQuery, extent: { first_ms: number; last_ms: number } | null): Neighbour[] {
    if (extent === null) return []
    const from_ms = Math.max(query.from_ms, extent.first_ms)
    const to_ms = Math.min(query.to_ms, extent.last_ms)
    if (!(from_ms <= to_ms)) return []
    const middle_ms = (query.from_ms + query.to_ms) / 2
    const distance = ([, time_ms]: Place | IncidentRow) => Math.abs(time_ms - middle_ms)
    const nearest = (a: Place | IncidentRow, b: Place | IncidentRow) => distance(a) - distance(b) || a[0] - b[0]

    const found = this.#withKeys(query, from_ms, to_ms).sort(nearest).slice(0, NEIGHBOUR_LIMIT)
    if (query.by_time && found.length < NEIGHBOUR_LIMIT) {
      const known = new Set(found.map(([id]) => id))
      const enough = NEIGHBOUR_LIMIT + found.length
      const fresh = [
        ...this.#before.all(from_ms, Math.min(middle_ms, to_ms), enough),
        ...this.#after.all(Math.max(middle_ms, from_ms - 1), to_ms, enough),
      ].filter(([id]) => !known.has(id))
      const chosen = fresh.sort(nearest).slice(0, NEIGHBOUR_LIMIT - found.length)
      if (chosen.length > 0) found.push(...this.#byIds.all(JSON.stringify(chosen.map(([id]) => id))))
      found.sort(nearest)
    }
    if (found.length === 0) return []
    const spoken = this.#spokenOf(found.map(([id]) => id))
    return found.map((row) => ({ incident: unpackIncident(this.#lexicon, row), spoken: spoken.get(row[0]) ?? [] }))
  }

  #withKeys(query: NeighbourQuery, from_ms: number, to_ms: number): IncidentRow[] {
    const found = new Map<number, IncidentRow>()
    for (const field of KEYS) {
      const key = query[field]
      const code = encodeKey(key)
      if (code === null) continue
      const hash = keyHash(field, key!, this.#lexicon.seed)
      for (let hour = hourOf(from_ms); hour <= hourOf(to_ms); hour++) {
        if (!this.#keyHours.mayHold(hour, hash)) continue
        for (const row of this.#byKey.all(hour, hash)) {
          if (row[1] >= from_ms && row[1] <= to_ms && hasKey(row, field, key!, code)) found.set(row[0], row)
        }
      }
    }
    return [...found.values()]
  }

  /** One page of incidents, oldest first. */
  page({ from_ms, to_ms, after, limit }: PageQuery): Neighbour[] {
    const places =
      after === undefined
        ? this.#pageFrom.all(from_ms, to_ms, limit)
        : this.#pageAfter.all(after.time_ms, after.time_ms, Number(after.id), to_ms, limit)
    if (places.length === 0) return []
    const rows = this.#byIds.all(JSON.stringify(places))
    const spoken = this.#spokenOf(places)
    return rows.map((row) => ({ incident: unpackIncident(this.#lexicon, row), spoken: spoken.get(row[0]) ?? [] }))
  }

  #spokenOf(incidents: readonly number[]): Map<number, Spoken[]> {
    const spoken = new Map<number, Spoken[]>()
    for (const [incident, stream, voice, offset, host, time_ms] of this.#spoken.all(JSON.stringify(incidents))) {
      const { signature, specificity } = this.#lexicon.voice(voice)
      const one: Spoken = { stream, signature, offset, time_ms, specificity }
      const name = this.#lexicon.names.text(host)
      if (name !== '') one.host = name
      const known = spoken.get(incident)
      if (known === undefined) spoken.set(incident, [one])
      else known.push(one)
    }
    return spoken
  }
}

function hasKey(row: IncidentRow, field: KeyField, key: string, code: KeyCode): boolean {
  if (sameKey(row[KEY_PLACE[field]], code)) return true
  return field === 'request_id' && row[18] !== null && (JSON.parse(row[18]) as string[]).includes(key)
}
