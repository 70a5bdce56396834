/**
 * Things of other trades that share their nouns with authentication: page tokens, CSRF tokens, licence signatures, card issuers,
 * ZooKeeper sessions. Loose phrasings ("token expired", "invalid signature") must not see them, so they are blanked
 * out, noun and qualifier, before such phrasings are looked for. What else the line says stays readable.
 * Invariant: length and positions are kept.
 */
import { Alternation, type Alternative } from './alternation.ts'

/** Which token: the word right before it (or joined to it) says that it belongs to another trade. */
const TOKENS =
  'acme|task|branch|space|escape|first|global|activity|window|sandbox|binder|conflict|operation|job|workflow|anti-?forgery|request ?verification|csrf|xsrf|page|pagination|paging|next|prev(?:ious)?|contin(?:ue|uation)|resum(?:e|ption)|sync|scroll|cursor|cancel(?:l?ation)?|push|registration|device (?:push )?|fcm|apns|reset|invit(?:e|ation)|verification|confirmation|activation|unsubscribe|download|upload|share|captcha|recaptcha|fencing|lock|idempotency|gift|consent|tracking|design|erc-?\\d+|nft|crypto|chain|governance|syntax|lexer|lexical|parser|string|word|sub-?word|special|pad(?:ding)?|mask|stop|bos|eos|input|output|prompt|completion|unexpected|unrecogni[sz]ed|illegal|immense|delimiter|separator|sequence|closing|opening|sequence|start any|stray|ring|partition|vnode|rate|bucket|throttle'
/** What a token has when it is not one of ours. */
const TOKEN_THINGS =
  'budget|quota|usage|window|address|supply|sale|swap|bucket|range|ring|indices|index|sequence|count|limit|id sequence|stream|filter|embedding|path|file|serial(?: number)?|labels?|separator|table'
/** Signed things that are not tokens. */
const SIGNED =
  'csr|licen[cs]e|pdf|document|package|pkg|rpm|deb|apk|apt|gpg|pgp|repository|release|inrelease|webhook|payload of webhook|plugin|extension|add-?on|image|container|artifact|bundle|jar|manifest|driver|module|kernel|boot|firmware|update|installer|provider|registry key|commit|tag|git|dkim|dmarc|spf|arc|dnskey|rrsig|dnssec|zone|email|mail|message digest|transaction|block|wallet|contract|function|method|type|call|lambda|virus|malware|yara|rule|ids|snort|database|file|zip|archive|xml document|mime|s/mime|cms|pkcs ?#?7|tls|ssl|handshake|ocsp|crl|certificate|cert|x\\.?509|hub'
/** Sessions that nobody logged into. */
const SESSIONS =
  'participant|zookeeper|zk|client|consumer|database|db|jdbc|hibernate|smtp|imap|ftp|sftp|ssh|telnet|bgp|bfd|rtsp|sip|rtp|vnc|rdp|tmux|screen|tcp|udp|tls|ssl|terminal|shell|spark|jupyter|kernel|replay|recording|training|chat|game|shopping|checkout|debug(?:ger)?|profiling|etcd|consul|raft|stream(?:ing)?|upload|http/2|quic|websocket|zoom|teams|meeting|player|pairing|voice|call|table|sandbox|notebook|workshop|yoga|conference'
const CODES =
  'coupon|promo(?:tion)?|voucher|discount|gift(?: card)?|zip|postal|qr|bar|activation|invite|invitation|referral|verification|country|area|pickup|pairing|recovery|backup|sms|otp'
const AUDIENCES = 'segment|campaign|newsletter|mailing|marketing|ads?|facebook ads|email|mail'
const ISSUERS = 'card|bank|certificate|cert|crl|bond|invoice|payment|ticket'
const CERTIFICATE =
  '(?:(?:tls|ssl|x\\.?509|server|root|intermediate|leaf|peer|ca|client|signing|developer|wildcard)[ -])?cert(?:ificate)?s?\\b(?! thumbprint)(?: (?:chain|bundle|file|for \\S{1,80}|with \\S{1,80} \\S{1,80}|of \\S{1,80}))?'
const NONCES =
  '(?:csp|tx|transaction|account|wallet|block|wordpress|wp|script|inline)(?:[ -]\\w{1,12}){0,2}[ -]nonce|nonce too (?:low|high)|tx nonce|nonce (?:mismatch |missing )?in (?:csp|content-security)|next nonce'
const STATES =
  'state (?:mismatch|invalid|transition) (?:in|of|for) (?:reducer|store|component|replica|machine|raft|cluster|node)|(?:replica|reducer|terraform|machine|cluster|component|game|vuex|redux) state'

