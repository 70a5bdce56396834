/**
 * Values that say themselves what they are, wherever they stand: JOSE tokens, PASETO, private keys, providers' prefixed keys.
 * `FORMS` is written for whole values; triggers.ts holds the prefixes that lead the scan to them.
 * Invariant: the form of a value overrules the kind its surroundings suggest, so a JWT in a cookie is still that JWT.
 */
import type { SecretKind } from '../core/secret-kind.ts'
import { fingerprintLengthAt } from './fingerprint.ts'
import { JOSE_START, type JoseToken, joseEnd, parseJose } from './jwt.ts'
import { looksLikeWords } from './words.ts'

/** Prefixes and alphabets as documented by the providers (GitHub, GitLab, Slack, AWS, Stripe, npm, PyPI, Google, SendGrid, …). */
const FORMS: readonly (readonly [SecretKind, RegExp])[] = [
  [
    'paseto',
    /(?:v[1-4]\.(?:local|public)\.[\w-]{8,}(?:\.[\w-]*)?|k[1-4]\.(?:local|secret|seal)(?:-wrap|-pw)?\.[\w.-]{16,})/y,
  ],
  ['opaque', /(?:ory_[ar]t_[\w.-]{10,}|(?:ST|PT|TGT|PGT|PGTIOU)-[0-9]{1,9}-[\w.-]{16,})/y],
  ['code', /ory_ac_[\w.-]{10,}/y],
  [
    'apikey',
    /(?:gh[pousr]_\w{10,}|github_pat_\w{10,}|gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat)-[\w.-]{10,}|xox[abeoprs](?:\.xox[bp])?-[\w-]{8,}|xapp-[\w-]{8,}|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|[srp]k_(?:live|test)_\w{8,}|whsec_[\w+/=-]{10,}|npm_[A-Za-z0-9]{20,}|pypi-A[\w-]{16,}|AIza[\w-]{16,}|ya29\.[\w-]{10,}|GOCSPX-[\w-]{10,}|SG\.[\w-]{16,}\.[\w-]{8,}|do[opr]_v1_\w{10,}|shp(?:at|ca|pa|ss)_\w{10,}|hv[sbr]\.[\w-]{10,}|dapi[0-9a-f]{16,}(?:-\d)?|hf_[A-Za-z]{16,}|sk-(?=[\w-]{0,64}[0-9])[\w-]{16,}|ATATT3[\w=-]{16,}|gl(?:c|sa)_[\w=+/]{10,})/y,
  ],
  [
    'apikey',
    /(?:dckr_pat_[\w-]{16,}|lin_api_\w{16,}|ntn_\w{16,}|pscale_(?:tkn|pw|oauth)_[\w.-]{16,}|sbp_[0-9a-f]{16,}|rubygems_[0-9a-f]{16,}|CLOJARS_[0-9a-f]{16,}|figd_[\w-]{16,}|sntry[su]_[\w=+/-]{16,}|PMAK-[0-9a-f]{8,}-[0-9a-f]{8,}|NRAK-[A-Z0-9]{16,}|pul-[0-9a-f]{16,}|tskey-[\w-]{16,}|AGE-SECRET-KEY-1[A-Z0-9]{16,}|sq0(?:atp|csp)-[\w-]{16,}|dp\.(?:pt|st|ct|sa)\.\w{16,})/y,
  ],
  // A digit somewhere: `gsk_…` without one may be a name in a program.
  [
    'apikey',
    /(?:(?:gsk|r8|bkua|CCIPAT|pnu|tfp|rdme|vcp|nfp|sq[apu]|aio|lsv2_(?:pt|sk)|duffel_(?:live|test)|secret|hf|fm[12]|EAA)_?(?<=_|EAA)(?=[\w+/-]{0,80}[0-9])[\w+/-]{24,}={0,2}|(?:pplx|xai|HRKU|CFPAT|FLWSECK|ico|xkeysib|xsmtpsib|xoxd|nvapi)-(?=[\w-]{0,80}[0-9])[\w-]{20,}|dt0[a-z]0[0-9]\.[A-Z0-9]{24}\.[A-Z0-9]{32,})/y,
  ],
  [
    'apikey',
    /(?:(?:EZAK|EZTK|AKCp|ABSK)(?=[A-Za-z0-9+/]{0,80}[0-9])[A-Za-z0-9+/]{40,}={0,2}|SK[0-9a-f]{32}(?![\w-])|key-[0-9a-f]{32}(?![\w-])|pat[A-Za-z0-9]{14}\.[0-9a-f]{64}|v1\.0-[0-9a-f]{24}-[0-9a-f]{100,}|[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}|[\w~.-]{3}[0-9]Q~[\w.~-]{31,34})/y,
  ],
  ['apikey', /[0-9]{8,10}(?::|%3[Aa])AA[\w-]{30,36}(?![\w-])/y],
  [
    'opaque',
    /(?:ZXlK[\w+/-]{16,}={0,2}|gAAAAA[\w-]{32,}={0,2}|TlRMTVNT[\w+/]{8,}={0,2}|MDA[xy]\w{3}vY2F0aW9u[\w+/-]{16,}={0,2}|H4sI[\w+/-]{24,}={0,2}|1(?:\/|%2[Ff]){2}0[\w-]{16,})/y,
  ],
  ['code', /[04](?:\/|%2[Ff])0A[\w-]{16,}/y],
  ['saml', /PHNhbW[w-z][\w+/-]{16,}={0,2}/y],
  ['cookie', /CfDJ8[\w-]{24,}/y],
  [
    'password',
    /(?:SCRAM-SHA-(?:1|256|512)\$[0-9]{1,9}:[\w+/=]{4,}\$[\w+/=]{16,}:[\w+/=]{16,}|pbkdf2_sha(?:1|256|512)\$[0-9]{1,9}\$[^\s$]{1,64}\$[\w+/=]{16,})/y,
  ],
  // Password hashes in the modular crypt format: bcrypt, Argon2, the crypts of glibc and Apache.
  [
    'password',
    /(?:\$|%24)(?:2[aby]|argon2(?:id|i|d)|apr1|[156y])(?:(?:\$|%24)(?:[\w=,./]|%3[Dd]|%2[Cc]){1,60}){1,3}(?:\$|%24)(?:[./+A-Za-z0-9]|%2[FfBb]){16,}={0,2}/y,
  ],
]

