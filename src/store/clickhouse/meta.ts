/**
 * Facts about the whole store that every collector shares. Two kinds of rows: claims, of which the first stays (the deduplication
 * token of the insert decides, on replicas too), and marks, of which the greatest counts. Rows are never changed.
 */
import { randomBytes } from 'node:crypto'
import { StoreRefusal } from '../../core/ports/store.ts'
import { newFingerprintKey } from '../fingerprint-key.ts'
import type { ClickhouseServer } from './server.ts'
import { type Sql, sql } from './sql.ts'

/** Greatest instants before which something was given up, ms. */
export interface Marks {
  /** Incidents and minutes. */
  detail_from_ms: number | null
  /** Hours. */
  rollups_from_ms: number | null
  /** Days; before it only hours answer for everything. */
  days_from_ms: number | null
  /** Facts of the history whose last use lies before. */
  history_from_ms: number | null
}

/** Ids are `number of the collector × 2^42 + running number`: exact in a double. */
export const COLLECTOR_BITS = 42
const COLLECTORS_MAX = 2 ** 11 - 2
/** Under this number people's silences and acknowledgements are kept. */
export const DESK = 65_535

/** The first one bears the name alone, those after it a number. */
const KEY = 'fingerprint_key'
const keyName = (generation: number) => (generation === 1 ? KEY : `${KEY} ${generation}`)
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const proposedKey = () => newFingerprintKey(process.env.AUTHTOP_FINGERPRINT_KEY).toString('hex')

export class Meta {
  readonly #server: ClickhouseServer

  constructor(server: ClickhouseServer) {
    this.#server = server
  }

  async marks(): Promise<Marks> {
    const rows = await this.#server.rows<[string, number]>(
      sql`SELECT key, max(toInt64OrZero(value)) FROM meta
           WHERE key IN ${['detail_from_ms', 'rollups_from_ms', 'days_from_ms', 'history_from_ms']} GROUP BY key`,
    )
    const marks = new Map(rows)
    const of = (key: string) => marks.get(key) ?? null
    return {
      detail_from_ms: of('detail_from_ms'),
      rollups_from_ms: of('rollups_from_ms'),
      days_from_ms: of('days_from_ms'),
      history_from_ms: of('history_from_ms'),
    }
  }

  async mark(key: keyof Marks | 'schema', value: number): Promise<void> {
    await this.#put(key, String(value), `mark ${key} ${value}`)
  }

  /** The value that was claimed first under `key`; `proposed` where there was none. */
  async claim(key: string, proposed: string): Promise<string> {
    const known = await this.#claimed(key)
    if (known !== null) return known
    await this.#put(key, proposed, `claim ${key}`)
    return (await this.#claimed(key)) ?? proposed
  }

  /** The key in force, made where there is none. */
  async fingerprintKey(): Promise<Uint8Array> {
    const known = (await this.#keys()).at(-1)
    return bytesOf(known?.value ?? (await this.claim(keyName(1), proposedKey())))
  }

  /** Those that were in force before, oldest first. */
  async retiredKeys(): Promise<Uint8Array[]> {
    return (await this.#keys()).slice(0, -1).map(({ value }) => bytesOf(value))
  }

  /** Another one from now on. Throws StoreRefusal. */
  async nextFingerprintKey(): Promise<Uint8Array> {
    const now = (await this.#keys()).at(-1)
    const proposed = proposedKey()
    if (now?.value === proposed)
      throw new StoreRefusal('unsupported', 'AUTHTOP_FINGERPRINT_KEY holds the key in use', 'set it to a new one')
    return bytesOf(await this.claim(keyName((now?.generation ?? 0) + 1), proposed))
  }

  /** Gives up keys that were replaced before that instant of the server's clock; null: all that were. */
  async dropRetiredKeys(before_ms: number | null, drop: (where: Sql) => Promise<void>): Promise<void> {
    const keys = await this.#keys()
    const gone = keys.filter((_, i) => {
      const next = keys[i + 1]
      return next !== undefined && (before_ms === null || next.at_ms < before_ms)
    })
    if (gone.length > 0) await drop(sql`key IN ${gone.map(({ generation }) => keyName(generation))}`)
  }

  async #keys(): Promise<{ generation: number; value: string; at_ms: number }[]> {
    const rows = await this.#server.rows<[string, string, number]>(
      sql`SELECT key, argMin(value, at_ms), min(at_ms) FROM meta WHERE startsWith(key, ${KEY}) GROUP BY key`,
    )
    return rows
      .map(([key, value, at_ms]) => ({ generation: Number(key.slice(KEY.length) || 1), value, at_ms }))
      .sort((a, b) => a.generation - b.generation)
  }

  /** Seed of the hashes of subjects. */
  async seed(): Promise<number> {
    return Number(await this.claim('seed', String(randomBytes(4).readInt32LE())))
  }

  /** The number of a collector, given when it first comes. */
  async collector(name: string): Promise<number> {
    const rows = await this.#server.rows<[string, string]>(
      sql`SELECT key, argMin(value, at_ms) FROM meta WHERE startsWith(key, 'collector ') GROUP BY key`,
    )
    const numbers = new Map(rows.map(([key, value]) => [value, Number(key.slice('collector '.length))]))
    const known = numbers.get(name)
    if (known !== undefined) return known
    for (let number = rows.length; number <= COLLECTORS_MAX; number++) {
      if ((await this.claim(`collector ${number}`, name)) === name) return number
    }
    throw new StoreRefusal(
      'unsupported',
      `this store has ${COLLECTORS_MAX} collectors already`,
      'give old names again with ?collector=',
    )
  }

  /** The number of a collector that has been here before; null: it has not. */
  async knownCollector(name: string): Promise<number | null> {
    const rows = await this.#server.rows<[string]>(
      sql`SELECT key FROM meta WHERE startsWith(key, 'collector ') AND value = ${name}`,
    )
    return rows[0] === undefined ? null : Number(rows[0][0].slice('collector '.length))
  }

  async #claimed(key: string): Promise<string | null> {
    const rows = await this.#server.rows<[string]>(
      sql`SELECT value FROM meta WHERE key = ${key} ORDER BY at_ms LIMIT 1`,
    )
    return rows[0]?.[0] ?? null
  }

  async #put(key: string, value: string, token: string): Promise<void> {
    await this.#server.insert({ table: 'meta', rows: JSON.stringify({ key, value }), token })
  }
}
