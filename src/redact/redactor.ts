/**
 * Step 2 of a record's journey: replaces every secret in a text by its keyed fingerprint, before anything can store, log or show it,
 * and keeps the facts of the tokens among them. Contexts say where secrets are; here their spans become text.
 * Invariants: redact(redact(x)) = redact(x); equal tokens have equal fingerprints in every notation; work grows linearly with the text.
 */
import type { Privacy } from '../core/privacy.ts'
import { RecentMap } from '../core/recent.ts'
import { SECRET_KINDS, type SecretKind } from '../core/secret-kind.ts'
import type { TokenFacts } from '../core/token-facts.ts'
import { canonical } from './canonical.ts'
import { assignment } from './contexts/assignment.ts'
import { commandFlag, userFlag } from './contexts/command-flag.ts'
import { encodedBlobs } from './contexts/encoded-blob.ts'
import { pathSecret } from './contexts/path-secret.ts'
import { privateJwk } from './contexts/private-jwk.ts'
import { programPassword } from './contexts/program-password.ts'
import { scheme } from './contexts/scheme.ts'
import { selfEvidentValue } from './contexts/self-evident-value.ts'
import { encodedUserinfo, urlUserinfo } from './contexts/url-userinfo.ts'
import { knownXmlElement } from './contexts/xml-element.ts'
import { endsInFingerprint, Fingerprinter, holdsFingerprint, isFingerprint } from './fingerprint.ts'
import { joseFacts, signingInput } from './jwt.ts'
import { plainEscapes } from './plain-escapes.ts'
import { repeatsOf } from './repeats.ts'
import { type Context, Scan, type Span } from './scan.ts'
import { formOf } from './self-evident.ts'
import { ENCODED_MARKS, mayHoldNames, NAMED, SELF_EVIDENT } from './triggers.ts'
import { looksLikeWords } from './words.ts'
import { unwrapped } from './wrapped.ts'

export interface Redacted {
  text: string
  /** Tokens in order of appearance, each once, at most {@link MAX_TOKENS}; passwords, cookies and the like are no tokens. */
  tokens: readonly TokenFacts[]
}

/** A request carries one or two tokens, a token response three; more are replaced all the same, but not reported. */
export const MAX_TOKENS = 16

/** A busy fleet's live tokens, or up to twice as many; about 500 bytes each. */
const FACTS_KEPT = 4096

