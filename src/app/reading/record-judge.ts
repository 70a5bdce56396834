/**
 * Steps 2 to 4 on the records of one stream, in their order, and what is learned of the stream by the way: its format, its zone,
 * its clock, a few lines to show while nothing in it is recognised.
 */
import { newFormatMemory } from '../../../collectors/decode/format-memory.ts'
import { MESSAGE_LIMIT } from '../../core/auth-event.ts'
import type { RawRecord } from '../../core/log-record.ts'
import { NO_COUNTS, type StreamCounters, type StreamState } from '../../core/source-status.ts'
import { looksLikeAuthFailure } from '../../signatures/auth-failure-words.ts'
import { templateOf } from '../../signatures/template.ts'
import type { Classified, Classifier } from '../classifier.ts'
import type { Lesson, Standing } from './read.ts'

export interface JudgeOptions {
  classifier: Classifier
  /** IANA zone for stamps without one. */
  zone: string
  /** Collector's clock, ms. */
  now(): number
}

/**
 * Records of a stream that are decoded even if no signature can match, to learn its format and zone; count. Afterwards the last
 * one of every batch is, to notice a changed format and keep the stream's clock.
 */
const LEARN_RECORDS = 20
/** Persons are looked for in so much of a text that a sample or template is made of; characters. */
const CONCEALED = 2_000
/** Give other work a turn after this long; ms. */
const SLICE_MS = 20
/** Lines shown of a stream of which nothing is recognised; count and characters. */
const SAMPLE_LINES = 3
const SAMPLE_LENGTH = 160
/** One run of signs says nothing to a reader, and may be the last line of a key. */
const WITHOUT_WORDS = /^[A-Za-z0-9+/=_-]{16,}$/

export class RecordJudge {
  readonly counters: StreamCounters
  readonly #o: JudgeOptions
  readonly #stream: string
  readonly #memory = newFormatMemory()
  #format: string | undefined
  #zone: string | undefined
  #last_record_ms: number | undefined
  readonly #sample: string[]

  constructor(options: JudgeOptions, stream: string, before: StreamState | undefined) {
    this.#o = options
    this.#stream = stream
    this.counters = { ...(before?.counters ?? NO_COUNTS) }
    this.#format = before?.format
    this.#zone = before?.zone
    this.#last_record_ms = before?.last_record_ms
    this.#sample = [...(before?.sample ?? [])]
  }

  async judge(records: readonly RawRecord[]): Promise<Lesson> {
    const into: Lesson = { judged: [], unrecognised: [], records: records.length, none: 0 }
    let sliceEnd = performance.now() + SLICE_MS
    for (let i = 0; i < records.length; i++) {
      this.#judge(records[i]!, i === records.length - 1, into)
      if ((i & 63) === 63 && performance.now() > sliceEnd) {
        await new Promise((resolve) => setImmediate(resolve))
        sliceEnd = performance.now() + SLICE_MS
      }
    }
    return into
  }

  standing(committable: number, holds: boolean): Standing {
    return {
      counters: { ...this.counters },
      committable,
      holds,
      format: this.#format,
      zone: this.#zone,
      last_record_ms: this.#last_record_ms,
      sample: [...this.#sample],
    }
  }

  #judge(raw: RawRecord, last: boolean, into: Lesson): void {
    const { classifier } = this.#o
    const n = this.counters.records++
    if (raw.cut) this.counters.cut_records++
    if (!classifier.mayMatch(raw.text, raw.telling_from)) {
      into.none++
      if (n < LEARN_RECORDS || last) this.#learn(classifier.decode(raw, this.#memory))
      return
    }
    const classified = classifier.classify(raw, this.#memory)
    this.#learn(classified)
    const { event, record, tokens } = classified
    if (event === null) {
      into.none++
      if (looksLikeAuthFailure(record))
        into.unrecognised.push({
          template: templateOf(classifier.conceal((record.body || record.speech).slice(0, CONCEALED))),
          system: record.resource['service.name'] ?? record.format,
          sample: classifier.conceal(classified.text.slice(0, CONCEALED)).slice(0, MESSAGE_LIMIT),
          time_ms: record.logged_writer_ms ?? this.#o.now(),
          stream: this.#stream,
        })
      return
    }
    this.counters.recognised++
    this.#sample.length = 0
    event.position = raw.position
    into.judged.push({
      event,
      tokens,
      time_ms: event.time_ms ?? raw.envelope?.logged_writer_ms ?? this.#last_record_ms ?? null,
      origin: raw.envelope,
      source: raw.source,
      identity: raw.identity,
    })
  }

  #learn({ record, text }: Pick<Classified, 'record' | 'text'>): void {
    this.#format = record.format
    if (record.logged_writer_ms !== undefined) {
      this.#last_record_ms = Math.max(this.#last_record_ms ?? 0, record.logged_writer_ms)
      if (this.#memory.naive) this.#zone = this.#o.zone
    }
    if (this.#wantsSample) this.#keepSample(this.#o.classifier.conceal(text.slice(0, CONCEALED)))
  }

  get #wantsSample(): boolean {
    return this.#sample.length < SAMPLE_LINES && this.counters.recognised === 0
  }

  /** `text` is redacted, and what is left of persons in it may be kept. */
  #keepSample(text: string): void {
    const line = text.split('\n', 1)[0]!.slice(0, SAMPLE_LENGTH)
    if (!WITHOUT_WORDS.test(line)) this.#sample.push(line)
  }
}
