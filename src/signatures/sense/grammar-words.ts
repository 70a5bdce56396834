/** The small words, and the groups of faults, nouns and deeds, by which read-sense.ts tells what is said of what. */
import type { Deed, Fault } from './fault.ts'
import type { Noun } from './lexicon.ts'
import type { Part } from './parts-of.ts'

/** Parts of another role that may stand inside a statement without ending it. */
export const QUIET: ReadonlySet<Part['role']> = new Set(['filler', 'other', 'over', 'praise'])
export const NEGATIONS: ReadonlySet<string> = new Set(
  'not cannot cant couldnt could can does did do was were is are has have will didnt doesnt wasnt isnt hasnt dont arent havent never'.split(
    ' ',
  ),
)
/** Said before the noun: `no token`, `lacks scope`; other phrases of several words follow theirs. */
export const BEFORE_NOUN: ReadonlySet<string> = new Set(
  'no without missing misses lacks lacking has had have contains carries doesnt must requires needs insufficient wrong too'.split(
    ' ',
  ),
)
/** Where tokens, issuers, sessions and signatures are not ours, unless the text says more plainly that they are. */
export const FOREIGN_TRADES =
  /~{4}|\b(?:certificates?|certs?|acme|x509|quic|doq|dtls|dnssec|mutex|lexer|parser|tokenizer|vocabulary|syntax|macro|stopword|payment|card|charge|stripe|rpm|deb|cleartext|crl|gpg|pgp|apt|yubikey|function|(?<!(?:signature|signing|challenge|authentication|grant|http|request) )method|overload|schema|stylesheet|block|wallet|transaction|marketing|captcha|compression|compiler|ssh|publickey|sql|statement|map|manual)\b/
export const PLAINLY_OURS =
  /\b(?:jwt|jws|jwe|jwks|oauth2?|oidc|saml|openid|sso|bearer|(?:access|refresh|id|auth) token|authorization header|client secret|pkce|dpop|session cookie|auth cookie)\b/

/** What a noun has: `wrong value for claim`, `mismatch in sub`. */
export const HAD: ReadonlySet<string> = new Set(
  'value type format parameter field response status answer reply mismatch mismatched different wrong unexpected invalid match matching'.split(
    ' ',
  ),
)
/** What went well. */
export const SUCCEEDING = /^(?:succe\w{2,6}|ok|passed|completed?|done)$/
/** Deeds that say nothing of how they ended, or were done to somebody else. */
export const UNDER_WAY: ReadonlySet<string> = new Set([
  'requested',
  'authorized',
  'authorised',
  'read',
  'accessed',
  'called',
])
/** Suppose nothing in what is over: `session created when ann logged in`. */
export const SOME_TIME: ReadonlySet<string> = new Set(['when', 'will'])
/** What a comparison says first and then. */
export const EXPECTING: ReadonlySet<string> = new Set(['expected', 'expecting', 'want', 'wanted', 'wants'])
export const GETTING: ReadonlySet<string> = new Set(['got', 'received', 'but', 'actual', 'have', 'found', 'instead'])
export const GOT: ReadonlySet<string> = new Set(['got', 'received', 'instead'])
export const COPULAS: ReadonlySet<string> = new Set('is are was were be been being'.split(' '))

/**
 * What also happens when all is well: something is missing and fetched, looked for and made, withdrawn because somebody asked.
 * A record that says itself that nothing is wrong must speak of a refusal to be believed.
 */
export const ORDINARY: ReadonlySet<Fault> = new Set([
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
export const DONE: ReadonlySet<Fault> = new Set([
  'revoked',
  'disabled',
  'ended',
  'denylisted',
  'reused',
  'denied',
  'deleted',
] as Fault[])
/** Said of anything, and so of what stands right before it alone. */
export const OF_OTHERS: ReadonlySet<Fault> = new Set([
  'unknown',
  'absent',
  'disabled',
  'ended',
  'inactive',
  'deleted',
] as Fault[])
export const PRONOUNS: ReadonlySet<string> = new Set(['it', 'which', 'one', 'itself'])
/** Lack of what is named behind. */
export const LACKING: ReadonlySet<string> = new Set(
  'no without has had have contains carries lacks lacking doesnt'.split(' '),
)
/** What was set up is said first; what was met with is a report. */
export const SET_UP: ReadonlySet<string> = new Set(
  'set updated created added registered loaded initialized initialised configured enabled cleared stored saved wrote sent scheduled started stopped replaced migrated reset'.split(
    ' ',
  ),
)
/** Begin a report, or name no deed. */
export const TELLING =
  /^(?:missing|during|following|nothing|something|anything|everything|string|incoming|pending|remaining|according|regarding|(?:reject|refus|deny|declin|forbid|block|dropp|discard|clos|abort|terminat|disconnect|fail|receiv|gett|gott|encounter|detect|see|find|return|respond|answer|send|report|throw|rais|redirect|logg|warn|invalidat|revok|expir)ing)$/
export const SOUGHT: ReadonlySet<Deed> = new Set<Deed>(['find', 'fetch', 'store'])
export const UNNAMED: ReadonlySet<string> = new Set(['unexpected', 'unknown', 'invalid', 'bad'])
export const NOTHING: ReadonlySet<string> = new Set(['null', 'nil', 'undefined'])
export const FORMS: ReadonlySet<string> = new Set(['format', 'structure', 'syntax'])
export const MISHAPS: ReadonlySet<string> = new Set(['error', 'exception', 'failure', 'problem', 'trouble'])
export const HAPPENED: ReadonlySet<string> = new Set(
  'occurred occured happened encountered raised thrown while when during trying'.split(' '),
)
export const MEANWHILE: ReadonlySet<string> = new Set(['while', 'when', 'during', 'trying'])
/** `token request failed`: the token was asked for. */
export const ATTEMPTS: ReadonlySet<string> = new Set(
  'request requests response call attempt step check flow operation query lookup handshake processing'.split(' '),
)
/** What errors have. */
export const ERROR_THINGS: ReadonlySet<string> = new Set(
  'response responses handler handlers page pages handling type types class listener event events template mapper rate budget counter'.split(
    ' ',
  ),
)
export const FORBIDDEN: ReadonlySet<Fault> = new Set(['unsupported', 'denied'] as Fault[])
export const NEEDED = /^(?:required|needed)$/
/** What may be said of a part of a token. */
export const OF_A_PART: ReadonlySet<Fault> = new Set(['bad', 'mismatch', 'absent', 'unknown', 'unsupported'] as Fault[])
export const WHOLES: ReadonlySet<Noun> = new Set<Noun>(['token', 'id_token', 'refresh_token', 'assertion', 'claim'])
export const WITHIN: ReadonlySet<string> = new Set(['in', 'from', 'inside', 'within'])
/** Words that such a part is named with. */
export const PART_WORDS = 3
/** No part of it, but what it is written with, or an answer. */
export const WRITTEN_WITH: ReadonlySet<string> = new Set(
  'char character characters byte bytes symbol letter error errors exception response data'.split(' '),
)
