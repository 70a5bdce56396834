/**
 * What a text says is wrong with what: "could not verify the token's signature" is `signature: un-verify`, "aud not in allowed list" is
 * `audience: mismatch`. Reads words (see spoken-words.ts) from left to right, statement by statement.
 * Leaves it to the packs what such a sense means. Invariant: linear in the length of the text.
 */
import { speaksOfRefusal } from '../calm.ts'
import {
  DEEDS,
  DENYING,
  FAILING,
  FAULTS,
  FILLERS,
  LEADING_OVER,
  NOUNS,
  type Noun,
  PARTING,
  PRAISE,
  SPEAKING_OF_IT,
  SUPPOSING,
} from './lexicon.ts'
import { PhraseTree, spelledOut } from './phrase-tree.ts'

type Deed = keyof typeof DEEDS
/** What may be said of a noun: a fault, a deed that failed, a deed that was done. */
export type Fault = keyof typeof FAULTS | `un-${Deed}` | `done-${Deed}` | 'failed'

export const FAULT_NAMES = [
  ...Object.keys(FAULTS),
  ...Object.keys(DEEDS).flatMap((deed) => [`un-${deed}`, `done-${deed}`]),
  'failed',
] as Fault[]

export interface Sense {
  of: Noun
  is: Fault
}

type Meaning =
  | { role: 'noun'; noun: Noun; weak: number }
  | { role: 'fault'; fault: keyof typeof FAULTS }
  | { role: 'praise'; fault: keyof typeof FAULTS }
  | { role: 'deed'; deed: Deed }
  | { role: 'failing' }

/** A run of words with one role, or a single word with none. */
interface Part {
  role: Meaning['role'] | 'filler' | 'supposing' | 'denying' | 'over' | 'parting' | 'end' | 'other'
  noun?: Noun
  /** 0: always of our trade, 1: in a text that speaks of little else, 2: only beside one that is. */
  weak?: number
  fault?: Fault
  deed?: Deed
  /** Its first word. */
  word: string
  /** Its last word. */
  last: string
}

/** Longer texts are read so far; words. A report says what is wrong early. */
const WORDS_MAX = 400
/** Between a fault and its noun stand at most so many parts. */
const REACH = 9
/** Words that no statement is made of, in a text that is nothing but a statement. */
const ASIDES = 2
/** Before a noun stand at most so many words more. */
const ATTRIBUTE_REACH = 2
/** Who authenticates. */
const WHOM: ReadonlySet<Noun> = new Set<Noun>(['account', 'client', 'provider', 'foreign'])
/** Between a deed and what it is done to. */
const OBJECT_REACH = 6

const tree = new PhraseTree<Meaning>()
for (const [noun, phrases] of Object.entries(NOUNS))
  for (const phrase of phrases) {
    const weak = phrase.lastIndexOf('?') + 1
    for (const each of spelledOut(phrase.slice(weak))) tree.add(each, { role: 'noun', noun: noun as Noun, weak })
  }
for (const [fault, phrases] of Object.entries(FAULTS))
  for (const each of phrases.flatMap(spelledOut)) tree.add(each, { role: 'fault', fault: fault as keyof typeof FAULTS })
for (const [deed, phrases] of Object.entries(DEEDS))
  for (const each of phrases.flatMap(spelledOut)) tree.add(each, { role: 'deed', deed: deed as Deed })
for (const each of FAILING.flatMap(spelledOut)) tree.add(each, { role: 'failing' })
for (const [praise, fault] of Object.entries(PRAISE)) tree.add(praise, { role: 'praise', fault })

const SINGLE = new Map<string, Part['role']>([
  ...FILLERS.map((word) => [word, 'filler'] as const),
  ...SUPPOSING.map((word) => [word, 'supposing'] as const),
  ...DENYING.map((word) => [word, 'denying'] as const),
  ...LEADING_OVER.map((word) => [word, 'over'] as const),
  ...PARTING.map((word) => [word, 'parting'] as const),
])

