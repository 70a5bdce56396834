/**
 * Which names announce a secret, in any spelling: `refresh_token`, `refreshToken`, `X-Auth-Token`, `http.request.header.cookie`.
 * Leaves to verdict.ts whether the value behind the name is one.
 * Invariant: decides on the last dotted part of the name alone; `status_code`, `token_type`, `code_id`, `errorCode` are no secrets' names.
 */
import type { SecretKind } from '../core/secret-kind.ts'

/**
 * hard: the name says secret, only a status word or a placeholder is none (`password`, `access_token`).
 * soft: an everyday word, the value must look the part (`token`, `session`).
 * code, state: soft, but an OAuth request around it makes it hard.
 * random: hardly ever a secret's name (`auth`, `signature`): only what looks random, behind the name itself.
 */
export type Strength = 'hard' | 'soft' | 'code' | 'state' | 'random'

export interface KeyClass {
  kind: SecretKind
  strength: Strength
  /** The name is an error's: only what looks random behind it is a secret, in quotes as well. */
  error?: true
  /** How the value is built inside; absent for one plain value. */
  shape?: 'authorization' | 'cookie' | 'set-cookie'
}

const hard = (kind: SecretKind): KeyClass => ({ kind, strength: 'hard' })
const soft = (kind: SecretKind): KeyClass => ({ kind, strength: 'soft' })
const random = (kind: SecretKind): KeyClass => ({ kind, strength: 'random' })

/** Names that must match whole, without `_`, `-` and case. */
const WHOLE = new Map<string, KeyClass>([
  ['code', { kind: 'code', strength: 'code' }],
  ['state', { kind: 'state', strength: 'state' }],
  ['oauthstate', { kind: 'state', strength: 'state' }],
  ['nonce', soft('nonce')],
  ['sid', soft('cookie')],
  ['sessionstate', soft('cookie')],
  ['otp', hard('code')],
  ['totp', hard('code')],
  ['pass', soft('password')],
  ['jwt', soft('opaque')],
  ['bearer', soft('opaque')],
  ['sub', hard('sub')],
  ['jti', hard('jti')],
  ['sig', soft('secret')],
  ['cvv', hard('password')],
  ['cvc', hard('password')],
  ['auth', random('opaque')],
  ['access', random('opaque')],
  ['refresh', random('opaque')],
  ['ticket', random('opaque')],
  ['proof', random('opaque')],
  ['dpop', random('opaque')],
  ['rpt', random('opaque')],
  ['pct', random('opaque')],
  ['csrf', random('secret')],
  ['crumb', random('secret')],
])

/** As the last part of a longer name: `DB_PASS`, `my_sid`, `http-jwt`. */
const PARTS = new Map<string, KeyClass>([
  ['pass', hard('password')],
  ['sid', soft('cookie')],
  ['otp', hard('code')],
  ['totp', hard('code')],
  ['jwt', soft('opaque')],
  ['auth', random('opaque')],
  ['csrf', random('secret')],
])

