/**
 * Step 4: a decoded record becomes an event, or stays an ordinary record (null).
 * The signature says what happened; captures, the record's attributes and the facts of its token say the rest, in this
 * order of trust: what the message states, what the record's fields state, what the token carried.
 */
import { type AuthEvent, MESSAGE_LIMIT } from '../core/auth-event.ts'
import { ANYBODY } from '../core/emitter-name.ts'
import type { Outcome } from '../core/kind.ts'
import type { AttributeValue, LogRecord } from '../core/log-record.ts'
import type { TokenFacts } from '../core/token-facts.ts'
import { isConcerned } from './auth-failure-words.ts'
import { goesOn, isCalm, speaksOfRefusal } from './calm.ts'
import { applyCapture, type Captured } from './capture.ts'
import { isOfForeignProgram } from './foreign-programs.ts'
import { isHearsay, isTalk } from './hearsay.ts'
import { epochToMs, isMilliseconds, type ZoneOffset } from './instant.ts'
import { type Match, Matcher } from './matcher.ts'
import type { WindowPlaces } from './rare-windows.ts'
import { requestOf } from './request-of.ts'
import { OF_ONE_EMITTER, type Signature } from './signature.ts'
import { withinStatedWindow } from './stated-window.ts'

export interface RecogniserOptions {
  /** Zone of instants printed without one. */
  zone: ZoneOffset
  /** Keyed fingerprint, from the redactor. */
  fingerprint(kind: string, value: string): string
}

/** Where records state what went wrong, beside the message. */
const FAULT_FIELDS = [
  'error',
  'err',
  'err.message',
  'error.message',
  'exception.message',
  'exception',
  'reason',
  'cause',
]
/** Where common words are looked for. */
const LOOSE_PLACES: ReadonlySet<string> = new Set(['statements', 'words'])

/** Where records state a token's id and the grant, session or family it belongs to; the most usual first. */
const TOKEN_ID = [
  'jwt.jti',
  'jti',
  'token.jti',
  'err.payload.jti',
  'error.payload.jti',
  'payload.jti',
  'claims.jti',
  'token_id',
]
const SESSION = [
  'session.id',
  'grant_id',
  'grantId',
  'sid',
  'session_state',
  'session_id',
  'sessionId',
  'err.payload.sid',
  'payload.sid',
]

/** Attributes the decoder fills from well-known field names → event fields. */
const FROM_ATTRIBUTES = {
  client_id: 'oauth.client_id',
  issuer: 'oauth.issuer',
  audience: 'oauth.audience',
  request_id: 'request.id',
} as const

/** A token's instants logged as fields: epochs in any unit, or printed dates. The claims themselves, last, count most. */
const INSTANTS_FROM_ATTRIBUTES = [
  ['iat__at', 'token.issued_at'],
  ['nbf__at', 'token.not_before'],
  ['exp__at', 'token.expires_at'],
] as const
const CLAIMS_FROM_ATTRIBUTES = [
  ['iat__at', 'jwt.iat'],
  ['nbf__at', 'jwt.nbf'],
  ['exp__at', 'jwt.exp'],
] as const

