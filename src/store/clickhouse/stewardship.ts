/**
 * Who is the steward (core/ports/shared-store.ts): a document that its holder renews, by the server's clock alone, since the clocks of
 * collectors may be anything. It only says who should be busy; that a batch of two stewards never counts twice is the intent's work.
 */
import { randomBytes } from 'node:crypto'
import { documentRows } from './documents.ts'
import type { ClickhouseServer } from './server.ts'
import { sql } from './sql.ts'

/** A steward that was not heard of for this long has lost the role, ms of the server's clock. */
const LOST_MS = 20_000

export class Stewardship {
  readonly #server: ClickhouseServer
  readonly #reviser: number
  readonly #me = randomBytes(8).toString('hex')

  /** @param reviser number of the collector under which the steward writes */
  constructor(server: ClickhouseServer, reviser: number) {
    this.#server = server
    this.#reviser = reviser
  }

  /** True while and as soon as the role is ours. `force`: whoever has it loses it. */
  async hold(force = false): Promise<boolean> {
    const known = await this.#read()
    if (known !== null && known.by === this.#me) return this.#write(known.version, this.#me)
    if (known !== null && known.by !== '' && known.age_ms < LOST_MS && !force) return false
    return this.#write(known?.version ?? 0, this.#me)
  }

  /** The next one need not wait. */
  async giveBack(): Promise<void> {
    const known = await this.#read()
    if (known?.by === this.#me) await this.#write(known.version, '')
  }

  async #read(): Promise<{ by: string; version: number; age_ms: number } | null> {
    const [row] = await this.#server.rows<[string, number, number]>(
      sql`SELECT body, version, toUnixTimestamp64Milli(now64(3)) - version FROM document FINAL
           WHERE collector = ${this.#reviser} AND kind = 'steward' AND key = ''`,
    )
    return row === undefined ? null : { by: row[0], version: row[1], age_ms: row[2] }
  }

  /** Of several who saw the same `seen` the first is heard: the token is made of it. */
  async #write(seen: number, by: string): Promise<boolean> {
    const [now] = await this.#server.rows<[number]>(sql`SELECT toUnixTimestamp64Milli(now64(3))`)
    const version = Math.max(now![0], seen + 1)
    const rows = documentRows([{ kind: 'steward', key: '', body: by }], this.#reviser, version)
    await this.#server.insert({ table: 'document', rows, token: `steward after ${seen}` })
    return (await this.#read())?.by === by
  }
}
