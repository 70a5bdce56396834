/**
 * "Invalid refresh token 6f1c… not found", "token expired: 6f1c…": a secret's name, a few words, then random text.
 * Only the value's shape speaks for it here, so it must be long and random; Django OAuth Toolkit's "wrong client secret …" is the
 * one sentence that ends in a secret of any shape. Leaves `name: value` to assignment.ts.
 */

import type { SecretKind } from '../../core/secret-kind.ts'
import { fingerprintLengthAt } from '../fingerprint.ts'
import type { Scan } from '../scan.ts'
import { saysItself } from '../self-evident.ts'
import { isStatusPhrase, looksRandom } from '../words.ts'

const MAX_WORDS = 8
/** Inside JSON tabs and quotes are escaped. */
const GAP = /(?:(?:[ \t:,]|\\{1,7}t){1,4}(?:\\{0,7}["'([<]){0,2}|[([{<|;])/y
/** `expected "a1b2", got …`: what is too short to be one is passed over; characters. */
const QUOTED = /[^"'()[\]<>\r\n]{0,40}["')\]>]{1,2}/y
const WORD = /[A-Za-z]{1,12}(?=[ :,])/y
const RUN = /[\w.~+/-]{16,}={0,2}/y
/** https://github.com/jazzband/django-oauth-toolkit/blob/3.0.1/oauth2_provider/oauth2_validators.py; Python's `None` is no secret. */
const STATED_SECRET = /(?<=wrong client secret) (?!None(?:[\s"]|$))([^\s"\\]{1,4096})/iy

/** @param otherwise where to go on if there is none */
export function prose(scan: Scan, wordEnd: number, kind: SecretKind, otherwise = wordEnd): number {
  const { text } = scan
  STATED_SECRET.lastIndex = wordEnd
  const stated = STATED_SECRET.exec(text)?.[1]
  if (stated !== undefined && fingerprintLengthAt(text, wordEnd + 1) === 0) {
    scan.add(wordEnd + 1, wordEnd + 1 + stated.length, kind)
    return wordEnd + 1 + stated.length
  }
  let at = wordEnd
  // "expected …, got …": the second one as well.
  let goOn = otherwise
  for (let n = 0; n < MAX_WORDS; n++) {
    GAP.lastIndex = at
    if (!GAP.test(text)) return goOn
    at = GAP.lastIndex
    if (fingerprintLengthAt(text, at) > 0) return at
    RUN.lastIndex = at
    const run = RUN.exec(text)?.[0]
    if (run !== undefined) {
      // That has a trigger of its own, which knows where it ends.
      if (saysItself(run)) return at
      const opened = /["'([{<|;]/.test(text[at - 1]!)
      const value = run.replace(/\.+$/, '')
      const after = text[at + run.length] ?? ''
      // `user_session_count=…`, `com.example.Token@1f2e`: names, not values.
      if (
        /[=@：＝]/.test(after) ||
        (!opened && run.endsWith('=') && (run.endsWith('==') ? /\w/ : /[\w"']/).test(after)) ||
        !looksRandom(value.slice(0, 4096))
      )
        return goOn
      scan.add(at, at + value.length, kind)
      at += value.length
      goOn = at
      continue
    }
    if (/["'([<]/.test(text[at - 1]!)) {
      QUOTED.lastIndex = at
      if (!QUOTED.test(text)) return goOn
      at = QUOTED.lastIndex
      continue
    }
    WORD.lastIndex = at
    if (!WORD.test(text) || !leadsOn(text.slice(at, WORD.lastIndex))) return goOn
    at = WORD.lastIndex
  }
  return goOn
}

/** "expired", "was not found", "value" speak of the token still; "for", "added to app" turn to something else and its id. */
function leadsOn(word: string): boolean {
  return isStatusPhrase(word) && !/^(?:for|of|in|on|at|by|to|from|with|without|or|and|but)$/i.test(word)
}
