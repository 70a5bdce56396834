/**
 * What people write beside collectors: silences and acknowledgements, as documents of the desk, each in one insert. The time of writing is
 * the version, so that the last word counts.
 */
import type { Silence } from '../../core/alert.ts'
import { COLLECTOR_STATE, type StoreDesk } from '../../core/ports/alert-store.ts'
import { cleanText } from '../clean-text.ts'
import { documentRows } from './documents.ts'
import { DESK } from './meta.ts'
import { refusalOf } from './refusal-of.ts'
import type { ClickhouseServer } from './server.ts'
import { sql } from './sql.ts'

/** Longer comments help nobody; characters. */
const COMMENT_LIMIT = 500

export class ClickhouseDesk implements StoreDesk {
  readonly #server: ClickhouseServer
  readonly #collector: number | null
  readonly #writer: () => number | null

  /**
   * @param collector number of the one that the location names; null: it has never been here
   * @param writer process id of whoever holds its spool on this host; null: nobody does
   */
  constructor(server: ClickhouseServer, collector: number | null, writer: () => number | null) {
    this.#server = server
    this.#collector = collector
    this.#writer = writer
  }

  async silence({ id, matchers, from_ms, to_ms, comment }: Silence): Promise<void> {
    const silence = {
      id,
      matchers,
      from_ms: Math.round(from_ms),
      to_ms: Math.round(to_ms),
      comment: cleanText(comment, COMMENT_LIMIT),
    }
    await this.#write('silence', id, JSON.stringify(silence))
  }

  async unsilence(id: string, now_ms: number): Promise<boolean> {
    const body = await this.#read(
      sql`SELECT body FROM document FINAL WHERE collector = ${DESK} AND kind = 'silence' AND key = ${id}`,
    )
    if (body === null) return false
    const silence = JSON.parse(body) as Silence
    if (silence.to_ms <= Math.round(now_ms)) return false
    await this.#write('silence', id, JSON.stringify({ ...silence, to_ms: Math.round(now_ms) }))
    return true
  }

  async acknowledge(alert_id: string, now_ms: number): Promise<boolean> {
    const body = await this.#read(
      sql`SELECT body FROM document FINAL WHERE kind = 'alert' AND key = ${alert_id} LIMIT 1`,
    )
    if (body === null) return false
    await this.#write('acknowledgement', alert_id, String(Math.round(now_ms)))
    return true
  }

  /** Of the collector that the location names, if it runs on this host: another one cannot be asked from here. */
  async collector(): Promise<number | null> {
    return this.#refusing(async () => {
      const rows = await this.#server.rows<[string, string]>(
        sql`SELECT kind, body FROM document FINAL WHERE collector = ${this.#collector ?? DESK}
             AND kind = 'alert_state' AND key = ${COLLECTOR_STATE}`,
      )
      const bodies = new Map(rows)
      const pid = Number(bodies.get('alert_state') ?? '')
      // Whoever left it may be gone, and its number somebody else's: only who holds the spool is meant.
      return pid > 0 && this.#writer() === pid ? pid : null
    })
  }

  async close(): Promise<void> {
    await this.#server.close()
  }

  async #read(query: ReturnType<typeof sql>): Promise<string | null> {
    return this.#refusing(async () => (await this.#server.rows<[string]>(query))[0]?.[0] ?? null)
  }

  /** The document, and that there is something new. */
  async #write(kind: string, key: string, body: string): Promise<void> {
    const version = Date.now()
    const token = `desk ${kind} ${key} ${version} ${body}`
    await this.#refusing(async () => {
      await this.#server.insert({ table: 'document', rows: documentRows([{ kind, key, body }], DESK, version), token })
      const committed = { collector: DESK, n: version, at_ms: version, next_incident: 1, first_ms: null, last_ms: null }
      await this.#server.insert({ table: 'committed', rows: JSON.stringify(committed), token })
    })
  }

  async #refusing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw refusalOf(error, this.#server.shown)
    }
  }
}
