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
  'api key|(?:api|access|account|private|master|encryption|encrypted|subscription|client|signing|session|deploy|storage|app(?:lication)?|hmac|shared|license|auth|functions|fastly)[_-]?key(?:[_-]?data)?',
  'verifier',
  'assertion',
  'saml(?:response|request|art)',
  'session(?:[ _-]?id|[_-]?state)?',
  'sessid',
  'basic[_-]?auth',
  'credentials?',
  '(?:auth(?:orization)?|device|user|verification|mfa|session)code',
  '(?:recovery|backup|scratch)[_-]?codes|authorized[_-]code|auth_req_id|tx_code',
  'signature|ciphertext|view_?state|captcha[_-]response|turnstile[_-]response|mnemonic|seed[_-]?phrase|macaroon|biscuit',
  'oauthstate',
  '(?:amz|goog)-signature',
].join('|')
/** `API_TOKEN_2`, `WEBHOOK_SECRET_V2`. */
const NUMBERED = '(?:_v?[0-9]{1,2})?'

/** Short everyday words: only where a word begins, or behind the tail of an escape (`%3Fcode`, `\nstate`). */
const SHORT_NAMES =
  'code|state|nonce|sid|t?otp|jwt|bearer|sub|jti|sig|pass|cv[vc]|auth|access|refresh|ticket|proof|dpop|rpt|pct|csrf|crumb'
const BEFORE_WORD = '(?:^|[^a-zA-Z]|%(?:25){0,3}[0-9a-fA-F]{2}|\\\\x[0-9a-fA-F]{2}|\\\\[nrt])'

/** Something that separates a name from its value, or prose that leads to a long run of token characters or ends in a short secret. */
const SEPARATOR =
  "(?=[\"'`=:：＝>%&\\\\\\]|]|</|->|→|\\s{1,40}value[\"' :=]|[([{<|;][\\w.~+/-]{16}|(?:[ \\t]|[ \\t]?\\()\\\\{0,7}'|[ \\t]{5,40}[=:]|[ \\t]{1,4}(?:[=:\"'|]|->|→|\\\\|[\\w:.-]{1,20}=[\"']|(?:[a-zA-Z]{1,12}[ :,]{1,2}){0,4}[\"'(\\[<]{0,2}[\\w.~+/-]{16})|,[ \\t][\\w.~+/-]{16}|(?<=wrong client secret)[ \\t]\\S)"
/** Names of secrets, in any case. */
export const NAMED = new RegExp(
  `(?:(?:${NAMES})${NUMBERED}|(?:${SHORT_NAMES})(?<=${BEFORE_WORD}(?:${SHORT_NAMES})))${SEPARATOR}`,
  'gi',
)

/** XML elements whose content is secret; attributes may stand between the name and `>`. */
const XML_ELEMENT = '<(?:\\w{1,12}:)?(?:SignatureValue|CipherValue|NameID|BinarySecurityToken|[Pp]assword)(?=[\\s>])'

/** Prefixes of tokens, by the sign they end in, so that each sign is compared with its own; see self-evident.ts for the whole values. */
const PREFIXES = {
  _: [
    'gh[pousr]|github_pat|npm|hf|[srp]k_(?:live|test)|whsec|do[opr]_v1|shp(?:at|ca|pa|ss)|gl(?:c|sa)|ory_[ar][tc]',
    'dckr_pat|lin_api|ntn|pscale_(?:tkn|pw|oauth)|sbp|rubygems|CLOJARS|figd|sntry[su]',
    'gsk|r8|bkua|CCIPAT|pnu|tfp|rdme|vcp|nfp|sq[apu]|aio|lsv2_(?:pt|sk)|duffel_(?:live|test)|fm[12]|pbkdf2',
  ],
  '-': [
    'gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat)|xox[abdeoprs]|xapp|pypi|GOCSPX|PMAK|NRAK|pul|tskey|AGE-SECRET-KEY|sq0(?:atp|csp)|----',
    '(?<![A-Za-z0-9])sk|(?<![A-Za-z0-9])(?:ST|PT|TGT|PGT|PGTIOU)|pplx|xai|HRKU|CFPAT|FLWSECK|xkeysib|xsmtpsib|nvapi|(?<![\\w-])(?:ico|key)',
  ],
  '\\.': [
    'ya29|SG|dp\\.(?:pt|st|ct|sa)|hv[sbr]|xox[abeoprs]|v[1-4]\\.(?:local|public)|k[1-4]\\.(?:local|secret|seal)(?:-wrap|-pw)?|dt0[a-z]0[0-9]',
    '(?<![\\w-])pat[A-Za-z0-9]{14}|(?<![\\w-])[A-Za-z0-9]{14}(?=\\.atlasv1)',
  ],
} as const
const prefixesBefore = (sign: keyof typeof PREFIXES) => `${sign}(?<=((?:${PREFIXES[sign].join('|')})${sign}))`

const SCHEMES = '[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc]|[Dd][Pp][Oo][Pp]'
const SCHEME_GAP = '(?:[ \\t+]|, ?|%20|%2520|\\\\u0020|(?:\\r?\\n|(?:\\\\{1,7}r)?\\\\{1,7}n)[ \\t])'

/**
 * Values that say themselves what they are, and schemes that stand right in front of one; case matters.
 * Starts from what is rare (`_`, `.`, a gap) and looks back where it can: three times as fast as starting from thirty letters.
 * What was looked back on is in a group, and is where the trigger begins.
 */
