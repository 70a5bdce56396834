/**
 * Is the value behind a secret's name a secret? `token=expired`, `"code":"ERR_JWT_EXPIRED"` and `state=running` are what signatures read;
 * the rest is a secret. Uses the name's strength, the notation and, for `code` and `state`, the OAuth request around them.
 * Invariant: in doubt under a hard name it is a secret, in doubt in prose it is not.
 */
import type { KeyClass } from './secret-key.ts'
import { isPlaceholder, isStatusPhrase, looksLikePath, looksLikeWords, looksRandom } from './words.ts'

/**
 * quoted: `"key":"value"`, `key='value'`; assigned: `key=value`, `key:value`; labelled: `key:value`; prose: `key: value`
 * (also YAML and header dumps); listed: `["key","value"]`, where `value` may be another name.
 */
export type Notation = 'quoted' | 'assigned' | 'labelled' | 'prose' | 'listed'

/** Counters, positions and status codes stand under `token`, `session`, `state`; ids and one-time codes are longer. */
const SHORT_NUMBER = 8
/** Too short to be a secret worth the name under an everyday word; characters. */
const SOFT_MIN = 4
/** No authorization server issues codes below this; SQLSTATE, errno and locale codes are. RFC 6749 §10.10 asks for 128 bits. */
const CODE_MIN = 8

const NUMBER_LIKE = /^[-+]?[0-9][0-9.,:-]*$/
/** A line of source code in a stack trace: `token = jwt.decode(token`, `session = self.sessions[id`. */
const CODE_EXPRESSION = /^[A-Za-z_$][\w$]{0,40}(?:\.[A-Za-z_$][\w$]{0,40}){0,6}(?:[([]|$)/
/** AADSTS700082, IDX10223, ORA-00942, KC-SERVICES0011, 0x80070005, CS8602. */
const VENDOR_CODE = /^(?:[A-Z]{1,12}[A-Z-]{0,12}[-_ ]?[0-9]{1,8}|0x[0-9a-fA-F]{1,8})$/
/** `E_TOK_EXP`, `ERR_JWT_EXPIRED`: constants of a program; random text has no such shape. */
const CONSTANT = /^[A-Z]{1,14}(?:_[A-Z]{2,18}){1,7}$/
const CALL = /^[A-Za-z_$][\w$.]{0,60}[([]/
/** An error in words may stand even inside a callback's query: `?code=invalid_token&state=…`. */
const ERROR_IN_WORDS = /(?:invalid|expired|denied|required|failed|missing|unauthorized|error)(?![a-z])/i

export function isSecret(key: KeyClass, value: string, notation: Notation, insideOAuthRequest: boolean): boolean {
  if (isPlaceholder(value)) return false
  if (notation === 'listed' && (value.length < CODE_MIN || looksLikeWords(value) || looksLikePath(value))) return false
  switch (key.strength) {
    case 'hard':
      if (key.kind === 'sub' || key.kind === 'jti') return notation !== 'prose' || looksRandom(value)
      // `validate_access_token: JWT signature …` names a function; a password may well be a word.
      if ((notation === 'prose' || notation === 'labelled') && key.kind !== 'password' && key.kind !== 'secret') {
        return !looksLikeWords(value) && !looksLikePath(value)
      }
      return !isStatusPhrase(value)
    case 'random':
      return notation !== 'prose' && notation !== 'labelled' && looksRandom(value)
    case 'soft':
      return isSoftSecret(value, key.error === true && notation === 'quoted' ? 'prose' : notation)
    case 'code':
      if (insideOAuthRequest) return !isStatusPhrase(value) && !(ERROR_IN_WORDS.test(value) && looksLikeWords(value))
      if (value.length < CODE_MIN || NUMBER_LIKE.test(value) || VENDOR_CODE.test(value) || CONSTANT.test(value))
        return false
      return !looksLikeWords(value) && !CALL.test(value) && (notation !== 'prose' || looksRandom(value))
    case 'state':
      if (insideOAuthRequest) return !isStatusPhrase(value)
      return !NUMBER_LIKE.test(value) && value.length >= CODE_MIN && isSoftSecret(value, notation)
  }
}

function isSoftSecret(value: string, notation: Notation): boolean {
  if (value.length < SOFT_MIN) return false
  if (NUMBER_LIKE.test(value)) return value.length >= SHORT_NUMBER && notation !== 'prose'
  if (looksLikeWords(value)) return false
  if (notation === 'prose') return looksRandom(value)
  if (notation === 'quoted') return true
  const expression = CODE_EXPRESSION.exec(value)
  return expression === null || !looksLikeWords(expression[0].replace(/[_$([]/g, ' '))
}
