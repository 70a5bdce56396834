/**
 * Steps 2 to 4 on one record: redact, decode, recognise. The ingest, `classify`, `explain` and the self-checks all go
 * through here, so that what a check proves is what production does.
 */
import { Decoder } from '../../collectors/decode/decoder.ts'
import { type FormatMemory, newFormatMemory } from '../../collectors/decode/format-memory.ts'
import { zoneOffset } from '../../collectors/decode/zone-offset.ts'
import { EntrySpans } from '../../collectors/otlp/entry-spans.ts'
import type { ReadBy } from '../../collectors/otlp/read-request.ts'
import { Glance } from '../../collectors/otlp/wire/glance.ts'
import { type AuthEvent, MESSAGE_LIMIT } from '../core/auth-event.ts'
import type { Envelope, LogRecord } from '../core/log-record.ts'
import type { Privacy } from '../core/privacy.ts'
import type { TokenFacts } from '../core/token-facts.ts'
import { PersonMask } from '../redact/persons.ts'
import { Redactor } from '../redact/redactor.ts'
import type { Match } from '../signatures/matcher.ts'
import { Prefilter } from '../signatures/prefilter.ts'
import { Recogniser } from '../signatures/recogniser.ts'
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

export interface ClassifierOptions {
  privacy?: Privacy | undefined
  /** See prefilter.ts; 0: its second look from the first record on. */
  prefilter_patience?: number
}

export class Classifier {
  readonly #prefilter: Prefilter
  readonly #decoder: Decoder
  readonly #recogniser: Recogniser
  readonly redactor: Redactor
  /** What reading telemetry goes by: the prefilter's look before it is decoded, and the failed spans of the run. */
  readonly telemetry: ReadBy
  readonly #persons: PersonMask
  /** Subjects that the record in hand names, as they are written. */
  #named: string[] = []

  /** @param zone IANA name applied to stamps without one */
  constructor(
    knowledge: Knowledge,
    key: Uint8Array,
    zone: string,
    { privacy = 'default', prefilter_patience }: ClassifierOptions = {},
  ) {
    const { signatures, stems, rules, windows } = knowledge.signatures
    this.#prefilter = new Prefilter({
      stems,
      rules,
      ...(windows === undefined ? {} : { windows }),
      ...(prefilter_patience === undefined ? {} : { patience: prefilter_patience }),
    })
    this.#decoder = new Decoder(knowledge.formats, zone)
    this.redactor = new Redactor(key, privacy)
    this.telemetry = {
      glance: new Glance((bytes, from, to) => this.#prefilter.within(bytes, from, to)),
      entries: new EntrySpans(),
    }
    this.#persons = new PersonMask(privacy, (kind, value) => this.redactor.fingerprint(kind, value))
    const fingerprint = (kind: string, value: string) => {
      if (kind === 'sub') this.#named.push(value)
      return this.redactor.fingerprint(kind, value)
    }
    this.#recogniser = new Recogniser(signatures, { zone: zoneOffset(zone), fingerprint }, windows)
  }

  /** False proves that the record is no auth event; true says nothing yet. @param from where the search begins */
  mayMatch(text: string, from = 0): boolean {
    return this.#prefilter.test(from === 0 ? text : text.slice(from))
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
    this.#named = []
    const event = this.#recogniser.recognise(decoded.record, decoded.tokens)
    if (event !== null) this.#concealPersons(event)
    if (event !== null && raw.received_collector_ms !== undefined)
      event.received_collector_ms = raw.received_collector_ms
    return { ...decoded, event }
  }

  /** A text as it may be kept: what is left of persons in it is what the privacy level allows. The text is redacted already. */
  conceal(text: string): string {
    return this.#persons.text(text)
  }

  #concealPersons(event: AuthEvent): void {
    const persons = this.#persons
    const { evidence } = event
    event.message = persons.text(event.message, this.#named).slice(0, MESSAGE_LIMIT)
    if (event.http_path !== undefined) event.http_path = persons.text(event.http_path, this.#named)
    if (event.client_address !== undefined) event.client_address = persons.address(event.client_address)
    if (event.client_id !== undefined) event.client_id = persons.client(event.client_id)
    if (evidence.expected !== undefined) evidence.expected = persons.text(evidence.expected, this.#named)
    if (evidence.got !== undefined) evidence.got = persons.text(evidence.got, this.#named)
  }

  /** Every signature that fits a decoded record, best first; for checks and `explain`. */
  matches(record: LogRecord): Match[] {
    return this.#recogniser.matches(record)
  }
}
