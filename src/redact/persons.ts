/**
 * Replaces what says who a person is (e-mail addresses, user names, IP addresses) in texts that are about to be kept or shown.
 * Works on what redactor.ts has left, behind recognition, so that signatures read what the software wrote.
 * A name and an e-mail address become the fingerprint their owner has as a subject, so a message can still be put to its person.
 * Invariant: masking twice is masking once; work grows linearly with the text.
 */
import { isIP } from 'node:net'
import type { Privacy } from '../core/privacy.ts'
import { isFingerprint } from './fingerprint.ts'
import { isStatusPhrase } from './words.ts'

/** Local part and domain, plain, percent-encoded or with `@` as JSON and HTML escape it (RFC 5321 §4.5.3.1 bounds both), or what a text that was cut off there has left of them. */
const EMAIL =
  /[\p{L}\p{N}._%+'-]{1,64}(?:@|%(?:25){0,2}40|\\{1,7}u0040|&#(?:64|x40);)[\p{L}\p{N}-]{0,63}(?:(?:\.[\p{L}\p{N}-]{1,63}){1,8}|\.?$)/giu
/** What stands for the `@` in it; most texts have none and need not be searched. */
const MAY_HOLD_EMAIL = /@|%(?:25){0,2}40|u0040|&#/i
/** Percent signs, dots and quotes in front of a local part belong to the text around it. */
const BEFORE_LOCAL = /^(?:[.'+-]|%(?:25){0,2}[23][0-9a-f])+/i
/** Accounts of programs: Google's service accounts are clients (https://cloud.google.com/iam/docs/service-account-overview). */
const PROGRAM = /\.gserviceaccount\.com$/i

const IPV4 = /(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w]|\.[0-9])/g
/** Runs of what IPv6 addresses are made of; isIP decides. An address in front of a port stands in brackets (RFC 3986 §3.2.2). */
const IPV6 = /(?<![\w:.])(?=[0-9a-f]{0,4}:)[0-9a-f:]{2,39}(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3})?(?![\w:])/gi

/** Names of fields that hold a person, written out or behind a dot: `user.name`, `enduser.id`, `preferred_username`. */
const FIELD =
  '(?:(?:end|auth|remote|target|source|db)?[_-]?user(?:[_. -]?(?:name|id|principal|principal[_-]?name|login|email|full[_-]?name))?|enduser\\.id|usr|uname|upn|login(?:[_-]?(?:name|id|hint))?|account(?:[_-]?(?:name|id))?|principal(?:[_-]?name)?|subject(?:[_-]?(?:name|id))?|(?:preferred|nick|display|given|family|first|last|full|middle)[_-]?(?:user)?name|nickname|e?mail|phone(?:[_-]?number)?|member|actor|owner|identity|uid|cn|(?<=["\'])name(?=["\'\\\\])|sam[_-]?account[_-]?name)'
const QUOTE = '(?:\\\\{0,7}["\'`]|%22|&quot;)'
const ASSIGNED = new RegExp(
  `(?<![\\p{L}\\p{N}])${FIELD}(?:${QUOTE})?\\s{0,4}(?:=>|:=|[=:]|%3[Dd])\\s{0,4}(?:(${QUOTE})(.{1,256}?)\\1|([^\\s"'\`,;&|<>(){}\\[\\]\\\\]{1,256}))`,
  'giu',
)
/** `user alice`, `for user 'alice'`, `account "alice"`. */
const SAID = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:user(?:name| name|s)?|account|principal|login|subject|identity|member)\\s{1,4}(?:(?:named|with (?:user)?name|is)\\s)?(?:(${QUOTE})(.{1,256}?)\\1|\\[([^\\]]{1,256})\\]|<([^>]{1,256})>|([^\\s"'\`,;&|<>(){}\\[\\]=]{1,256}))`,
  'giu',
)
/** OpenSSH, PAM, sudo: `Failed password for alice from 192.0.2.1`, `Invalid user alice from`. */
const FROM =
  /\b(?:for|by|as|user)\s(?:invalid user\s|user\s)?([^\s"'`,;:=()[\]<>]{1,128})(?=\s(?:from|by|on|via|port)\s|\(uid=)/giu
/** `'alice'@'10.0.0.7'` (MySQL), `sudo: alice : TTY=`, the user of a common log line. */
const PLACED =
  /'([^'\s]{1,128})'(?=@')|(?<=\bsudo(?:\[\d{1,8}\])?:\s{1,8})([^\s:]{1,128})(?= : )|(?<=^[\w.:-]{2,64} [\w.-]{1,64} )([^\s[]{1,128})(?= \[\d)/giu
/** `/users/alice/orders`; the collections people live in. */
const PATH =
  /(?<=\/(?:users?|accounts?|members?|people|persons?|profiles?|customers?|principals?|u)\/)([^\s/?#"'<>&\\]{1,256})/giu

/** Words behind "user" that are about a user and name none. */
const NO_NAME =
  /^(?:is|was|has|had|have|does|did|do|not|no|and|or|in|on|at|to|of|by|for|from|with|without|the|a|an|this|that|who|will|cannot|can|could|should|must|may|be|been|are|id|ids|info|information|infos?|agent|agents|name|names|pool|pools|data|store|session|sessions|token|tokens|credentials?|account|accounts|login|logins|logout|password|passwords|profile|profiles|role|roles|group|groups|type|service|services|management|lookup|authentication|authorization|registration|directory|flow|details?|record|entry|consent|interaction|code|error|null|none|undefined|unknown|anonymous|root|system|me|self|current|search|list|count|export|import|exists?|entered|canceled|cancelled|declined|assigned|interaction|database|federation|mapping|mapper|attribute|attributes|claim|claims|status|state|key|keys|principal|realm|operation|request|requests|response|already|temporarily|permanently)$/i

type Fingerprint = (kind: 'sub' | 'ip', value: string) => string

export class PersonMask {
  readonly #level: Privacy
  readonly #fingerprint: Fingerprint

  constructor(level: Privacy, fingerprint: Fingerprint) {
    this.#level = level
    this.#fingerprint = fingerprint
  }

  /** @param known names that are known to be of persons, to be replaced wherever they stand as a word (`strict` only) */
  text(text: string, known: readonly string[] = []): string {
    if (this.#level === 'off') return text
    let masked = MAY_HOLD_EMAIL.test(text) ? text.replace(EMAIL, (found) => this.#email(found)) : text
    if (this.#level === 'default') return masked
    for (const name of known) masked = this.#named(masked, name)
    masked = masked
      .replace(ASSIGNED, (all, _quote, quoted?: string, bare?: string) => this.#person(all, quoted ?? bare ?? ''))
      .replace(SAID, (all, _quote, quoted?: string, square?: string, angle?: string, bare?: string) =>
        this.#person(all, quoted ?? square ?? angle ?? bare ?? '', bare !== undefined),
      )
      .replace(FROM, (all, bare: string) => this.#person(all, bare, true))
      .replace(PLACED, (all, ...parts: (string | undefined)[]) =>
        this.#person(all, parts.slice(0, 3).find(Boolean) ?? ''),
      )
      .replace(PATH, (segment) => (NO_NAME.test(segment) ? segment : this.#person(segment, segment)))
    return this.#addresses(masked)
  }

  /** A client's address. */
  address(address: string): string {
    return this.#level === 'strict' ? this.#ip(address) : address
  }

  /** A client id, which is mostly a program's and then kept. */
  client(id: string): string {
    return this.#level !== 'off' && id.includes('@') ? this.text(id) : id
  }

  #email(found: string): string {
    if (PROGRAM.test(found)) return found
    const before = BEFORE_LOCAL.exec(found)?.[0] ?? ''
    const address = found.slice(before.length)
    return `${before}${this.#fingerprint('sub', address)}`
  }

  #person(all: string, value: string, inProse = false): string {
    const name = value.replace(/[.,;:!?]+$/, '')
    if (name === '' || isFingerprint(name) || /[\u0001-\u001f]/.test(name)) return all
    if (/^(?:sub|ip|[a-z]{2,12}):[0-9a-f]{16}$/.test(name) || PROGRAM.test(name)) return all
    if (NO_NAME.test(name) || (inProse && isStatusPhrase(name)) || /^(?:true|false|-|\*+|<.*>|\[.*\])$/i.test(name))
      return all
    const at = all.lastIndexOf(name)
    return `${all.slice(0, at)}${this.#fingerprint('sub', name)}${all.slice(at + name.length)}`
  }

  /** Every standing of a known name as a word of its own. */
  #named(text: string, name: string): string {
    if (name.length < 2 || isFingerprint(name) || !text.includes(name)) return text
    const parts = text.split(name)
    const fingerprint = this.#fingerprint('sub', name)
    let out = parts[0]!
    for (const part of parts.slice(1)) {
      const inside = /[\p{L}\p{N}]$/u.test(out) || /^[\p{L}\p{N}]/u.test(part)
      out += (inside ? name : fingerprint) + part
    }
    return out
  }

  #addresses(text: string): string {
    return text
      .replace(IPV6, (found) => (isIP(found) === 6 ? this.#ip(found) : found))
      .replace(IPV4, (found) => (isIP(found) === 4 ? this.#ip(found) : found))
  }

  #ip(address: string): string {
    return /^ip:[0-9a-f]{16}$/.test(address) ? address : this.#fingerprint('ip', address)
  }
}
