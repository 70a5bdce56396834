/**
 * Takes batches from the spool to the server, in order, each until the server has all of it. Every insert has a token made of the
 * spool, the batch and the table: whatever was cut off (a kill, a lost answer, a server that went away) is sent again and
 * counts once. While the server is away the spool keeps what comes, and the way there is tried again ever more seldom.
 */
import type { Spool } from '../sqlite/spool.ts'
import type { SpooledBatch, TableRows } from './batch-rows.ts'
import { isForNow } from './refusal-of.ts'
import type { ClickhouseServer } from './server.ts'

/** First and longest wait before a server that is away is tried again; ms. */
const RETRY_MS = 500
const RETRY_MAX_MS = 30_000

export class Shipper {
  readonly #server: ClickhouseServer
  readonly #spool: Spool
  /** Names this spool in tokens: a new spool begins new numbers. */
  readonly #spoolId: string
  readonly #arrived: () => void
  readonly #claim: (n: number, batch: SpooledBatch) => Promise<void>
  #shipping: Promise<void> | null = null
  #timer: NodeJS.Timeout | undefined
  #wait = RETRY_MS
  #away: Error | null = null
  #closed = false

  /** `arrived` is called when the server has everything after it was away; `claim` before a batch is sent. */
  constructor(
    server: ClickhouseServer,
    spool: Spool,
    spoolId: string,
    arrived: () => void,
    claim: (n: number, batch: SpooledBatch) => Promise<void> = async () => {},
  ) {
    this.#server = server
    this.#claim = claim
    this.#spool = spool
    this.#spoolId = spoolId
    this.#arrived = arrived
  }

  /** Why the server could not be reached when it was last tried; null: it could. */
  get away(): Error | null {
    return this.#away
  }

  /** Everything that waits; resolves also where the server is away. Throws what trying again would not mend. */
  ship(): Promise<void> {
    this.#shipping ??= this.#shipAll().finally(() => {
      this.#shipping = null
    })
    return this.#shipping
  }

  /** The server was asked something else and did not answer. */
  lost(error: Error): void {
    this.#away = error
    this.#later()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#shipping?.catch(() => {})
  }

  async #shipAll(): Promise<void> {
    const wasAway = this.#away !== null
    try {
      for (let batch = this.#spool.first(); batch !== undefined && !this.#closed; batch = this.#spool.first()) {
        const rows = JSON.parse(batch.body) as SpooledBatch
        await this.#claim(batch.n, rows)
        await sendBatch(this.#server, this.#spoolId, batch.n, rows)
        this.#spool.takeOff(batch.n)
      }
      this.#away = null
      this.#wait = RETRY_MS
      if (wasAway) this.#arrived()
    } catch (error) {
      if (!isForNow(error)) throw error
      this.#away = error as Error
      this.#later()
    }
  }

  #later(): void {
    if (this.#closed || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      // What is refused for good is told by the next append.
      this.ship().catch(() => {})
    }, this.#wait)
    this.#timer.unref()
    this.#wait = Math.min(this.#wait * 2, RETRY_MAX_MS)
  }
}

/** Stage after stage; the same again changes nothing. */
export async function sendBatch(
  server: ClickhouseServer,
  spoolId: string,
  n: number,
  { first, data, last }: SpooledBatch,
): Promise<void> {
  const insert = ({ table, rows }: TableRows) => server.insert({ table, rows, token: `${spoolId} ${n} ${table}` })
  for (const stage of [first, data, last]) await Promise.all(stage.map(insert))
}
