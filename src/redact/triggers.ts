/**
 * The two expressions that lead the scan to every place where a secret may stand; a line in which neither matches has none.
 * That makes them the fast path as well, so they are ordered by rarity of what is tested first and hold no unbounded repeats.
 * Invariant: whatever a context can redact, a trigger stands in front of it.
 */

const NAMES = [
  'token(?:[_-]?value|[_-]?hint)?',
  'secret(?:[_-]?(?:access[_-]?)?key)?',
  'passw(?:or)?d(?:[_-]?confirmation)?',
  'passphrase',
  'passcode',
  'pwd',
  'authorization',
  'cookies?',
  '(?:api|access|account|private|master|encryption|subscription)[_-]?key',
  'verifier',
  'assertion',
  'saml(?:response|request|art)',
  'session(?:[_-]?(?:id|state))?',
  'sessid',
  'credentials?',
  '(?:auth(?:orization)?|device|user|verification|mfa)code',
  'oauthstate',
  '(?:amz|goog)-signature',
].join('|')

/** Short everyday words: only where a word begins, or behind the tail of an escape (`%3Fcode`, `\nstate`). */
const SHORT_NAMES = 'code|state|nonce|sid|t?otp|jwt|bearer|sub|jti|sig|pass'
const BEFORE_WORD = '(?:^|[^a-zA-Z]|%[0-9a-fA-F]{2}|\\\\[nrt])'

/** Something that separates a name from its value, or prose that leads to a long run of token characters. */
const SEPARATOR =
  '(?=["\'`=:>%&\\\\\\]]|[ \\t]{1,4}(?:[=:]|(?:[a-zA-Z]{1,12}[ :,]{1,2}){0,4}["\'(\\[<]{0,2}[\\w.~+/-]{16}))'
/** Names of secrets, in any case. */
export const NAMED = new RegExp(
  `(?:(?:${NAMES})|(?:${SHORT_NAMES})(?<=${BEFORE_WORD}(?:${SHORT_NAMES})))${SEPARATOR}`,
  'gi',
)

/** XML elements whose content is secret; attributes may stand between the name and `>`. */
const XML_ELEMENT = '<(?:\\w{1,12}:)?(?:SignatureValue|CipherValue|NameID|BinarySecurityToken|[Pp]assword)(?=[\\s>])'
const SCHEME_GAP = '(?:[ \\t+]|%20|%2520|\\\\u0020)'

/** Values that say themselves what they are, and schemes that stand right in front of one; case matters. */
export const SELF_EVIDENT = new RegExp(
  [
    'eyJ',
    XML_ELEMENT,
    '(?:eyA|ew[o0])[\\w-]{6}',
    'gh[pousr]_\\w{8}',
    'github_pat_',
    'gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat)-',
    'gl(?:c|sa)_\\w{8}',
    'xox[abeoprs][.-]',
    'xapp-',
    'A[KS]IA[A-Z0-9]{8}',
    '[srp]k_(?:live|test)_',
    'whsec_',
    'npm_\\w{10}',
    'pypi-\\w{10}',
    'AIza',
    'ya29\\.',
    'GOCSPX-',
    'SG\\.[\\w-]{16}',
    'do[opr]_v1_',
    'shp(?:at|ca|pa|ss)_',
    'hv[sbr]\\.[\\w-]{8}',
    'dapi[0-9a-f]{8}',
    'hf_[A-Za-z]{10}',
    'sk-[\\w-]{16}(?<![A-Za-z0-9]sk-[\\w-]{16})',
    'ATATT3',
    'ory_[ar][tc]_',
    '-----BEGIN',
    'v[1-4]\\.(?:local|public)\\.',
    'kty["\'\\\\]',
    `[Bb][Ee][Aa][Rr][Ee][Rr]${SCHEME_GAP}`,
    `[Dd][Pp][Oo][Pp]${SCHEME_GAP}`,
    `[Bb][Aa][Ss][Ii][Cc]${SCHEME_GAP}`,
    ':\\\\{0,7}/\\\\{0,7}/[^\\s/?#"\'<>@\\\\]{1,256}@',
    '--(?:[a-z]{1,12}-){0,3}(?:password|passwd|pass|token|secret|key|code|cookie)[ \\t]',
  ].join('|'),
  'g',
)

/**
 * The fast path: expressions that are each quick to fail, one of which matches wherever a trigger does. They start from what is rare
 * (a separator, `J`, `_`) and look back, where the triggers start from letters; on lines without secrets that is three times as fast.
 */
export const GATES = [
  new RegExp(`[a-z]["'\`=:>%&\\\\\\]](?<=(?:${NAMES}|${BEFORE_WORD}(?:${SHORT_NAMES})).)`, 'i'),
  new RegExp(`[ \\t](?<=(?:${NAMES}|${BEFORE_WORD}(?:${SHORT_NAMES})|basic|dpop).)`, 'i'),
  /[_\-.](?<=gh[pousr]_|github_pat_|npm_|hf_|[srp]k_(?:live|test)_|whsec_|do[opr]_v1_|shp(?:at|ca|pa|ss)_|gl(?:c|sa)_|ory_[ar][tc]_|gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat)-|xox[abeoprs][.-]|xapp-|pypi-|GOCSPX-|sk-|ya29\.|SG\.|hv[sbr]\.|v[1-4]\.(?:local|public)\.|-----)/,
  /e(?:yJ|yA[\w-]{6}|w[o0][\w-]{6})|A(?:[KS]IA[A-Z0-9]|Iza|TATT3)|dapi[0-9a-f]{8}|kty["'\\]|<(?:\w{1,12}:)?(?:[SCNBP][a-zI]|password)|--[a-z]|[rcp](?:\+|%20|%2520|\\u0020)(?<=(?:bearer|basic|dpop).{1,6})/,
] as const

/** Can there be a secret at all? */
export function mayHoldSecrets(text: string): boolean {
  return text.includes('@') || GATES.some((gate) => gate.test(text))
}
