/**
 * Tells words from secrets: `credentials_required`, `ERR_JWT_EXPIRED` and `[FILTERED]` are what signatures need and must survive,
 * `SplxlOBeZQQYbYS6WxSbIA` must not. Shape only; which key a value stands under is weighed in verdict.ts.
 * Invariant: a value of which any part could be random for more than a few characters is never called words.
 */

/** What stands where a secret was taken out already, or never was. */
const PLACEHOLDER =
  /^(?:null|undefined|nil|none|true|false|n\/?a|nan|void|\[object \w{1,20}\]|[*•xX#]{3,}|\.{2,}|…|-+|\$\{[\w.:-]{1,60}\}?|\{\{[\w. -]{1,60}(?:\}\})?|<[a-z_ -]{1,40}>|[[<({*#]{0,4}(?:redacted|filtered|masked|hidden|removed|protected|sensitive|omitted|scrubbed|secret)[\])}>*#]{0,4})$/i
/** Microsoft.IdentityModel hides values behind a sentence (LogHelper.cs). */
const IDENTITYMODEL_HIDDEN = /^\[(?:PII|Security Artifact) of type(?![A-Za-z])/

/** A value longer than this is not a state or an error code in words; characters. */
const WORDS_LIMIT = 120
/** `misconfiguration` has 16 letters. */
const LONGEST_WORD = 18
/** Shorter pieces (JWT, JWKS, PGRST) need not be pronounceable. */
const SHORT_WORD = 5
/** English has at most four consonants in a row inside a word as used here ("length"); y counts as a vowel. */
const CONSONANT_RUN = /[bcdfghjklmnpqrstvwxz]{5}/i
const VOWEL = /[aeiouy]/gi
/** `NO_OP`: few letters say little, but they hide little too. */
const SHORT_VALUE = 8
const CAMEL_PIECE = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g
const SEPARATORS = /[\s_\-./:,]+/
const WORDS_ONLY = /^[A-Za-z0-9_\-./:, ()'!]+$/
/** Names in this field that carry digits. */
const WORD_WITH_DIGITS =
  /^(?:(?:o?auth|saml|http|tls|sha|mfa|v|s|rs|hs|es|ps|p|base|utf|ed|x)-?(?:[0-3]|8|64|128|256|384|512|521|509|25519)|2fa|[0-9]{1,3})$/i

const STATUS_WORDS = new Set(
  `expired expires expiring invalid missing required revoked valid ok okay unknown unauthorized forbidden denied failed failure
  failing error wrong incorrect mismatch mismatched malformed inactive active used reused not is was has have had are be been
  being must may can cannot could should would does did do the a an of for in on to with without and or but by at from this
  that it its no none yes empty blank too short long changed reset updated disabled enabled locked present absent found
  verification verified validation validated authentication authenticated login attempt attempts provided given supplied
  sent received set unset undefined hidden masked redacted filtered removed omitted protected contains contain matches
  match field value length least minimum maximum characters string expected got unexpected already never only
  when while after before until accepted rejected refused unsupported supported allowed needed need needs you your
  we rotated refreshed issued created deleted stale parse parsing decode decoding read reading unable if`.split(/\s+/),
)

export function isPlaceholder(value: string): boolean {
  if (value.length > 200) return false
  return value === '' || PLACEHOLDER.test(value) || IDENTITYMODEL_HIDDEN.test(value)
}

/** `[token]`, `<access token`: a template, as in "Format is Authorization: Bearer [token]"; the closing bracket may be cut off. */
export function isTemplate(value: string): boolean {
  return /^[[<{(]/.test(value) && looksLikeWords(value.slice(1).replace(/[\])}>]$/, ''))
}

/** `is required`, `expired`, `must not be empty`: said about a secret, not one. */
export function isStatusPhrase(value: string): boolean {
  if (value.length > WORDS_LIMIT) return false
  const words = value.toLowerCase().split(/[\s_\-.,:!]+/)
  let known = 0
  for (const word of words) {
    if (word === '') continue
    if (!STATUS_WORDS.has(word)) return false
    known++
  }
  return known > 0
}

/** Made of pronounceable words joined by spaces, punctuation or camelCase. */
export function looksLikeWords(value: string): boolean {
  if (value.length > WORDS_LIMIT || !WORDS_ONLY.test(value)) return false
  let letters = 0
  let pieces = 0
  let withDigits = 0
  for (const part of value.replace(/[()'!]/g, ' ').split(SEPARATORS)) {
    if (part === '') continue
    if (/[0-9]/.test(part)) {
      if (!WORD_WITH_DIGITS.test(part) || ++withDigits > 2) return false
      continue
    }
    for (const piece of part.match(CAMEL_PIECE) ?? []) {
      if (!isPronounceable(piece)) return false
      pieces++
      letters += piece.length
    }
  }
  // Random mixed case falls apart into pieces of about two letters; words do not.
  return pieces > 0 && (value.length <= SHORT_VALUE || (letters >= 3 * pieces && 2 * letters >= value.length))
}

function isPronounceable(piece: string): boolean {
  if (piece.length <= SHORT_WORD) return true
  if (piece.length > LONGEST_WORD || CONSONANT_RUN.test(piece)) return false
  const vowels = piece.match(VOWEL)?.length ?? 0
  return vowels * 5 >= piece.length && vowels * 4 <= piece.length * 3
}

const RANDOM_MIN = 16
/** Letters alone must be longer to be taken for random text in the middle of prose. */
const RANDOM_LETTERS_MIN = 20
const TIME_OR_NUMBER = /^[0-9.,:+\-/TZ]+$/i

/** For prose, where nothing but the value's own shape speaks for a secret. */
export function looksRandom(value: string): boolean {
  if (value.length < RANDOM_MIN || TIME_OR_NUMBER.test(value) || looksLikeWords(value)) return false
  if (looksLikePath(value)) return false
  return /[A-Za-z]/.test(value) && (/[0-9]/.test(value) || value.length >= RANDOM_LETTERS_MIN)
}

/** `/srv/app/token.js`, `src/auth/session.ts`; base64 has slashes too, but no words between them. */
export function looksLikePath(value: string): boolean {
  if (value.includes('://')) return true
  if (!value.includes('/')) return false
  const names = value
    .replace(/(?::[0-9]{1,6}){1,2}$/, '')
    .split('/')
    .filter((name) => name.length > 2)
  if (/^[./~]/.test(value)) return looksLikeWords(names[0] ?? '')
  return names.every(looksLikeWords)
}