export const FOREIGN: readonly Alternative[] = [
  {
    source: `(?:\\b(?:${TOKENS})[ _-]?tokens?(?![a-z])(?! (?:type|issuer|audience|kind)\\b)(?: (?:cookie|header|field))?)`,
    needs: ['token'],
  },
  { source: `(?:\\btokens?[ _-](?:${TOKEN_THINGS})\\b)`, needs: ['token'] },
  {
    source: '(?:\\bm(?:ax|in)(?:imum)? (?:[a-z]{1,10} )?tokens? (?:expiration|expiry|lifetime|ttl|age|validity)\\b)',
    needs: ['token'],
  },
  { source: '(?:\\b(?:un)?tokeni[sz]\\w{1,6})', needs: ['tokeni'] },
  { source: `(?:\\b(?:${SIGNED})(?:['’]s)?[ -](?:\\w{1,20}[ -])?signatures?\\b)`, needs: ['signature'] },
  {
    source: `(?:\\bsignatures? (?:file digest|database|update|scan|for (?:package|file|module|image|plugin|release|registry|commit|webhook)|(?:of|on) (?:an? |the |its )?(?:\\w{1,20} )?(?:${SIGNED})\\b))`,
    needs: ['signature'],
  },
  { source: '(?:\\bx[- ]hub[- ]signature(?:-256)?)', needs: ['signature'] },
  {
    source: '(?:\\b(?:cross|commit|tag|code|image|webhook)[- ]signing(?:[- ](?:keys?|secrets?))?\\b)',
    needs: ['signing'],
  },
  { source: '(?:\\b(?:ssl/)?tls client auth\\w{0,14})', needs: ['tls client auth'] },
  { source: '(?:\\b(?:un)?lock: token\\b|\\bkey authori[sz]ations?\\b)', needs: ['lock: token', 'key authori'] },
  { source: `(?:\\b(?:${SESSIONS})[ -]session\\b)`, needs: ['session'] },
  {
    source:
      '(?:\\bsession (?:cache|replay|recording|0x[0-9a-f]{1,16}|affinity|store|ticket|window)\\b|\\bkeepererrorcode = session|keeperexception\\$session)',
    needs: ['session'],
  },
  { source: `(?:\\b(?:${CODES})[ _-]codes?\\b)`, needs: ['code'] },
  { source: '(?:\\bline \\d{1,9},? col(?:umn)? \\d{1,9}[^\\n]{0,40}token)', needs: ['token'] },
  {
    source:
      '(?:\\b(?:insurance|baggage|luggage|warranty|damage|expense|persistent ?volume|benefit|medical|land)[ -]?claims?\\b|\\bclaim (?:no\\.? ?)?#?\\d{2,12}\\b)',
    needs: ['claim'],
  },
  {
    source:
      '(?:\\bkey exchange\\b|\\bdict(?:ionary)? key\\b|\\bmax[_ -]age of (?:backup|file|cache|log|entry|snapshot)s?\\b|\\btokens? metadata\\b)',
    needs: ['key exchange', 'dict', 'age of ', ' metadata'],
  },
  {
    source:
      '(?:\\b(?:smtp|imap|pop3?|ldap|snmp|wi-?fi|ftp|redis|mysql|mariadb|postgres\\w{0,3}|replica(?:tion)?|radius|bluetooth|samba|smb|vpn|proxy)\\b[^\\n]{0,40}\\bauthentication\\b)',
    needs: ['authentication'],
  },
  {
    source:
      '(?:\\b(?:clock|time) (?:drift|skew) (?:on|of|in) (?:sensor|device|camera|meter|plc|probe|track|frame)s?\\b|\\bconsent form\\b|\\brole \\w{2,20} for job\\b)',
    needs: ['clock', 'time', 'consent form', ' for job'],
  },
  {
    source:
      '(?:\\b(?:password|dovecot|postfix|courier|exim|vsftpd|proftpd|3ds|payment|merchant|peer|bgp|ospf|md5|wpa2?|eapol?)\\b[^\\n]{0,12}\\bauth(?:entication)?\\b)',
    needs: ['auth'],
  },
  {
    source:
      '(?:\\btokens? per (?:min|minute|day|second|request)\\b|\\bschema introspection\\b|\\bscopes? (?:in|for|of) (?:the )?(?:template|variable|stylesheet|block|function)\\b|\\bcache (?:entry|key|item|entries)\\b[^\\n]{0,20}\\bexpired\\b)',
    needs: ['token', 'introspection', 'scope', 'expired'],
  },
  {
    source:
      '(?:(?<!\\b(?:api|access|signing|public|verification) )\\bkey ["\':]?(?!(?:is|was|were|id|set)\\b)\\w{1,40}["\']? not found)',
    needs: ['not found'],
  },
  {
    source: `(?:\\b(?:${AUDIENCES})[ -]audiences?\\b|\\baudience (?:segment|size|list|insight)s?\\b)`,
    needs: ['audience'],
  },
  {
    source: `(?:\\b(?:${ISSUERS})[ -]issuer\\b|\\bissuer (?:bank|rules?|certificate|dn)\\b|\\bissuer of (?:the |an? )?(?:${ISSUERS})\\b)`,
    needs: ['issuer'],
  },
  { source: `(?:${NONCES})`, needs: ['nonce'] },
  { source: `(?:${STATES})`, needs: ['mismatch', 'invalid', 'transition', ' state'] },
  { source: `(?:\\b${CERTIFICATE})`, needs: ['cert'] },
  // Names of things, not statements: `token-expired-banner`.
  {
    source:
      '(?:\\b[\\w.-]{0,60}(?:expired|revoked|invalid|missing)[-_. ](?:banner|handling|handler|warning|page|cleanup|job|topic|events?|tests?|spec|metric|flag|template|notice|counter|total|count|exporter|alert|rule|queue)\\b)',
    needs: ['expired', 'revoked', 'invalid', 'missing'],
  },
  { source: '(?:\\b[\\w./-]{1,80}@\\d{1,4}\\.\\d[\\w.-]{0,30})', needs: ['@'] },
]

const foreign = new Alternation(FOREIGN, 'gi')

export function withoutForeign(text: string): string {
  const found = foreign.in(text)
  return found === null ? text : text.replace(found, (noun) => '~'.repeat(noun.length))
}
