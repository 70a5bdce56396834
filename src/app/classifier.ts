/**
 * Steps 2 to 4 on one record: redact, decode, recognise. The ingest, `classify`, `explain` and the self-checks all go
 * through here, so that what a check proves is what production does.
 */
import { Decoder } from '../../collectors/decode/decoder.ts'
import { type FormatMemory, newFormatMemory } from '../../collectors/decode/format-memory.ts'
import { zoneOffset } from '../../collectors/decode/zone-offset.ts'
import type { AuthEvent } from '../core/auth-event.ts'
import type { Envelope, LogRecord } from '../core/log-record.ts'
import type { TokenFacts } from '../core/token-facts.ts'
import { Redactor } from '../redact/redactor.ts'
import type { Match } from '../signatures/matcher.ts'
import { Recogniser } from '../signatures/recogniser.ts'
import { StemScanner } from '../signatures/stem-scanner.ts'
import type { Knowledge } from './knowledge.ts'

export interface Classifiable {
  text: string
  envelope?: Envelope
  received_collector_ms?: number
}

export type Layout = Pick<LogRecord, 'format' | 'logged_writer_ms'>

export interface Classified {
  /** The redacted text. */
  text: string
  record: LogRecord
  tokens: readonly TokenFacts[]
  event: AuthEvent | null
}

export class Classifier {
  readonly #prefilter: StemScanner
  readonly #decoder: Decoder
  readonly #recogniser: Recogniser
  readonly redactor: Redactor

  /** `zone`: IANA name applied to stamps without one. */
  constructor(knowledge: Knowledge, key: Uint8Array, zone: string) {
    const { signatures, stems, windows } = knowledge.signatures
    this.#prefilter = new StemScanner(stems, windows)
    this.#decoder = new Decoder(knowledge.formats, zone)
    this.redactor = new Redactor(key)
    const fingerprint = (kind: string, value: string) => this.redactor.fingerprint(kind, value)
    this.#recogniser = new Recogniser(signatures, { zone: zoneOffset(zone), fingerprint }, windows)
  }

  /** False proves that the record is no auth event; true says nothing yet. @param from where the search begins */
  mayMatch(text: string, from = 0): boolean {
    return this.#prefilter.test(from === 0 ? text : text.slice(from))
  }

  /** The same of a text that stands between two places of the bytes (UTF-8). */
  mayMatchWithin(bytes: Uint8Array, from: number, to: number): boolean {
    return this.#prefilter.within(bytes, from, to)
  }

  /** Where in the bytes of a log the next thing stands, at or after `from`, that an auth event's record may hold, or −1: what is before it holds none. */
  nextHit(bytes: Uint8Array, from: number): number {
    return this.#prefilter.next(bytes, from)
  }

  /** Redacts and decodes without looking for an event. */
  decode(raw: Classifiable, memory: FormatMemory = newFormatMemory()): Omit<Classified, 'event'> {
    const { text, tokens } = this.redactor.redact(raw.text)
    const record = this.#decoder.decode({ ...raw, text }, memory)
    return { text, record, tokens }
  }

  /**
   * Layout and time of a record that is no auth event. Redaction is saved, because nothing else of the record leaves this
   * method: neither text nor attributes.
   */
  layoutOf(raw: Classifiable, memory: FormatMemory = newFormatMemory()): Layout {
    const { format, logged_writer_ms } = this.#decoder.decode(raw, memory)
    return logged_writer_ms === undefined ? { format } : { format, logged_writer_ms }
  }

  classify(raw: Classifiable, memory: FormatMemory = newFormatMemory()): Classified {
    const decoded = this.decode(raw, memory)
    const event = this.#recogniser.recognise(decoded.record, decoded.tokens)
    if (event !== null && raw.received_collector_ms !== undefined)
      event.received_collector_ms = raw.received_collector_ms
    return { ...decoded, event }
  }

  /** Every signature that fits a decoded record, best first; for checks and `explain`. */
  matches(record: LogRecord): Match[] {
    return this.#recogniser.matches(record)
  }
}
