/**
 * What a text says is wrong with what: "could not verify the token's signature" is `signature: un-verify`, "aud not in allowed list" is
 * `audience: mismatch`. Reads words (see spoken-words.ts) from left to right, statement by statement.
 * Leaves it to the packs what such a sense means. Invariant: linear in the length of the text.
 */
import { speaksOfRefusal } from '../calm.ts'
import type { Deed, Fault, Sense } from './fault.ts'
import {
  ATTEMPTS,
  BEFORE_NOUN,
  COPULAS,
  DONE,
  ERROR_THINGS,
  EXPECTING,
  FORBIDDEN,
  FOREIGN_TRADES,
  FORMS,
  GETTING,
  GOT,
  HAD,
  HAPPENED,
  LACKING,
  MEANWHILE,
  MISHAPS,
  NEEDED,
  NEGATIONS,
  NOTHING,
  OF_A_PART,
  OF_OTHERS,
  ORDINARY,
  PART_WORDS,
  PLAINLY_OURS,
  PRONOUNS,
  QUIET,
  SET_UP,
  SOME_TIME,
  SOUGHT,
  SUCCEEDING,
  TELLING,
  UNDER_WAY,
  UNNAMED,
  WHOLES,
  WITHIN,
  WRITTEN_WITH,
} from './grammar-words.ts'
import { type Noun, SPEAKING_OF_IT } from './lexicon.ts'
import { type Part, partsOf } from './parts-of.ts'

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
