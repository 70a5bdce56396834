/**
 * The seven steps on one text: what happens to it in production, shown step by step, with the cause and the remedy.
 * Pure but for the knowledge it is given; stores nothing and sends nothing.
 */
import { RecordAssembler } from '../../collectors/assemble/assembler.ts'
import { unwrapRecord } from '../../collectors/assemble/unwrap.ts'
import { attribute } from '../analyze/attribution/attribute.ts'
import { NO_BACKGROUND } from '../analyze/attribution/background.ts'
import { tell } from '../analyze/incident/tell.ts'
import type { AuthEvent } from '../core/auth-event.ts'
import type { Cause, Subcause } from '../core/cause.ts'
import type { Incident } from '../core/incident.ts'
import type { LogRecord, RawRecord } from '../core/log-record.ts'
import type { Remedy } from '../core/remedy/remedy.ts'
import { remedyOf } from '../core/remedy/remedy-of.ts'
import type { TokenFacts } from '../core/token-facts.ts'
import { looksLikeAuthFailure } from '../signatures/auth-failure-words.ts'
import { templateOf } from '../signatures/template.ts'
import type { Classifier } from './classifier.ts'
import type { Knowledge } from './knowledge.ts'
import { sourcesOf } from './sources-of.ts'

export interface Explanation {
  read: { lines: number; bytes: number; wrapper: string | null }
  redacted: { text: string; tokens: readonly TokenFacts[] }
  decoded: LogRecord
  recognised: AuthEvent | null
  /** Other signatures that fit, best first, without the winner. */
  alternatives: readonly string[]
  /** Null for a success or an ordinary record. */
  verdict: Omit<Incident, 'id' | 'observations'> | null
  remedy: Remedy | null
  /** Where the winning signature's text stands: the emitter's own source or documentation. */
  sources: readonly string[]
  /** Set when nothing recognised it though it looks like an auth failure: its shape, ready to become a signature. */
  template: string | null
}

/** Every record of the text, explained; `now_ms` is the collector's clock, `zone` that of stamps without one. */
export function explain(
  text: string,
  knowledge: Knowledge,
  classifier: Classifier,
  now_ms: number,
  zone = 'UTC',
): Explanation[] {
  // Status line, headers and body of one answer are one record, which no log layout would join.
  if (/^HTTP\/[\d.]{1,3} \d{3}/.test(text)) {
    const end = Buffer.byteLength(text)
    return [
      explainRecord(
        { ...unwrapRecord(text, zone, now_ms), position: { stream: 'explain', offset: 0, end } },
        knowledge,
        classifier,
        now_ms,
      ),
    ]
  }
  const bytes = Buffer.from(text.endsWith('\n') ? text : `${text}\n`, 'utf8')
  const assembler = new RecordAssembler('explain', knowledge.formats, { zone, now: () => now_ms })
  const records = assembler.push({
    stream: 'explain',
    bytes,
    offset: 0,
    end: bytes.length,
    cut_bytes: 0,
    more: false,
    ended: true,
  })
  records.push(...assembler.flush())
  return records.filter((r) => r.text.trim() !== '').map((raw) => explainRecord(raw, knowledge, classifier, now_ms))
}

function explainRecord(raw: RawRecord, knowledge: Knowledge, classifier: Classifier, now_ms: number): Explanation {
  const { text, record, tokens, event } = classifier.classify(raw)
  const verdict = event === null || event.outcome === 'success' ? null : verdictOf(event, raw, now_ms)
  return {
    read: {
      lines: raw.text.split('\n').length,
      bytes: raw.position.end - raw.position.offset,
      wrapper: raw.envelope?.wrapper ?? null,
    },
    redacted: { text, tokens },
    decoded: record,
    recognised: event,
    alternatives: classifier
      .matches(record)
      .map((m) => m.signature.id)
      .filter((id) => id !== event?.signature),
    verdict,
    remedy: verdict === null ? null : remedyOf(verdict.cause, verdict.subcause),
    sources: event === null ? [] : sourcesOf([event.signature], knowledge.signatures),
    template: event === null && looksLikeAuthFailure(record) ? templateOf(record.body || record.speech) : null,
  }
}

function verdictOf(event: AuthEvent, raw: RawRecord, now_ms: number): Omit<Incident, 'id' | 'observations'> {
  const sighting = {
    event: { ...event, cause: event.cause as Cause, subcause: event.subcause as Subcause, position: raw.position },
    source: 'explain',
    time_ms: event.time_ms ?? now_ms,
  }
  return attribute(tell(sighting, null), NO_BACKGROUND)
}
