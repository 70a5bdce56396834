/**
 * A batch of the steward is written down in the store itself before anything of it is applied, under its number: of several stewards
 * that believe in themselves the first to write a number down has it, and what was cut off is finished by whoever comes next, with
 * the same tokens. Hence nothing the steward does is there twice or in part.
 */
import { randomBytes } from 'node:crypto'
import { StoreRefusal } from '../../core/ports/store.ts'
import type { SpooledBatch } from './batch-rows.ts'
import { documentRows } from './documents.ts'
import type { ClickhouseServer } from './server.ts'
import { sendBatch } from './shipper.ts'
import { sql } from './sql.ts'

/** Names the one line of batches that all stewards write, in tokens. */
export const STEWARDS = 'stewards'

interface Intent {
  by: string
  batch: SpooledBatch
}

export class Intents {
  readonly #server: ClickhouseServer
  readonly #reviser: number
  readonly #me = randomBytes(8).toString('hex')

  constructor(server: ClickhouseServer, reviser: number) {
    this.#server = server
    this.#reviser = reviser
  }

  /** Makes the number ours. Throws StoreRefusal `second_writer` where another steward has it. */
  async claim(n: number, batch: SpooledBatch): Promise<void> {
    const body = JSON.stringify({ by: this.#me, batch } satisfies Intent)
    const rows = documentRows([{ kind: 'intent', key: '', body }], this.#reviser, n)
    await this.#server.insert({ table: 'document', rows, token: `${STEWARDS} ${n} intent` })
    const known = await this.#newest()
    if (known?.n !== n || known.intent.by !== this.#me)
      throw new StoreRefusal(
        'second_writer',
        `another process joins and decides for ${this.#server.shown} now`,
        'nothing is lost; it goes on where this one was',
      )
  }

  /** Applies what the last steward wrote down and did not finish. */
  async finish(): Promise<void> {
    const known = await this.#newest()
    if (known === null) return
    const [row] = await this.#server.rows<[number]>(
      sql`SELECT max(n) FROM committed WHERE collector = ${this.#reviser}`,
    )
    if (known.n > (row?.[0] ?? 0)) await sendBatch(this.#server, STEWARDS, known.n, known.intent.batch)
  }

  async #newest(): Promise<{ n: number; intent: Intent } | null> {
    const [row] = await this.#server.rows<[number, string]>(
      sql`SELECT version, body FROM document FINAL WHERE collector = ${this.#reviser} AND kind = 'intent' AND key = ''`,
    )
    return row === undefined ? null : { n: row[0], intent: JSON.parse(row[1]) as Intent }
  }
}