/** As it stands, in a form (`+`) or percent-encoded, up to three times. */
const GAP = '(?:[ +]|%(?:25){0,2}20)'
const OPENING = `-----BEGIN${GAP}(?:[A-Z0-9]{1,20}${GAP}){0,3}?PRIVATE${GAP}KEY(?:${GAP}BLOCK)?-----`
const INSIDE = '[A-Za-z0-9+/=\\s\\\\%.:,()_-]*'
const PRIVATE_KEY = new RegExp(
  `${OPENING}${INSIDE}?-----END${GAP}(?:[A-Z0-9]{1,20}${GAP}){0,4}?KEY(?:${GAP}BLOCK)?-----`,
  'y',
)
const PRIVATE_KEY_CUT = new RegExp(`${OPENING}${INSIDE}`, 'y')
const LINE_BREAKS = /(?:\\+[nr]|%0[AaDd]|[\s+])+/g

function endAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

/** End of the private key block that begins at `at`, to the text's end if it was cut off; `at` if there is none. */
export function privateKeyEnd(text: string, at: number): number {
  const end = endAt(PRIVATE_KEY, text, at)
  return end > at ? end : endAt(PRIVATE_KEY_CUT, text, at)
}

/** Kind and end of the prefixed key that begins at `at`; undefined if there is none. */
export function prefixedKeyAt(text: string, at: number): { kind: SecretKind; end: number } | undefined {
  for (const [kind, pattern] of FORMS) {
    const end = endAt(pattern, text, at)
    if (end > at) return { kind, end }
  }
  return undefined
}

export interface Form {
  kind: SecretKind
  /** What the fingerprint is taken of. */
  identity: string
  jose?: JoseToken
}

/** What a whole canonical value is by itself; undefined if only its surroundings can tell. */
export function formOf(value: string): Form | undefined {
  if (JOSE_START.test(value)) {
    const jose = parseJose(value)
    return jose && { kind: jose.kind, identity: jose.identity, jose }
  }
  if (value.startsWith('-----BEGIN')) {
    return privateKeyEnd(value, 0) === value.length
      ? { kind: 'apikey', identity: value.replace(LINE_BREAKS, '') }
      : undefined
  }
  const key = prefixedKeyAt(value, 0)
  return key?.end === value.length ? { kind: key.kind, identity: value } : undefined
}

/** Is the value, whole or in part, something that no name is needed for? */
export function saysItself(value: string): boolean {
  return JOSE_START.test(value) ? joseEnd(value, 0) > 0 : prefixedKeyAt(value, 0) !== undefined
}

/** What may follow a token inside its quotes and be read on: `… [truncated]`, ` (expired)`. */
const REST_LIMIT = 200
const REST_RUN = /[A-Za-z0-9+/_-]{8,}/g

/**
 * Where a value that begins with a token (or with the fingerprint of one) and goes on in words should end: behind the token.
 * `end` where it does not, so that the whole value is taken.
 */
export function tokenPartEnd(text: string, start: number, end: number): number {
  const fingerprint = fingerprintLengthAt(text, start)
  // An earlier pass has judged what follows already.
  if (fingerprint > 0) return Math.min(end, start + fingerprint)
  const tokenEnd = JOSE_START.test(text.slice(start, start + 3)) ? joseEnd(text, start) : start
  if (tokenEnd === start || tokenEnd >= end || end - tokenEnd > REST_LIMIT) return end
  const rest = text.slice(tokenEnd, end)
  if (/^\.{1,2}$/.test(rest)) return end
  const runs = rest.match(REST_RUN) ?? []
  return runs.every(looksLikeWords) ? tokenEnd : end
}