/** Words and the signs that part statements; quotes, brackets and equals signs are looked through. */
const WORD = /[a-zà-ÿ][a-zà-ÿ0-9]*(?:['’](?=t\b)t)?|\d+(?:xx)?|[.;,:\n(){}|]|[~§]{3,}/g
/** Nouns of other trades and things named after ours, blanked out before: see foreign-nouns.ts and own-things.ts. */
const BLANK = /^[~§]/

function partsOf(text: string): Part[] {
  const words: string[] = []
  for (const [found] of text.matchAll(WORD)) {
    words.push(found.replace(/['’]/, ''))
    if (words.length >= WORDS_MAX) break
  }
  const parts: Part[] = []
  for (let i = 0; i < words.length; ) {
    const word = words[i]!
    if (BLANK.test(word)) {
      parts.push({ role: 'noun', noun: 'foreign', weak: 0, word, last: word })
      i++
      continue
    }
    const found = tree.longestAt(words, i)
    const single = SINGLE.get(word)
    if (found !== null && (found.length > 1 || single === undefined || single === 'denying')) {
      const { meaning } = found
      parts.push({ ...meaning, word, last: words[i + found.length - 1]! })
      i += found.length
      continue
    }
    parts.push({ role: single ?? (/^[.;,:\n(){}|]$/.test(word) ? 'end' : 'other'), word, last: word })
    i++
  }
  return parts
}

/** Parts of another role that may stand inside a statement without ending it. */
const QUIET: ReadonlySet<Part['role']> = new Set(['filler', 'other', 'over', 'praise'])
const NEGATIONS: ReadonlySet<string> = new Set(
  'not cannot cant couldnt could can does did do was were is are has have will didnt doesnt wasnt isnt hasnt dont arent havent never'.split(
    ' ',
  ),
)
/** Said before the noun: `no token`, `lacks scope`; other phrases of several words follow theirs. */
const BEFORE_NOUN: ReadonlySet<string> = new Set(
  'no without missing misses lacks lacking has had have contains carries doesnt must requires needs insufficient wrong too'.split(
    ' ',
  ),
)
/** Where tokens, issuers, sessions and signatures are not ours, unless the text says more plainly that they are. */
const FOREIGN_TRADES =
  /~{4}|\b(?:certificates?|certs?|acme|x509|quic|doq|dtls|dnssec|mutex|lexer|parser|tokenizer|vocabulary|syntax|macro|stopword|payment|card|charge|stripe|rpm|deb|cleartext|crl|gpg|pgp|apt|yubikey|function|(?<!(?:signature|signing|challenge|authentication|grant|http|request) )method|overload|schema|stylesheet|block|wallet|transaction|marketing|captcha|compression|compiler|ssh|publickey|sql|statement|map|manual)\b/
const PLAINLY_OURS =
  /\b(?:jwt|jws|jwe|jwks|oauth2?|oidc|saml|openid|sso|bearer|(?:access|refresh|id|auth) token|authorization header|client secret|pkce|dpop|session cookie|auth cookie)\b/

/** What a noun has: `wrong value for claim`, `mismatch in sub`. */
const HAD: ReadonlySet<string> = new Set(
  'value type format parameter field response status answer reply mismatch mismatched different wrong unexpected invalid match matching'.split(
    ' ',
  ),
)
/** What went well. */
const SUCCEEDING = /^(?:succe\w{2,6}|ok|passed|completed?|done)$/
/** Deeds that say nothing of how they ended, or were done to somebody else. */
const UNDER_WAY: ReadonlySet<string> = new Set(['requested', 'authorized', 'authorised', 'read', 'accessed', 'called'])
/** Suppose nothing in what is over: `session created when ann logged in`. */
const SOME_TIME: ReadonlySet<string> = new Set(['when', 'will'])
/** What a comparison says first and then. */
const EXPECTING: ReadonlySet<string> = new Set(['expected', 'expecting', 'want', 'wanted', 'wants'])
const GETTING: ReadonlySet<string> = new Set(['got', 'received', 'but', 'actual', 'have', 'found', 'instead'])
const GOT: ReadonlySet<string> = new Set(['got', 'received', 'instead'])
const COPULAS: ReadonlySet<string> = new Set('is are was were be been being'.split(' '))

/**
 * What also happens when all is well: something is missing and fetched, looked for and made, withdrawn because somebody asked.
 * A record that says itself that nothing is wrong must speak of a refusal to be believed.
 */
const ORDINARY: ReadonlySet<Fault> = new Set([
  'absent',
  'unknown',
  'expired',
  'revoked',
  'disabled',
  'inactive',
  'ended',
  'denylisted',
  'reused',
  'un-find',
  'un-fetch',
  'unsupported',
] as Fault[])
/** Done to a noun by whoever writes; said first, it is what was done and not what was found. */
const DONE: ReadonlySet<Fault> = new Set([
  'revoked',
  'disabled',
  'ended',
  'denylisted',
  'reused',
  'denied',
  'deleted',
] as Fault[])
/** Said of anything, and so of what stands right before it alone. */
const OF_OTHERS: ReadonlySet<Fault> = new Set([
  'unknown',
  'absent',
  'disabled',
  'ended',
  'inactive',
  'deleted',
] as Fault[])
const PRONOUNS: ReadonlySet<string> = new Set(['it', 'which', 'one', 'itself'])
/** Lack of what is named behind. */
const LACKING: ReadonlySet<string> = new Set('no without has had have contains carries lacks lacking doesnt'.split(' '))
/** What was set up is said first; what was met with is a report. */
const SET_UP: ReadonlySet<string> = new Set(
  'set updated created added registered loaded initialized initialised configured enabled cleared stored saved wrote sent scheduled started stopped replaced migrated reset'.split(
    ' ',
  ),
)
/** Begin a report, or name no deed. */
const TELLING =
  /^(?:missing|during|following|nothing|something|anything|everything|string|incoming|pending|remaining|according|regarding|(?:reject|refus|deny|declin|forbid|block|dropp|discard|clos|abort|terminat|disconnect|fail|receiv|gett|gott|encounter|detect|see|find|return|respond|answer|send|report|throw|rais|redirect|logg|warn|invalidat|revok|expir)ing)$/
const SOUGHT: ReadonlySet<Deed> = new Set<Deed>(['find', 'fetch', 'store'])
const UNNAMED: ReadonlySet<string> = new Set(['unexpected', 'unknown', 'invalid', 'bad'])
const NOTHING: ReadonlySet<string> = new Set(['null', 'nil', 'undefined'])
const FORMS: ReadonlySet<string> = new Set(['format', 'structure', 'syntax'])
const MISHAPS: ReadonlySet<string> = new Set(['error', 'exception', 'failure', 'problem', 'trouble'])
const HAPPENED: ReadonlySet<string> = new Set(
  'occurred occured happened encountered raised thrown while when during trying'.split(' '),
)
const MEANWHILE: ReadonlySet<string> = new Set(['while', 'when', 'during', 'trying'])
/** `token request failed`: the token was asked for. */
const ATTEMPTS: ReadonlySet<string> = new Set(
  'request requests response call attempt step check flow operation query lookup handshake processing'.split(' '),
)
/** What errors have. */
const ERROR_THINGS: ReadonlySet<string> = new Set(
  'response responses handler handlers page pages handling type types class listener event events template mapper rate budget counter'.split(
    ' ',
  ),
)
const FORBIDDEN: ReadonlySet<Fault> = new Set(['unsupported', 'denied'] as Fault[])
const NEEDED = /^(?:required|needed)$/
/** What may be said of a part of a token. */
const OF_A_PART: ReadonlySet<Fault> = new Set(['bad', 'mismatch', 'absent', 'unknown', 'unsupported'] as Fault[])
const WHOLES: ReadonlySet<Noun> = new Set<Noun>(['token', 'id_token', 'refresh_token', 'assertion', 'claim'])
const WITHIN: ReadonlySet<string> = new Set(['in', 'from', 'inside', 'within'])
/** Words that such a part is named with. */
const PART_WORDS = 3
/** No part of it, but what it is written with, or an answer. */
const WRITTEN_WITH: ReadonlySet<string> = new Set(
  'char character characters byte bytes symbol letter error errors exception response data'.split(' '),
)
/** Every sense of the text, as often as it is stated. @param calm whether the record itself says that nothing is wrong */
export function senseOf(text: string, calm = false): readonly Sense[] {
  if (!SPEAKING_OF_IT.some((word) => text.includes(word))) return []
  const senses = new Reader(partsOf(text), text).read()
  return calm && !speaksOfRefusal(text) ? senses.filter(({ is }) => !ORDINARY.has(is)) : senses
}

class Reader {
  readonly #parts: readonly Part[]
  /** How weak a noun may be to count. */
  readonly #believed: number
  readonly #senses: Sense[] = []

  constructor(parts: readonly Part[], text: string) {
    this.#parts = parts
    const end = parts.findIndex(({ role, word }) => role === 'end' && (word === '.' || word === '\n'))
    const others = parts.slice(0, end < 0 ? parts.length : end).filter(({ role }) => role === 'other').length
    const foreign = parts.some(({ noun }) => noun === 'foreign')
    const elsewhere = FOREIGN_TRADES.test(text) && !PLAINLY_OURS.test(text)
    this.#believed = elsewhere
      ? -1
      : parts.some(({ noun, weak }) => noun !== undefined && noun !== 'foreign' && noun !== 'account' && weak === 0)
        ? 2
        : others <= ASIDES && !foreign
          ? 1
          : 0
  }

  read(): readonly Sense[] {
    for (let i = 0; i < this.#parts.length; i++) {
      const { role, word } = this.#parts[i]!
      if (role === 'fault') this.#readFault(i, this.#parts[i]!.fault!)
      else if (role === 'failing') this.#readFailing(i)
      else if (EXPECTING.has(word) && this.#isCompared(i)) this.#state(this.#nounOf(i, true), 'mismatch')
    }
    // Of what went wrong in part nothing is said to have gone well.
    const well = this.#parts.every(
      ({ role, word }) =>
        (word !== 'must' && role !== 'fault' && role !== 'failing' && role !== 'supposing' && role !== 'denying') ||
        SOME_TIME.has(word),
    )
    if (well && this.#senses.length === 0) for (let i = 0; i < this.#parts.length; i++) this.#readDone(i)
    return this.#senses
  }

  /** `token verified`, `issued a token`, `token refresh succeeded`, `user 7 authenticated`. */
  #readDone(i: number): void {
    const { role, word, deed } = this.#parts[i]!
    if (role === 'deed' && /(?:ed|got)$/.test(word) && !UNDER_WAY.has(word)) {
      // `registered authenticated routes`: which ones.
      const before = this.#parts[i - 1]
      if (deed === 'authenticate' && before !== undefined && (before.role === 'over' || before.word.endsWith('ed')))
        return
      const left = this.#leftOf(i)
      const near = left !== null && left.distance <= 1 ? left.noun : (this.#rightOf(i)?.noun ?? left?.noun ?? null)
      this.#stateDone(near, deed!)
    } else if (SUCCEEDING.test(word)) {
      const last = this.#past(i, -1, 'filler')
      const before = this.#parts[last]
      if (before?.role === 'deed') this.#stateDone(this.#subject(last) ?? this.#object(last), before.deed!)
      else if (before?.role === 'noun') {
        const verb = this.#parts[this.#past(this.#firstOf(last), -1, 'filler', 'over')]
        if (verb?.role === 'deed') this.#stateDone(before, verb.deed!)
        else if (before.noun === 'login') this.#stateDone(before, 'authenticate')
      }
    }
  }

  #stateDone(noun: Part | null, deed: Deed): void {
    if (deed === 'authenticate' && (noun === null || WHOM.has(noun.noun!)))
      this.#senses.push({ of: 'login', is: 'done-authenticate' })
    else this.#state(noun, `done-${deed}`)
  }

  #state(noun: Part | null, is: Fault): void {
    if (noun === null || noun.noun === 'foreign' || noun.weak! > this.#believed) return
    this.#senses.push({ of: noun.noun!, is })
  }

  #readFault(i: number, fault: Fault): void {
    if (this.#isDenied(i) || this.#isSupposed(i) || this.#isDone(i, fault) || this.#isUnderWay(i)) return
    if (this.#parts[i]!.word === 'no' && this.#isWanted(i)) return
    // `required when signing is enabled`: by whom, and when.
    if (NEEDED.test(this.#parts[i]!.last) && this.#parts[i + 1]?.role === 'supposing') return
    // `not allowed to remove the token`: what nobody may do to it.
    if (FORBIDDEN.has(fault) && this.#parts[this.#past(i, 1, 'filler')]?.deed === 'store') return
    if (OF_A_PART.has(fault) && this.#isPartOfToken(i, fault)) {
      this.#senses.push({ of: 'part', is: fault })
      return
    }
    // `unexpected error`: what it was is said by the error.
    if (this.#parts[i + 1]?.role === 'failing' && UNNAMED.has(this.#parts[i]!.word)) return
    // `null request`, `from null context`: a value, not what is said of it.
    if (NOTHING.has(this.#parts[i]!.word) && (this.#rightOf(i)?.distance === 0 || this.#parts[i - 1]?.role === 'over'))
      return
    // `invalid credential format`
    const formed = fault === 'bad' || fault === 'mismatch' ? this.#formOf(i) : null
    if (formed !== null) {
      this.#state(formed, 'malformed')
      return
    }
    // `the required claim` is none that is missing; what consists of three tokens is none itself.
    const { word } = this.#parts[i]!
    const wanted = word === 'required' || (fault === 'malformed' && (word === 'must' || word === 'should'))
    this.#state(wanted ? (this.#leftOf(i)?.noun ?? null) : this.#nounOf(i), fault)
  }

  /** What has a wrong form: the noun right behind with its `format`. */
  #formOf(i: number): Part | null {
    let k = this.#past(i, 1, 'filler')
    if (this.#parts[k]?.role !== 'noun') return null
    while (this.#parts[k + 1]?.role === 'noun') k++
    return FORMS.has(this.#parts[k + 1]?.word ?? '') ? this.#parts[k]! : null
  }

  /** `failed to verify the token`, `token verification failed`, `token not verified`, `login failed`. */
  #readFailing(i: number): void {
    if (this.#isSupposed(i) || this.#isDenied(i)) return
    // `error response`, `failure handler`: a thing.
    if (ERROR_THINGS.has(this.#parts[i + 1]?.word ?? '')) return
    let next = this.#past(i, 1, 'filler', 'over')
    // `an error occurred while decoding`
    if (MISHAPS.has(this.#parts[i]!.word)) {
      let doing = next
      while (HAPPENED.has(this.#parts[doing]?.word ?? '')) doing++
      if (doing > next && MEANWHILE.has(this.#parts[doing - 1]!.word)) next = this.#past(doing - 1, 1, 'filler')
    }
    // `failed to properly verify`; another verb is another deed.
    while (this.#parts[next]?.role === 'other' && this.#parts[next]!.word.endsWith('ly')) next++
    const after = this.#parts[next]
    // `not requesting a token`: what was left undone on purpose.
    if (
      after?.role === 'deed' &&
      this.#parts[i]!.word === 'not' &&
      (/ing$/.test(after.word) || (COPULAS.has(this.#parts[i - 1]?.word ?? '') && after.deed === 'issue'))
    )
      return
    if (after?.role === 'deed' && next - i <= 6) {
      const un = `un-${after.deed!}` as const
      const noun = this.#object(next) ?? this.#subject(i)
      // Whom one could not authenticate is not what was wrong.
      if (after.deed === 'authenticate' && (noun === null || WHOM.has(noun.noun!)))
        this.#senses.push({ of: 'login', is: un })
      else this.#state(noun, un)
      return
    }
    // What is a deed behind `to` has the name of a noun; `error in login.beforeSave` is somewhere in there.
    const somewhere = this.#parts[next - 1]?.role === 'over' && this.#parts[next + 1]?.role === 'other'
    if (next > i + 1 && !somewhere && (after?.noun === 'login' || after?.noun === 'refresh_token')) {
      this.#state(after, after.noun === 'login' ? 'un-authenticate' : 'un-refresh')
      return
    }
    if (after?.role === 'praise' && NEGATIONS.has(this.#parts[i]!.word) && next - i <= 3) {
      this.#state(this.#nounOf(next), after.fault!)
      return
    }
    if (NEGATIONS.has(this.#parts[i]!.word)) return
    let last = this.#past(i, -1, 'filler')
    if (
      this.#parts[last]?.role === 'other' &&
      (this.#parts[last - 1]?.noun === 'login' ||
        (ATTEMPTS.has(this.#parts[last]!.word) && this.#parts[last - 1]?.role === 'noun'))
    )
      last--
    const before = this.#parts[last]
    if (before?.role === 'deed') {
      const noun = this.#subject(last) ?? this.#object(i)
      if (noun === null && before.deed === 'authenticate') this.#senses.push({ of: 'login', is: 'un-authenticate' })
      this.#state(noun, `un-${before.deed!}`)
      return
    }
    if (before?.role === 'noun') {
      // `verification of the token failed`, `verify token failed`
      const over = this.#past(this.#firstOf(last), -1, 'filler', 'over')
      const deed = this.#parts[over]
      this.#state(before, deed?.role === 'deed' ? `un-${deed.deed!}` : 'failed')
      return
    }
    if (after?.role !== 'noun' || next !== i + 1) return
    // `failure: credentials missing` says why.
    let end = next
    while (this.#parts[end]?.role === 'noun' || this.#parts[end]?.role === 'filler') end++
    if (this.#parts[end]?.role !== 'fault') this.#state(this.#headAt(next), 'failed')
  }

  /** What a deed is done to: the first noun behind it. */
  #object(deed: number): Part | null {
    for (let k = deed + 1; k < this.#parts.length && k <= deed + OBJECT_REACH; k++) {
      const part = this.#parts[k]!
      if (part.role === 'noun') return this.#headAt(k)
      // `decoding and validating the token`
      if (part.word === 'and' && this.#parts[k + 1]?.role === 'deed') continue
      // `finding the namespace with this token`: found was to be another thing.
      if (part.word === 'with' && this.#parts[k - 1]?.role === 'other' && SOUGHT.has(this.#parts[deed]!.deed!))
        return null
      if (!QUIET.has(part.role) && part.role !== 'deed' && part.role !== 'fault') return null
    }
    return null
  }

  /** Whom a statement is about: the nearest noun before it. */
  #subject(at: number): Part | null {
    for (let k = at - 1; k >= 0 && k >= at - REACH; k--) {
      const part = this.#parts[k]!
      if (part.role === 'noun') return this.#parts[this.#ruling(k)]!
      if (part.role === 'end' && part.word !== ':' && part.word !== '(') return null
    }
    return null
  }

  /** The noun that a fault is said of. @param far whether only the subject is meant */
  #nounOf(i: number, far = false): Part | null {
    const { word } = this.#parts[i]!
    const left = this.#leftOf(i)
    const right = this.#rightOf(i)
    // `no span context` lacks what it names, whatever was spoken of before.
    if (LACKING.has(word) && right === null && this.#parts[this.#past(i, 1, 'filler')]?.role === 'other') return null
    if (left === null && right === null) {
      // `error in token service: record not found` says it of the record.
      const own = this.#parts[this.#past(i, -1, 'filler')]
      if (own?.role === 'other' && !PRONOUNS.has(own.word) && OF_OTHERS.has(this.#parts[i]!.fault!)) return null
      return this.#subject(i) ?? this.#across(i)
    }
    if (left === null) return this.#isKind(i, right!.noun) ? null : right!.noun
    if (right === null) return left.noun
    if (far) return left.noun
    if (right.distance === 0 && (left.distance > 0 || !left.told || BEFORE_NOUN.has(word))) return right.noun
    return left.noun
  }

  /** `expired tokens` are a kind of tokens, not a report. */
  #isKind(i: number, { last }: Part): boolean {
    const { fault } = this.#parts[i]!
    return (
      /[^s]s$/.test(last) && fault !== undefined && ORDINARY.has(fault) && fault !== 'absent' && fault !== 'unknown'
    )
  }

  /** The nearest noun before, in the same statement; `told`: an auxiliary leads from it to the fault. */
  #leftOf(i: number): { noun: Part; distance: number; told: boolean } | null {
    let distance = 0
    let told = false
    for (let k = i - 1; k >= 0 && distance <= REACH; k--) {
      const part = this.#parts[k]!
      if (part.role === 'noun') return { noun: this.#parts[this.#ruling(k)]!, distance, told }
      if (part.role === 'end' || part.role === 'fault' || part.role === 'parting') return null
      if (COPULAS.has(part.word)) told = true
      else if (part.role !== 'filler') distance++
    }
    return null
  }

  #rightOf(i: number): { noun: Part; distance: number } | null {
    let distance = 0
    for (let k = i + 1; k < this.#parts.length && distance <= ATTRIBUTE_REACH; k++) {
      const part = this.#parts[k]!
      if (part.role === 'noun') return { noun: this.#headAt(k)!, distance }
      if (part.role === 'end' || part.role === 'fault' || part.role === 'parting') return null
      // `no change in scopes` lacks no scope.
      if (part.role === 'over' && (BEFORE_NOUN.has(this.#parts[i]!.word) || !HAD.has(this.#parts[k - 1]!.word)))
        return null
      if (part.role !== 'filler' && part.role !== 'over') distance++
    }
    return null
  }

  /** The first noun behind, over the end of the statement; what has an object of its own, `empty response`, asks for none. */
  #across(i: number): Part | null {
    const { role } = this.#parts[this.#past(i, 1, 'filler')] ?? { role: 'end' }
    if (role === 'other' || role === 'deed' || role === 'supposing') return null
    for (let k = i + 1; k < this.#parts.length && k <= i + REACH; k++) {
      const part = this.#parts[k]!
      if (part.role === 'noun') return this.#headAt(k)
      if (
        part.role === 'fault' ||
        part.role === 'parting' ||
        (part.role === 'end' && part.word !== ':' && part.word !== '(')
      )
        return null
    }
    return null
  }

  /** Of nouns in a row the last one rules: `token signature`. */
  #headAt(k: number): Part | null {
    let head = k
    while (this.#parts[head + 1]?.role === 'noun') head++
    // `no password or token`
    if (
      this.#parts[head]!.noun === 'foreign' &&
      this.#parts[head + 1]?.word === 'or' &&
      this.#parts[head + 2]?.role === 'noun'
    )
      head += 2
    return this.#parts[head]!
  }

  #firstOf(k: number): number {
    let first = k
    while (this.#parts[first - 1]?.role === 'noun') first--
    return first
  }

  /** The noun that the one at `k` is a complement of, `signature of the token`; else itself. */
  #ruling(k: number): number {
    const over = this.#past(this.#firstOf(k), -1, 'filler')
    if (this.#parts[over]?.role !== 'over') return k
    // `state included with the response`, but `token with alg none`
    let before = this.#past(over, -1, 'filler')
    if (this.#parts[over]!.word === 'with' && this.#parts[before]?.role === 'noun') return k
    if (this.#parts[before]?.role === 'other' && this.#parts[before]!.word.endsWith('ed'))
      before = this.#past(before, -1, 'filler')
    return this.#parts[before]?.role === 'noun' ? before : k
  }

  /** The next place in that direction whose part has none of the roles. */
  #past(from: number, step: 1 | -1, ...roles: Part['role'][]): number {
    let k = from + step
    while (this.#parts[k] !== undefined && roles.includes(this.#parts[k]!.role)) k += step
    return k
  }

  #isDenied(i: number): boolean {
    const before = this.#parts[this.#past(i, -1, 'filler')]
    if (before === undefined) return false
    if (before.role === 'noun') {
      const wanting = this.#parts[this.#past(this.#firstOf(this.#past(i, -1, 'filler')), -1, 'filler')]
      if (wanting?.word === 'no' && this.#parts[i]!.word === 'required') return true
    }
    return (
      before.role === 'denying' || (before.role === 'failing' && NEGATIONS.has(before.word)) || before.word === 'no'
    )
  }

  #isSupposed(i: number): boolean {
    for (let k = i - 1; k >= 0; k--) {
      const { role } = this.#parts[k]!
      if (role === 'end') return false
      if (role === 'supposing') return true
    }
    return false
  }

  /** `no authentication required`. */
  #isWanted(no: number): boolean {
    const after = this.#parts[this.#past(no, 1, 'filler', 'noun')]
    return after?.word === 'required' || after?.word === 'needed' || after?.word === 'necessary'
  }

  /** `Deleted token for ann`, `revoked all sessions of ann`. */
  #isDone(i: number, fault: Fault): boolean {
    if (!DONE.has(fault) || !/ed$/.test(this.#parts[i]!.word)) return false
    const before = this.#parts[i - 1]
    if (before !== undefined && before.role !== 'end') return false
    let k = i + 1
    while (this.#parts[k]?.role === 'filler' || this.#parts[k]?.role === 'other') k++
    if (this.#parts[k]?.role !== 'noun') return false
    while (this.#parts[k]?.role === 'noun') k++
    return this.#parts[k]?.role === 'over' || this.#parts[k]?.role === 'other' || fault !== 'revoked'
  }

  /** `Creating the client without credentials`: what is being done, or was, and what it is done to. */
  #isUnderWay(i: number): boolean {
    let first = i
    while (first > 0) {
      const { role, word } = this.#parts[first - 1]!
      if (role === 'end' || role === 'parting') break
      if (role === 'failing' || role === 'fault' || NEGATIONS.has(word)) return false
      first--
    }
    if (first === i) return false
    const { word, role } = this.#parts[first]!
    return role !== 'noun' && (SET_UP.has(word) || (/[a-z]{2}ing$/.test(word) && !TELLING.test(word)))
  }

  /** `invalid tenant in token`, `no email field in id token`: what is wrong is a part of it. */
  #isPartOfToken(i: number, fault: Fault): boolean {
    const from = this.#past(i, 1, 'filler')
    let k = from
    const names = (part: Part | undefined): boolean =>
      part?.role === 'other' ||
      part?.noun === 'foreign' ||
      part?.noun === 'account' ||
      (part?.noun === 'scope' && fault !== 'absent')
    while (k < from + PART_WORDS && names(this.#parts[k])) k++
    if (k === from || WRITTEN_WITH.has(this.#parts[k - 1]!.word) || !WITHIN.has(this.#parts[k]?.word ?? ''))
      return false
    let whole = this.#past(k, 1, 'filler')
    if (this.#parts[whole]?.role === 'other') whole++
    return this.#parts[whole]?.role === 'noun' && WHOLES.has(this.#headAt(whole)!.noun!)
  }

  /** `expected an access token but got …`, `got … where an access token is expected`. */
  #isCompared(i: number): boolean {
    for (let k = i + 1; k < this.#parts.length && k <= i + REACH; k++)
      if (GETTING.has(this.#parts[k]!.word)) return true
    for (let k = i - 1; k >= 0 && k >= i - REACH; k--) if (GOT.has(this.#parts[k]!.word)) return true
    return false
  }
}
