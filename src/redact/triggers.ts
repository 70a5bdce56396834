/**
 * The two expressions that lead the scan to every place where a secret may stand; a line in which neither matches has none.
 * That makes them the fast path as well, so they are ordered by rarity of what is tested first and hold no unbounded repeats.
 * Invariant: whatever a context can redact, a trigger stands in front of it.
 */

const NAMES = [
  'token(?:s|[_-]?value|[_-]?hint)?',
  'secret(?:[_-]?(?:access[_-]?)?key(?:[_-]?base)?)?',
  'passw(?:or)?d(?:[_-]?(?:confirm(?:ation)?|hash|digest))?',
  'passphrase',
  'passcode',
  'pwd',
  'authorization',
  'cookies?',
  '(?:api|access|account|private|master|encryption|subscription|client)[_-]?key(?:[_-]?data)?',
  'verifier',
  'assertion',
  'saml(?:response|request|art)',
  'session(?:[_-]?(?:id|state))?',
  'sessid',
  'basic[_-]?auth',
  'credentials?',
  '(?:auth(?:orization)?|device|user|verification|mfa|session)code',
  'oauthstate',
  '(?:amz|goog)-signature',
].join('|')

/** Short everyday words: only where a word begins, or behind the tail of an escape (`%3Fcode`, `\nstate`). */
const SHORT_NAMES = 'code|state|nonce|sid|t?otp|jwt|bearer|sub|jti|sig|pass'
const BEFORE_WORD = '(?:^|[^a-zA-Z]|%(?:25){0,3}[0-9a-fA-F]{2}|\\\\x[0-9a-fA-F]{2}|\\\\[nrt])'

/** Something that separates a name from its value, or prose that leads to a long run of token characters or ends in a short secret. */
const SEPARATOR =
  '(?=["\'`=:：＝>%&\\\\\\]|]|</|->|→|\\s{1,40}value["\' :=]|[ \\t]{1,4}(?:[=:"\'|]|->|→|\\\\|[\\w:.-]{1,20}=["\']|(?:[a-zA-Z]{1,12}[ :,]{1,2}){0,4}["\'(\\[<]{0,2}[\\w.~+/-]{16})|,[ \\t][\\w.~+/-]{16}|(?<=wrong client secret)[ \\t]\\S)'
/** Names of secrets, in any case. */
export const NAMED = new RegExp(
  `(?:(?:${NAMES})|(?:${SHORT_NAMES})(?<=${BEFORE_WORD}(?:${SHORT_NAMES})))${SEPARATOR}`,
  'gi',
)

/** XML elements whose content is secret; attributes may stand between the name and `>`. */
const XML_ELEMENT = '<(?:\\w{1,12}:)?(?:SignatureValue|CipherValue|NameID|BinarySecurityToken|[Pp]assword)(?=[\\s>])'

/** Prefixes of tokens, by the sign they end in; see self-evident.ts for the whole values. */
const PREFIXES = [
  'gh[pousr]_|github_pat_|npm_|hf_|[srp]k_(?:live|test)_|whsec_|do[opr]_v1_|shp(?:at|ca|pa|ss)_|gl(?:c|sa)_|ory_[ar][tc]_',
  'dckr_pat_|lin_api_|ntn_|pscale_(?:tkn|pw|oauth)_|sbp_|rubygems_|CLOJARS_|figd_|sntry[su]_',
  'gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat)-|xox[abeoprs][.-]|xapp-|pypi-|GOCSPX-|PMAK-|NRAK-|pul-|tskey-|AGE-SECRET-KEY-|sq0(?:atp|csp)-|(?<![A-Za-z0-9])sk-|(?<![A-Za-z0-9])(?:ST|PT|TGT|PGT|PGTIOU)-|-----',
  'ya29\\.|SG\\.|dp\\.(?:pt|st|ct|sa)\\.|hv[sbr]\\.|v[1-4]\\.(?:local|public)\\.',
].join('|')
const SCHEMES = '[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc]|[Dd][Pp][Oo][Pp]'
const SCHEME_GAP = '(?:[ \\t+]|, ?|%20|%2520|\\\\u0020|(?:\\r?\\n|(?:\\\\{1,7}r)?\\\\{1,7}n)[ \\t])'

/**
 * Values that say themselves what they are, and schemes that stand right in front of one; case matters.
 * Starts from what is rare (`_`, `.`, a gap) and looks back where it can: three times as fast as starting from thirty letters.
 * What was looked back on is in group 1 or 2, and is where the trigger begins.
 */
export const SELF_EVIDENT = new RegExp(
  [
    'e(?:yJ|yA[\\w-]{6}|w[o0][\\w-]{6})',
    `[_.-](?<=(${PREFIXES}))`,
    `${SCHEME_GAP}(?<=((?:${SCHEMES})${SCHEME_GAP}))`,
    'A(?:[KS]IA[A-Z0-9]{8}|Iza|TATT3)',
    'dapi[0-9a-f]{8}',
    // Base64 of a JWT, of SAML, of NTLM; ASP.NET's and Fernet's sealed values.
    '(?:ZXlK|PHNhbW|CfDJ8|gAAAAA|TlRMTVNT)[\\w+/-]{12}',
    '(?:(?<![0-9%])|(?<=%(?:25){0,3}[0-9a-fA-F]{2}))[0-9]{8,10}(?::|%3[Aa])AA[\\w-]{8}',
    '(?:1(?:/|%2[Ff]){2}0|[04](?:/|%2[Ff])0A)[\\w-]{16}',
    '/bot(?=[0-9]{8,10}:AA)',
    '(?:\\$|%24)(?:2[aby]|argon2(?:id|i|d)|apr1|[156y])(?:\\$|%24)',
    'hooks\\.slack\\.com/services/|discord(?:app)?\\.com/api/webhooks/',
    '/(?:reset|verif|confirm|activat|magic|invit|unsubscri)[A-Za-z_-]{0,24}/',
    'kty["\'\\\\]',
    XML_ELEMENT,
    '%(?:25){0,2}3[Aa]%(?:25){0,2}2[Ff]%(?:25){0,2}2[Ff]',
    ':\\\\{0,7}/\\\\{0,7}/[^\\s/?#"\'<>@\\\\:]{0,64}:(?![0-9]{1,5}[/?#])[^\\s"\'<>@\\\\]{1,256}@',
    ':\\\\{0,7}/\\\\{0,7}/[^\\s/?#"\'<>@\\\\]{1,256}@',
    '--(?:[a-z]{1,12}-){0,3}(?:password|passwd|pass|token|secret|key|code|cookie)[ \\t]',
    '-(?:u|-user|-proxy-user)[ \\t=]["\']?[^\\s:"\']{1,64}:',
  ].join('|'),
  'g',
)

/**
 * Quick to fail where NAMED is slow: from separators and spaces back to the name in front, instead of from every letter on.
 * One of the two matches wherever NAMED does.
 */
const NAME_GATES = [
  new RegExp(`[a-z]["'\`=:：＝>%&,\\\\\\]|<\\r\\n→-](?<=(?:${NAMES}|${BEFORE_WORD}(?:${SHORT_NAMES}))[^])`, 'i'),
  new RegExp(`[ \\t](?<=(?:${NAMES}|${BEFORE_WORD}(?:${SHORT_NAMES})).)`, 'i'),
] as const

/** Can NAMED match at all? */
export function mayHoldNames(text: string): boolean {
  return NAME_GATES[0].test(text) || NAME_GATES[1].test(text)
}
