/**
 * systemd's journal as a log source: `journalctl` in a process of its own, read through a pipe, for as long as it is wanted.
 * Delivery guarantee: exactly once. The cursor of the last entry whose records are committed stands in the same
 * transaction as they do, and a later run goes on behind it, also when the entry itself is gone by then.
 * Invariant: offsets of one stream go on growing over all runs; only whole lines are entries.
 */
import type { ByteBatch, LogSource, SourceNotice, SourceOptions, StreamInfo } from '../../src/core/ports/source.ts'
import { FILE_LIMITS } from '../file/limits.ts'
import type { TailClock } from '../file/tail.ts'
import { Wake } from '../file/wake.ts'
import { streamId } from '../push/identity.ts'
import { PipeLines } from '../stdin/pipe-lines.ts'
import type { AskedJournal } from './asked-journal.ts'
import { type Journalctl, startJournalctl } from './journalctl.ts'
import { ReadEntries } from './read-entries.ts'

/** What was there at the start is read once nothing came for so long, or an entry that is newer than the start; ms. */
const QUIET_MS = 1_000
/** When a journalctl that has ended is started again; ms. */
const RETRY_MS = 2_000

const NEWLINE = 10
const RECEIVED = /[{,]"__REALTIME_TIMESTAMP":"(\d{1,16})"/

export function openJournalSource(asked: AskedJournal, options: SourceOptions): LogSource {
  return new JournalSource(asked, options)
}

/** One life of journalctl. */
interface Reading {
  journalctl: Journalctl
  lines: PipeLines
  /** Where in the stream it begins. */
  base: number
  /** What it says was told. */
  heard: boolean
}

class JournalSource implements LogSource {
  readonly #asked: AskedJournal
  readonly #options: SourceOptions
  readonly #stream: string
  readonly #clock: TailClock
  readonly #wake = new Wake()
  readonly #entries: ReadEntries
  readonly #opened_ms: number
  #reading: Reading | null = null
  /** End of what was handed out. */
  #end: number
  #cameAt = performance.now()
  /** What journalctl said since the last entry. */
  #trouble = ''
  /** It ended, and was started again. */
  #failed = false
  #cutTold = false
  rested = false
  #closed = false

  constructor(asked: AskedJournal, options: SourceOptions) {
    this.#asked = asked
    this.#options = options
    this.#stream = streamId('journal', asked.name)
    this.#opened_ms = options.now()
    this.#clock = {
      follow: true,
      // journalctl writes entry by entry; half a line is never a line, however long the rest takes.
      limits: { ...FILE_LIMITS, partial_line_ms: Number.POSITIVE_INFINITY },
      monotonic: () => performance.now(),
      now: () => options.now(),
    }
    const before = options.known.find(({ stream }) => stream === this.#stream)
    this.#end = before?.offset ?? 0
    this.#entries = new ReadEntries(before?.cursor)
    if (before?.cursor === undefined) this.#tell('opened', 'reading the journal')
    else this.#tell('resumed', 'goes on behind the last entry that was read')
  }

  async *batches(signal: AbortSignal): AsyncGenerator<ByteBatch> {
    while (!signal.aborted && !this.#closed) {
      this.#reading ??= this.#start()
      const reading = this.#reading
      const turn = await reading.lines.turn(this.#clock)
      const batch = turn.batch === null ? null : this.#placed(turn.batch, reading)
      if (batch !== null) {
        this.#came(batch)
        yield batch
      }
      if (turn.ended && !this.#options.follow) {
        this.#hear(reading)
        this.rested = true
        yield { ...this.#nothing(), ended: true }
        return
      }
      if (turn.ended) {
        this.#hear(reading, 'journalctl has ended')
        this.#failed = true
        reading.lines.close()
        this.#reading = null
        this.rested = true
        await this.#wake.sleep(RETRY_MS, signal)
      } else if (batch === null && !turn.more) await this.#rest(reading, signal)
    }
    this.#reading?.lines.close()
  }

  async checkpoint(stream: string, offset: number): Promise<StreamInfo> {
    if (stream !== this.#stream) throw new RangeError(`unknown stream ${stream}`)
    const info: StreamInfo = { stream, name: this.#asked.name, identity: null }
    const cursor = this.#entries.cursorAt(offset)
    if (cursor !== undefined) info.cursor = cursor
    if (this.#trouble !== '') info.error = this.#trouble
    return info
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#reading?.lines.close()
    this.#wake.up()
  }

  #start(): Reading {
    const after_cursor = this.#entries.last
    const wanted = { follow: this.#options.follow, ...(after_cursor === undefined ? {} : { after_cursor }) }
    const journalctl = startJournalctl(this.#asked, wanted, () => this.#wake.up())
    this.#cameAt = performance.now()
    const lines = new PipeLines(
      'journal',
      this.#asked.name,
      journalctl.inflow,
      () => this.#wake.up(),
      performance.now(),
    )
    return { journalctl, lines, base: this.#end, heard: false }
  }

  /** In its place in the stream, without what broke off when journalctl ended; null where nothing is left. */
  #placed(batch: ByteBatch, { base }: Reading): ByteBatch | null {
    const { bytes, cut_bytes, more } = batch
    const broken = batch.ended && cut_bytes === 0 && bytes.at(-1) !== NEWLINE
    const whole = broken ? bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1) : bytes
    if (whole.length === 0 && cut_bytes === 0) return null
    const offset = base + batch.offset
    const end = offset + whole.length + cut_bytes
    const placed: ByteBatch = { stream: this.#stream, bytes: whole, offset, end, cut_bytes, more, ended: false }
    const first = Buffer.from(whole.buffer, whole.byteOffset, whole.indexOf(NEWLINE) + 1).toString('latin1')
    const received_micros = Number(RECEIVED.exec(first)?.[1] ?? 0)
    if (received_micros / 1000 >= this.#opened_ms) placed.received_collector_ms = this.#options.now()
    return placed
  }

  #came(batch: ByteBatch): void {
    this.#end = batch.end
    this.#entries.add(batch)
    this.#cameAt = performance.now()
    if (batch.received_collector_ms !== undefined) this.rested = true
    if (batch.cut_bytes > 0 && !this.#cutTold) this.#tell('cut', 'has entries that are too long; they are cut')
    this.#cutTold ||= batch.cut_bytes > 0
    if (this.#failed) this.#tell('readable_again', 'is read again')
    this.#failed = false
    this.#trouble = ''
  }

  async #rest(reading: Reading, signal: AbortSignal): Promise<void> {
    const quietAt = this.#cameAt + QUIET_MS
    if (performance.now() >= quietAt) this.rested = true
    // "No journal files were found" and the like: it goes on, and waits for some.
    this.#hear(reading)
    await this.#wake.sleep(this.rested ? Number.POSITIVE_INFINITY : quietAt - performance.now(), signal)
  }

  /** Tells what journalctl says, once for each time it is started and not while it stays the same. */
  #hear(reading: Reading, otherwise = ''): void {
    const said = reading.journalctl.said || otherwise
    if (said === '' || reading.heard) return
    reading.heard = true
    if (said === this.#trouble) return
    this.#trouble = said
    this.#tell('unreadable', said)
  }

  #nothing(): ByteBatch {
    const at = this.#end
    return {
      stream: this.#stream,
      bytes: new Uint8Array(),
      offset: at,
      end: at,
      cut_bytes: 0,
      more: false,
      ended: false,
    }
  }

  #tell(kind: SourceNotice['kind'], text: string): void {
    this.#options.notice({ kind, name: this.#asked.name, text })
  }
}