/** Claims written into the message: `iat=1794815816`, `"exp":1794816716`, `nbf: 1794815816123`. Only epochs: dates are the signatures' business. */
const CLAIM = /\b(iat|nbf|exp)(["']?)[=:] ?["']?(\d{13}|\d{10}(?:\.\d{1,6})?)(?![\w.])/g

/** What is said first counts; a claim that a signature captures replaces it. */
function instantsIn(speech: string, captured: Captured): void {
  if (!speech.includes('iat') && !speech.includes('exp') && !speech.includes('nbf')) return
  const { evidence } = captured
  const said: Record<string, number> = {}
  for (const [, claim, quote, epoch] of speech.matchAll(CLAIM)) {
    const ms = epochToMs(Number(epoch))
    if (ms !== null) said[claim!] ??= ms
    // Quoted, it is the token's payload as it stands.
    if (quote !== '' && isMilliseconds(epoch!)) captured.in_milliseconds = true
  }
  if (said.iat !== undefined) evidence.iat_ms = said.iat
  if (said.nbf !== undefined) evidence.nbf_ms = said.nbf
  if (said.exp !== undefined) evidence.exp_ms = said.exp
}

export class Recogniser {
  readonly #matcher: Matcher
  readonly #options: RecogniserOptions

  constructor(signatures: readonly Signature[], options: RecogniserOptions, windows?: WindowPlaces) {
    this.#matcher = new Matcher(signatures, windows)
    this.#options = options
  }

  recognise(record: LogRecord, tokens: readonly TokenFacts[]): AuthEvent | null {
    let found = false
    // Behind the best only emitters are of interest: they may name who spoke.
    const matches = this.#matcher.matches(record, ({ system }) => !found || system !== ANYBODY)
    const best = matches.next()
    if (best.done === true) return null
    found = true
    const match = best.value
    const { outcome, specificity } = match.signature
    const loose = specificity < OF_ONE_EMITTER
    if (match.signature.system === ANYBODY && isOfForeignProgram(record)) return null
    const said = record.body || record.speech
    if (outcome === 'failure' && loose && LOOSE_PLACES.has(match.signature.in)) {
      if (!isConcerned(record)) return null
      if (isCalm(record) && isDailyBusiness(match.signature, said)) return this.#request(record, tokens)
    }
    // What was being done when a field says how it ended is no talk.
    if (outcome === 'failure' ? isHearsay(said, loose && !statesFault(record)) : loose && isTalk(said)) return null
    const event = this.eventOf(match, record, tokens)
    if (match.signature.system === ANYBODY) event.system = speakerAmong(matches, record, outcome)
    return event
  }

  /** What was asked for and done: the best signature of a success. */
  #request(record: LogRecord, tokens: readonly TokenFacts[]): AuthEvent | null {
    const done = this.matches(record).find(({ signature }) => signature.outcome === 'success')
    return done === undefined || isTalk(record.body || record.speech) ? null : this.eventOf(done, record, tokens)
  }

  /** Every signature that fits, best first. */
  matches(record: LogRecord): Match[] {
    return [...this.#matcher.matches(record)]
  }

  eventOf(match: Match, record: LogRecord, tokens: readonly TokenFacts[]): AuthEvent {
    const { signature } = match
    const captured: Captured = { evidence: {} }
    fromToken(captured, tokens[0])
    for (const [field, attribute] of Object.entries(FROM_ATTRIBUTES)) {
      const value = record.attributes[attribute]
      if (value !== undefined && !isAbsent(value)) captured[field as keyof typeof FROM_ATTRIBUTES] = String(value)
    }
    instantsIn(record.speech, captured)
    for (const [name, attribute] of INSTANTS_FROM_ATTRIBUTES) {
      const value = record.attributes[attribute]
      if (value !== undefined) this.#apply(captured, name, String(value), record)
    }
    for (const [name, attribute] of CLAIMS_FROM_ATTRIBUTES) {
      const value = record.attributes[attribute]
      if (value === undefined) continue
      this.#apply(captured, name, String(value), record)
      if (isMilliseconds(String(value))) captured.in_milliseconds = true
    }
    for (const [name, attributes] of Object.entries(signature.fields)) {
      const value = firstOf(record.attributes, attributes)
      if (value !== undefined) this.#apply(captured, name, String(value), record)
    }
    for (const [name, value] of Object.entries(match.groups))
      if (value !== undefined) this.#apply(captured, name, value, record)

    const enduser = record.attributes['enduser.id']
    const subject = captured.subject ?? (enduser === undefined || isAbsent(enduser) ? undefined : enduser)
    const stated = Object.keys(match.groups).filter((name) => match.groups[name] !== undefined)
    const named = isNamed(signature, record)
    const event: AuthEvent = {
      kind: signature.kind,
      outcome: signature.outcome,
      ...withinStatedWindow(signature, captured.evidence, stated),
      confidence: named || signature.confidence !== 'certain' ? signature.confidence : 'likely',
      system: named ? signature.system : ANYBODY,
      signature: signature.id,
      specificity: signature.specificity,
      symptom: signature.symptom,
      format: record.format,
      evidence: captured.evidence,
      message: messageOf(record),
    }
    if (record.logged_writer_ms !== undefined) event.time_ms = record.logged_writer_ms
    if (record.logged_resolution_ms !== undefined) event.time_resolution_ms = record.logged_resolution_ms
    set(event, 'service', captured.service ?? record.resource['service.name'])
    set(event, 'host', captured.host ?? record.resource['host.name'])
    set(event, 'issuer', captured.issuer)
    set(event, 'audience', captured.audience)
    set(event, 'client_id', captured.client_id)
    set(event, 'subject', subject === undefined ? tokens[0]?.subject : this.#subject(String(subject)))
    set(event, 'token', captured.token ?? tokens[0]?.fingerprint)
    if (tokens[0]?.in_milliseconds || captured.in_milliseconds) event.in_milliseconds = true
    const token_id = firstOf(record.attributes, TOKEN_ID)
    set(event, 'token_id', tokens[0]?.jti ?? (token_id === undefined ? undefined : this.#kept('jti', String(token_id))))
    const session = firstOf(record.attributes, SESSION)
    if (session !== undefined) event.session = this.#kept('session', String(session))
    set(event, 'request_id', captured.request_id)
    set(event, 'trace_id', captured.trace_id ?? record.trace_id)
    set(event, 'span_id', record.span_id)
    const entries = record.attributes['request.entry_span_id']
    if (typeof entries === 'string') event.other_request_ids = entries.split(' ')
    const { method, path, status } = requestOf(record)
    set(event, 'http_method', method)
    set(event, 'http_path', path)
    if (status !== undefined) event.http_status = status
    const duration_ms = durationOf(record.attributes)
    if (duration_ms !== null) event.duration_ms = duration_ms
    set(event, 'client_address', record.attributes['client.address'])
    return event
  }

  #apply(captured: Captured, name: string, value: string, record: LogRecord): void {
    applyCapture(captured, name, value, record.logged_writer_ms, this.#options.zone)
  }

  /** A subject that redaction already replaced stays as it is. */
  #subject(value: string): string {
    return this.#kept('sub', value)
  }

  /** What redaction already replaced stays as it is. */
  #kept(kind: string, value: string): string {
    return FINGERPRINT.test(value) ? value : this.#options.fingerprint(kind, value)
  }
}

/** Whose own sentence the reason stands in: "identity/oidc: refresh failed: … connection refused" is one emitter's, its reason in anybody's words. */
function speakerAmong(others: Iterable<Match>, record: LogRecord, outcome: Outcome): string {
  for (const { signature } of others)
    if (signature.outcome === outcome && isNamed(signature, record)) return signature.system
  return ANYBODY
}

/** Whether a record tells who wrote it, where its words alone do not. */
function isNamed({ named_by }: Signature, { speech, format, attributes, resource }: LogRecord): boolean {
  if (named_by === undefined) return true
  const told = [format, resource['service.name'], attributes['logger.name'], attributes['exception.type'], speech]
    .join(' ')
    .slice(0, NAME_LIMIT)
    .toLowerCase()
  return named_by.some((name) => told.includes(name))
}

function statesFault({ attributes }: LogRecord): boolean {
  return FAULT_FIELDS.some((name) => attributes[name] !== undefined && !isAbsent(attributes[name]!))
}

/** Said where nothing is wrong: a token was withdrawn on request, none is there and so one is made. */
function isDailyBusiness({ cause, subcause }: Signature, said: string): boolean {
  if ((cause === 'revocation' || subcause === 'missing') && !speaksOfRefusal(said)) return true
  return cause !== 'outage' && goesOn(said)
}

/** How long the request took, under the names that say their unit. */
function durationOf(attributes: Readonly<Record<string, AttributeValue>>): number | null {
  const seconds = Number(attributes.request_time ?? Number.NaN)
  const ms = Number(attributes.responseTime ?? seconds * 1000)
  return ms >= 0 && ms <= LONGEST_REQUEST_MS ? ms : null
}

function set<K extends keyof AuthEvent>(event: AuthEvent, key: K, value: AttributeValue | undefined): void {
  if (value !== undefined && !isAbsent(value)) event[key] = String(value) as AuthEvent[K]
}

const FINGERPRINT = /^[a-z]{2,12}:[0-9a-f]{16}$/

/** Whoever wrote a record is named early in it; characters. */
const NAME_LIMIT = 8192

/** Longer is a stream or a mistake; ms. */
const LONGEST_REQUEST_MS = 600_000

/** How emitters write "there is none". */
function isAbsent(value: AttributeValue): boolean {
  return (
    value === '' || value === 'null' || value === 'undefined' || value === '-' || value === '<none>' || value === 'None'
  )
}

function firstOf(
  attributes: Readonly<Record<string, AttributeValue>>,
  names: readonly string[],
): AttributeValue | undefined {
  for (const name of names) {
    const value = attributes[name]
    if (value !== undefined && !isAbsent(value)) return value
  }
  return undefined
}

function fromToken(captured: Captured, token: TokenFacts | undefined): void {
  if (token === undefined) return
  const { evidence } = captured
  if (token.exp_ms !== undefined) evidence.exp_ms = token.exp_ms
  if (token.nbf_ms !== undefined) evidence.nbf_ms = token.nbf_ms
  if (token.iat_ms !== undefined) evidence.iat_ms = token.iat_ms
  if (token.kid !== undefined) evidence.kid = token.kid
  if (token.alg !== undefined) evidence.alg = token.alg
  if (token.iss !== undefined) captured.issuer = token.iss
  if (token.aud !== undefined) captured.audience = token.aud
  if (token.client_id !== undefined) captured.client_id = token.client_id
}

/** The first telling line of what was said, cleaned and cut. */
function messageOf(record: LogRecord): string {
  const text = record.body.trim() === '' ? record.speech : record.body
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g, ' ')
    .trim()
    .slice(0, MESSAGE_LIMIT)
}