/** First ending that fits decides, so longer ones stand before the shorter ones they end in. */
const ENDINGS: readonly (readonly [string, KeyClass])[] = [
  ['setcookie', { kind: 'cookie', strength: 'hard', shape: 'set-cookie' }],
  ['cookie', { kind: 'cookie', strength: 'hard', shape: 'cookie' }],
  ['cookies', { kind: 'cookie', strength: 'hard', shape: 'cookie' }],
  ['authorization', { kind: 'opaque', strength: 'hard', shape: 'authorization' }],
  ['accesstoken', hard('opaque')],
  ['refreshtoken', hard('opaque')],
  ['idtoken', hard('opaque')],
  ['authtoken', hard('opaque')],
  ['bearertoken', hard('opaque')],
  ['sessiontoken', hard('opaque')],
  ['securitytoken', hard('opaque')],
  ['subjecttoken', hard('opaque')],
  ['actortoken', hard('opaque')],
  ['logouttoken', hard('opaque')],
  ['oauthtoken', hard('opaque')],
  ['csrftoken', hard('opaque')],
  ['xsrftoken', hard('opaque')],
  ['authenticitytoken', hard('opaque')],
  ['apitoken', hard('opaque')],
  ['privatetoken', hard('opaque')],
  ['vaulttoken', hard('opaque')],
  ['tokenhint', hard('opaque')],
  ['tokenvalue', soft('opaque')],
  ['token', soft('opaque')],
  ['tokens', soft('opaque')],
  ['secret', hard('secret')],
  ['secretkey', hard('secret')],
  ['secretkeybase', hard('secret')],
  ['basicauth', hard('basic')],
  ['secretaccesskey', hard('secret')],
  ['codeverifier', hard('secret')],
  ['password', hard('password')],
  ['passwordconfirmation', hard('password')],
  ['passwordconfirm', hard('password')],
  ['passwordhash', hard('password')],
  ['passworddigest', hard('password')],
  ['passwd', hard('password')],
  ['pwd', hard('password')],
  ['passphrase', hard('password')],
  ['passcode', hard('password')],
  ['apikey', hard('apikey')],
  ['accesskey', hard('apikey')],
  ['subscriptionkey', hard('apikey')],
  ['signingkey', random('apikey')],
  ['sessionkey', random('cookie')],
  ['deploykey', hard('apikey')],
  ['storagekey', hard('apikey')],
  ['appkey', hard('apikey')],
  ['applicationkey', hard('apikey')],
  ['hmackey', hard('apikey')],
  ['sharedkey', hard('apikey')],
  ['licensekey', hard('apikey')],
  ['authkey', hard('apikey')],
  ['functionskey', hard('apikey')],
  ['fastlykey', hard('apikey')],
  ['encryptedkey', random('secret')],
  ['ciphertext', random('secret')],
  ['signature', random('secret')],
  ['viewstate', random('secret')],
  ['captcharesponse', hard('code')],
  ['turnstileresponse', hard('code')],
  ['mnemonic', hard('secret')],
  ['seedphrase', hard('secret')],
  ['macaroon', soft('opaque')],
  ['biscuit', soft('opaque')],
  ['jenkinscrumb', random('secret')],
  ['accountkey', hard('apikey')],
  ['masterkey', hard('apikey')],
  ['encryptionkey', hard('apikey')],
  ['privatekey', hard('apikey')],
  ['clientkey', hard('apikey')],
  ['keydata', hard('apikey')],
  ['amzsignature', hard('secret')],
  ['googsignature', hard('secret')],
  ['credential', soft('opaque')],
  ['credentials', soft('opaque')],
  ['clientassertion', hard('opaque')],
  ['samlassertion', hard('saml')],
  ['samlresponse', hard('saml')],
  ['samlrequest', hard('saml')],
  ['samlart', hard('saml')],
  ['assertion', soft('opaque')],
  ['authorizationcode', hard('code')],
  ['oauthcode', hard('code')],
  ['authcode', hard('code')],
  ['devicecode', hard('code')],
  ['usercode', hard('code')],
  ['sessioncode', hard('code')],
  ['verificationcode', hard('code')],
  ['mfacode', hard('code')],
  ['otpcode', hard('code')],
  ['recoverycode', hard('code')],
  ['backupcode', hard('code')],
  ['backupcodes', hard('code')],
  ['recoverycodes', hard('code')],
  ['scratchcodes', hard('code')],
  ['authorizedcode', hard('code')],
  ['txcode', hard('code')],
  ['authreqid', hard('code')],
  ['session', soft('cookie')],
  ['sessionid', soft('cookie')],
  ['sessid', soft('cookie')],
]

/** OAuth error codes (RFC 6750 §3.1) and what resembles them: what is quoted behind one is mostly what is wrong with the token. */
const ERROR_CODE = /^(?:invalid|expired|missing|malformed|bad|unsupported|unknown)tokens?$/

const ENDINGS_BY_LAST_LETTER = new Map<string, [string, KeyClass][]>()
for (const [ending, keyClass] of ENDINGS) {
  const last = ending.at(-1)!
  const list = ENDINGS_BY_LAST_LETTER.get(last) ?? []
  list.push([ending, keyClass])
  ENDINGS_BY_LAST_LETTER.set(last, list)
}

export function classifyKey(name: string): KeyClass | undefined {
  const compact = name
    .slice(name.lastIndexOf('.') + 1)
    .toLowerCase()
    // `API_TOKEN_2`, `WEBHOOK_SECRET_V2`.
    .replace(/_v?[0-9]{1,2}$/, '')
    .replace(/[ _-]/g, '')
  const whole = WHOLE.get(compact) ?? PARTS.get(/[_-]([a-z]{3,4})$/i.exec(name)?.[1]?.toLowerCase() ?? '')
  if (whole !== undefined) return whole
  if (ERROR_CODE.test(compact)) return { ...soft('opaque'), error: true }
  for (const [ending, keyClass] of ENDINGS_BY_LAST_LETTER.get(compact.at(-1) ?? '') ?? []) {
    if (compact.endsWith(ending)) return keyClass
  }
  return undefined
}

/** Longer than any name people give to a parameter; bounds the look back from the recognised ending. */
const NAME_LIMIT = 64

function isNameChar(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45 ||
    code === 46
  )
}

/** Where the name whose recognised part begins at `from` really starts: `x-auth-` in front of `token` belongs to it. */
export function nameStart(text: string, from: number): number {
  let start = from
  const limit = Math.max(0, from - NAME_LIMIT)
  while (start > limit && isNameChar(text.charCodeAt(start - 1))) {
    // `--client-secret`, `-----END KEY-----secret`: dashes between words come one at a time.
    if (text.charCodeAt(start) === 45 && text.charCodeAt(start - 1) === 45) break
    start--
  }
  // The tail of an escape is no part of the name: `%26code`, `%2526code`, `\u0026code`, `\ncode`.
  const before = text[start - 1]
  if (before === '%') {
    let skip = start
    while (text[skip] === '2' && text[skip + 1] === '5' && skip + 2 < from) skip += 2
    if (/^[0-9a-fA-F]{2}/.test(text.slice(skip, Math.min(from, skip + 2)))) return skip + 2
  } else if (before === '\\') {
    const tail = /^(?:u[0-9a-fA-F]{4}|[nrt])/.exec(text.slice(start, Math.min(from, start + 5)))
    if (tail !== null) return start + tail[0].length
  }
  return start
}