/** What may stand between two values that overlap. */
const SYNTAX = /^["'\\{}[\],:;=\s]*/
const RUN = /[\w.+/~-]{12,}/g
/** In front of a fingerprint: a letter, or what looks like the kind of another one. */
const GLUED = new RegExp(`(?:[0-9A-Za-z]|(?:${SECRET_KINDS.join('|')}):)$`)
const GLUED_LIMIT = 10
/** Each one takes more; a third finds nothing in texts that anybody writes. */
const MAX_PASSES = 4

/** Ends a value in most notations. */
const NOT_INSIDE = /["'\\{}[\],:\s]/

const ALPHANUMERIC = /[0-9A-Za-z]/
const TOKEN_KINDS: ReadonlySet<SecretKind> = new Set(['jwt', 'jwe', 'paseto', 'opaque', 'code', 'saml', 'apikey'])
const NO_TOKENS: readonly TokenFacts[] = Object.freeze([])

export class Redactor {
  readonly #fingerprinter: Fingerprinter
  /** Facts by fingerprint: a cache that never holds a token, a subject or anything else in clear. */
  readonly #facts = new RecentMap<string, TokenFacts>(FACTS_KEPT)

  readonly #subjectsKept: boolean

  /**
   * @param key 32 bytes, one per store; throws a RangeError otherwise.
   * @param privacy `off` leaves subjects as they were written; a subject that says itself what it is (a token) goes even then.
   */
  constructor(key: Uint8Array, privacy: Privacy = 'default') {
    this.#fingerprinter = new Fingerprinter(key)
    this.#subjectsKept = privacy === 'off'
  }

  redact(written: string): Redacted {
    const { text, tokens, glued } = this.#pass(plainEscapes(written))
    if (!glued) return { text, tokens }
    let settled = text
    for (let pass = 1; pass < MAX_PASSES; pass++) {
      const again = this.#pass(settled).text
      if (again === settled) break
      settled = again
    }
    return { text: settled, tokens }
  }

  /** `glued`: a fingerprint now stands right behind a letter or another name, and may have become part of what that one names. */
  #pass(text: string): Redacted & { glued: boolean } {
    const spans = secretSpans(text)
    if (spans.length === 0) return { text, tokens: NO_TOKENS, glued: false }
    const tokens = new Map<string, TokenFacts>()
    const parts: string[] = []
    let copied = 0
    let glued = false
    for (const span of spans) {
      if (span.end <= copied) continue
      // Of two that overlap the first is whole; what the second has beyond it must not stay either.
      const overlaps = copied > span.start
      const start = overlaps ? copied + SYNTAX.exec(text.slice(copied, span.end))![0].length : span.start
      const raw = text.slice(start, span.end)
      // Unless that is the syntax around them and words.
      if (overlaps && NOT_INSIDE.test(raw) && (raw.match(RUN) ?? []).every(looksLikeWords)) continue
      if (raw === '') continue
      if (holdsFingerprint(raw) || (span.kind === 'sub' && this.#keeps(raw))) continue
      const facts = this.#factsOf(raw, span.kind)
      parts.push(text.slice(copied, start))
      glued ||= GLUED.test(text.slice(Math.max(0, start - GLUED_LIMIT), start))
      // A fingerprint is recognised by what surrounds it; where it would touch letters or another one, a space keeps it whole.
      if (touchesFingerprint(text, copied, start)) parts.push(' ')
      parts.push(span.quote, facts.fingerprint, span.quote)
      copied = span.end
      if (ALPHANUMERIC.test(text[copied] ?? '')) parts.push(' ')
      if (tokens.size < MAX_TOKENS && isToken(facts)) tokens.set(facts.fingerprint, facts)
    }
    parts.push(text.slice(copied))
    return { text: parts.join(''), tokens: [...tokens.values()], glued }
  }

  /**
   * `kind:` and 16 hex digits, as {@link redact} writes them; a value that is a fingerprint of this kind already is returned unchanged.
   * @param kind for example `sub`, `jti`, or a kind of secret
   */
  fingerprint(kind: string, value: string): string {
    if (kind === 'sub' && this.#keeps(value)) return value
    if (value.startsWith(`${kind}:`) && isFingerprint(value)) return value
    const plain = canonical(value)
    return this.#fingerprinter.of(kind, kind === 'jwt' ? (formOf(plain)?.identity ?? plain) : plain)
  }

  #keeps(subject: string): boolean {
    return this.#subjectsKept && formOf(canonical(subject)) === undefined
  }

  #factsOf(raw: string, kind: SecretKind): TokenFacts {
    const value = canonical(unwrapped(raw))
    const known = this.#knownJwt(value)
    if (known !== undefined) return known
    const form = formOf(value)
    const fingerprint = this.#fingerprinter.of(form?.kind ?? kind, form?.identity ?? value)
    // A token without a readable inside may be its own id: oidc-provider and others log the `jti` of what they issue.
    if (form?.jose === undefined)
      return (form?.kind ?? kind) === 'opaque'
        ? { fingerprint, jti: this.#fingerprinter.of('jti', value) }
        : { fingerprint }
    const facts = { fingerprint, ...joseFacts(form.jose, (name, claim) => this.fingerprint(name, claim)) }
    this.#facts.set(fingerprint, facts)
    return facts
  }

  /** A JWT met before needs no decoding: what is remembered under its fingerprint cannot have come from anything else. */
  #knownJwt(value: string): TokenFacts | undefined {
    const input = signingInput(value)
    return input === undefined ? undefined : this.#facts.get(this.#fingerprinter.of('jwt', input))
  }
}

function touchesFingerprint(text: string, copied: number, start: number): boolean {
  return start === copied ? copied > 0 : endsInFingerprint(text.slice(Math.max(copied, start - 32), start))
}

function isToken(facts: TokenFacts): boolean {
  return TOKEN_KINDS.has(facts.fingerprint.slice(0, facts.fingerprint.indexOf(':')) as SecretKind)
}

/**
 * A line of a PEM block (RFC 7468 §2: 64 characters; RFC 1421 and MIME: up to 76) and nothing else. Longer keys come apart into records of
 * single lines, which no BEGIN stands in front of any more.
 */
const KEY_LINE = /^[A-Za-z0-9+/]{60,76}={0,2}$/m
const KEY_LINES = new RegExp(KEY_LINE, 'gm')

/** Where the secrets are, in order; they may overlap. */
function secretSpans(text: string): Span[] {
  let named = mayHoldNames(text) ? nextTrigger(NAMED, text, 0) : undefined
  let evident = nextTrigger(SELF_EVIDENT, text, 0)
  const key = KEY_LINE.test(text)
  const encoded = ENCODED_MARKS.some((mark) => text.includes(mark))
  if (named === undefined && evident === undefined && !key && !encoded) return []
  const scan = new Scan(text)
  while (named !== undefined || evident !== undefined) {
    const namedIsNext = named !== undefined && (evident === undefined || named.start < evident.start)
    const { start, end } = namedIsNext ? named! : evident!
    const context = namedIsNext ? assignment : contextOf(text.slice(start, end))
    const next = Math.max(context(scan, start, end), start + 1)
    if (named !== undefined && named.start < next) named = nextTrigger(NAMED, text, next)
    if (evident !== undefined && evident.start < next) evident = nextTrigger(SELF_EVIDENT, text, next)
  }
  if (key) for (const { index, 0: line } of text.matchAll(KEY_LINES)) scan.add(index, index + line.length, 'apikey')
  if (encoded) encodedBlobs(scan)
  const spans = scan.spans.length === 0 ? scan.spans : [...scan.spans, ...repeatsOf(scan.spans, text)]
  return spans.sort((a, b) => a.start - b.start || b.end - a.end)
}

interface Trigger {
  start: number
  end: number
}

/** The next trigger that begins at `from` or later. */
function nextTrigger(pattern: RegExp, text: string, from: number): Trigger | undefined {
  pattern.lastIndex = from
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const end = pattern.lastIndex
    const start = end - (match.slice(1).find((group) => group !== undefined) ?? match[0]).length
    if (start >= from) return { start, end }
  }
  return undefined
}

/** See triggers.ts. */
const PROGRAM = /^(?:sshpass|docker|podman|redis-cli|mysql|mariadb|:thin|:oci|IDENTIFIED BY|AUTH[ "\\])/

function contextOf(trigger: string): Context {
  if (PROGRAM.test(trigger)) return programPassword
  if (trigger.startsWith(':')) return urlUserinfo
  if (/^%(?:25){0,2}3[Aa]/.test(trigger)) return encodedUserinfo
  if (/^(?:\/|hooks|discord)/.test(trigger)) return pathSecret
  if (trigger.startsWith('<')) return knownXmlElement
  if (/^(?:--[a-z]|-u|-\w{3,8}pass)/.test(trigger)) return trigger.endsWith(':') ? userFlag : commandFlag
  if (trigger.startsWith('kty')) return privateJwk
  return /^(?:bearer|dpop|basic)/i.test(trigger) ? scheme : selfEvidentValue
}
