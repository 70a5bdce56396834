/** Reads stored incidents for joining and for revising: by their ids, by time, page by page; one collector's own, or all that was handed over. */
import type { Neighbour, NeighbourQuery, PageQuery } from '../../core/ports/store.ts'
import { NEIGHBOUR_LIMIT } from '../../core/ports/store.ts'
import { cleanText, KEY_LIMIT } from '../clean-text.ts'
import { fromRow, STORED_COLUMNS, type StoredIncident, toNeighbour } from './incident-row.ts'
import { nearest } from './recent-incidents.ts'
import type { ClickhouseServer } from './server.ts'
import { join, Sql, sql } from './sql.ts'

/** Incidents looked at for one id: a stranger may send one request id with every request. */
const CANDIDATE_LIMIT = 8 * NEIGHBOUR_LIMIT
/** Ids in one statement. */
const IDS_AT_ONCE = 5_000
const COLUMNS = new Sql(STORED_COLUMNS)
const KEYS = ['request_id', 'trace_id', 'token', 'token_id'] as const

export class NeighbourSearch {
  readonly #server: ClickhouseServer
  readonly #whose: () => Sql | Promise<Sql>

  /** `whose`: which of the stored incidents are the asker's to revise. */
  constructor(server: ClickhouseServer, whose: () => Sql | Promise<Sql>) {
    this.#server = server
    this.#whose = whose
  }

  async search(given: readonly NeighbourQuery[]): Promise<Neighbour[][]> {
    const queries = given.map(cleanKeys)
    const candidates = await this.#withIds(queries)
    return Promise.all(
      queries.map(async (query) =>
        nearest(query, query.by_time ? [...candidates, ...(await this.#near(query, candidates))] : candidates),
      ),
    )
  }

  async page({ from_ms, to_ms, after, limit }: PageQuery): Promise<Neighbour[]> {
    const behind = after === undefined ? sql`1` : sql`(time_ms, id) > (${after.time_ms}, ${Number(after.id)})`
    const rows = await this.#rows(
      sql`time_ms >= ${edge(from_ms)} AND time_ms < ${edge(to_ms)} AND ${behind}`,
      sql`ORDER BY time_ms, id LIMIT ${limit}`,
    )
    return rows.map(toNeighbour)
  }

  async byIds(ids: readonly string[]): Promise<StoredIncident[]> {
    const numbers = ids.map(Number).filter((id) => Number.isSafeInteger(id) && id >= 0)
    const found: StoredIncident[] = []
    for (let at = 0; at < numbers.length; at += IDS_AT_ONCE)
      found.push(...(await this.#rows(sql`id IN ${numbers.slice(at, at + IDS_AT_ONCE)}`, sql``)))
    return found
  }

  /** Those that meet a condition on the table `incident`. */
  async among(of: Sql): Promise<Neighbour[]> {
    return (await this.#rows(of, sql`ORDER BY id`)).map(toNeighbour)
  }

  async #withIds(queries: readonly NeighbourQuery[]): Promise<StoredIncident[]> {
    const wanted = (field: (typeof KEYS)[number]) =>
      [...new Set(queries.map((query) => query[field]).filter((key) => key !== undefined && key !== ''))] as string[]
    const conditions: Sql[] = []
    for (const field of KEYS) {
      const keys = wanted(field)
      if (keys.length === 0) continue
      conditions.push(sql`${new Sql(field)} IN ${keys}`)
      if (field === 'request_id')
        conditions.push(sql`hasAny(other_request_ids, ${new Sql(`[${sql`${keys}`.text.slice(1, -1)}]`)})`)
    }
    if (conditions.length === 0) return []
    const from_ms = Math.min(...queries.map((query) => query.from_ms))
    const to_ms = Math.max(...queries.map((query) => query.to_ms))
    const wantedOf = sql`time_ms BETWEEN ${edge(from_ms)} AND ${edge(to_ms)} AND (${join(conditions, ' OR ')})`
    const limited = sql`ORDER BY id DESC LIMIT ${CANDIDATE_LIMIT} BY request_id, trace_id, token, token_id`
    const places = await this.#places(wantedOf, limited)
    const found: StoredIncident[] = []
    for (let at = 0; at < places.length; at += IDS_AT_ONCE) {
      const page = join(places.slice(at, at + IDS_AT_ONCE), ', ')
      found.push(...(await this.#rows(wantedOf, limited, sql`PREWHERE (time_ms, id) IN (${page})`)))
    }
    return found
  }

  /**
   * Where incidents with such ids are or were: of most new failures nobody has heard, and that is known from the columns of ids alone.
   * Versions that are no more are among them.
   */
  async #places(where: Sql, rest: Sql): Promise<Sql[]> {
    const rows = await this.#server.rows<[number, number]>(
      sql`SELECT time_ms, id FROM incident WHERE ${where} AND ${await this.#whose()} ${rest}`,
    )
    return [...new Map(rows.map(([time_ms, id]) => [`${time_ms} ${id}`, sql`(${time_ms}, ${id})`])).values()]
  }

  /** The nearest by time alone, as many as an answer can hold besides those that are known. */
  #near({ from_ms, to_ms }: NeighbourQuery, known: readonly StoredIncident[]): Promise<StoredIncident[]> {
    const middle_ms = Math.round((from_ms + to_ms) / 2)
    const not = known.map(({ incident }) => Number(incident.id)).slice(0, IDS_AT_ONCE)
    return this.#rows(
      sql`time_ms BETWEEN ${edge(from_ms)} AND ${edge(to_ms)} ${not.length === 0 ? sql`` : sql`AND id NOT IN ${not}`}`,
      sql`ORDER BY abs(time_ms - ${middle_ms}), id LIMIT ${NEIGHBOUR_LIMIT}`,
    )
  }

  async #rows(where: Sql, rest: Sql, first: Sql = sql``): Promise<StoredIncident[]> {
    const whose = await this.#whose()
    const detail = sql`time_ms >= (SELECT maxOrDefault(toInt64OrZero(value)) FROM meta WHERE key = 'detail_from_ms')`
    const rows = await this.#server.rows(
      sql`SELECT ${COLUMNS} FROM incident FINAL ${first} WHERE ${where} AND ${whose} AND ${detail} ${rest}`,
    )
    return rows.map(fromRow)
  }
}

function cleanKeys(query: NeighbourQuery): NeighbourQuery {
  const clean = { ...query }
  for (const field of KEYS) if (query[field] !== undefined) clean[field] = cleanText(query[field], KEY_LIMIT)
  return clean
}

/** Ranges may be open; every instant that is stored lies within ±2^53. */
function edge(time_ms: number): number {
  return Math.max(Math.min(Math.round(time_ms), Number.MAX_SAFE_INTEGER), Number.MIN_SAFE_INTEGER)
}