export const SELF_EVIDENT = new RegExp(
  [
    'e(?:yJ|yA[\\w-]{6}|w[o0][\\w-]{6})',
    prefixesBefore('_'),
    prefixesBefore('-'),
    prefixesBefore('\\.'),
    // Cloudflare's keys for certificates.
    'v1\\.0-(?=[0-9a-f]{24}-)',
    `${SCHEME_GAP}(?<=((?:${SCHEMES})${SCHEME_GAP}))`,
    '_(?<=((?<![\\w-])secret_))(?=[A-Za-z0-9]{40})',
    'A(?:[KS]IA[A-Z0-9]{8}|Iza|TATT3|KCp[A-Za-z0-9]{40}|BSK[A-Za-z0-9+/]{40})',
    'E(?:Z[AT]K[A-Za-z0-9]{40}|AA[A-Za-z0-9]{60})|SK[0-9a-f]{32}|SCRAM-SHA-',
    // Microsoft Entra's client secrets.
    '~(?<=([\\w~.-]{3}[0-9]Q~))(?=[\\w.~-]{31})',
    'dapi[0-9a-f]{8}',
    // Base64 of a JWT, of SAML, of NTLM; ASP.NET's and Fernet's sealed values.
    '(?:ZXlK|PHNhbW|CfDJ8|gAAAAA|TlRMTVNT|MDA[xy]\\w{3}vY2F0aW9u|H4sI)[\\w+/-]{12}',
    '(?:(?<![0-9%])|(?<=%(?:25){0,3}[0-9a-fA-F]{2}))[0-9]{8,10}(?::|%3[Aa])AA[\\w-]{8}',
    '(?:1(?:/|%2[Ff]){2}0|[04](?:/|%2[Ff])0A)[\\w-]{16}',
    '/bot(?=[0-9]{8,10}:AA)',
    '(?:\\$|%24)(?:2[aby]|argon2(?:id|i|d)|apr1|[156y])(?:\\$|%24)',
    '/IncomingWebhook/',
    'hooks\\.slack\\.com/services/|discord(?:app)?\\.com/api/webhooks/',
    '/(?:reset|verif|confirm|activat|magic|invit|unsubscri)[A-Za-z_-]{0,24}/',
    'kty["\'\\\\]',
    XML_ELEMENT,
    '%(?:25){0,2}3[Aa]%(?:25){0,2}2[Ff]%(?:25){0,2}2[Ff]',
    ':\\\\{0,7}/\\\\{0,7}/[^\\s/?#"\'<>@\\\\:]{0,64}:(?![0-9]{1,5}[/?#])[^\\s"\'<>@\\\\]{1,256}@',
    ':\\\\{0,7}/\\\\{0,7}/[^\\s/?#"\'<>@\\\\]{1,256}@',
    '-(?:store|key|deststore|srcstore)pass[ \\t]',
    ' -[ap][ \\t]{0,4}(?=\\S)(?<=((?:sshpass|docker login|podman login|redis-cli|mysql|mysqldump|mariadb)(?:[^\\n|;&]{0,80})? -[ap][ \\t]{0,4}))',
    ':(?:thin|oci8?):[^/\\s"\':]{1,64}/(?=[^\\s@]{1,64}@)',
    'IDENTIFIED BY[ \\t]{1,4}(?=["\'])|AUTH (?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER) (?=[\\w+/=]{8})|AUTH\\\\{0,7}" (?:\\\\{0,7}"[^"\\\\\\n]{0,64}\\\\{0,7}" )?(?=\\\\{0,7}")',
    '--(?:[a-z]{1,12}-){0,3}(?:password|passwd|pass|token|secret|key|code|cookie)[ \\t]',
    '-(?:u|-user|-proxy-user)[ \\t=]["\']?[^\\s:"\']{1,64}:',
  ].join('|'),
  'g',
)

/** `token`, `password`, `secret`, `Bearer ` in base64, at each of the three places where they can begin; JFrog's `reftkn`. */
export const ENCODED_MARKS =
  'dG9rZW Rva2Vu 0b2tlb cGFzc3dvcm Bhc3N3b3Jk wYXNzd29yZ c2VjcmV0 NlY3JldA zZWNyZX QmVhcmVyI CZWFyZXIg JlYXJlciB cmVmdGtu'.split(
    ' ',
  )
export const ENCODED = new RegExp(ENCODED_MARKS.join('|'), 'g')

/**
 * Quick to fail where NAMED is slow: from separators and spaces back to the name in front, instead of from every letter on.
 * One of the two matches wherever NAMED does.
 */
const NAME_GATES = [
  new RegExp(`[a-z]["'\`=:：＝>%&,;([{\\\\\\]|<\\r\\n→-](?<=(?:${NAMES}|${BEFORE_WORD}(?:${SHORT_NAMES}))[^])`, 'i'),
  new RegExp(`[ \\t](?<=(?:${NAMES}|${BEFORE_WORD}(?:${SHORT_NAMES})).)`, 'i'),
  new RegExp(`[a-z]_v?[0-9](?<=(?:${NAMES})_v?[0-9])`, 'i'),
] as const

/** Can NAMED match at all? */
export function mayHoldNames(text: string): boolean {
  return NAME_GATES.some((gate) => gate.test(text))
}
