/**
 * Text that talks about failures instead of reporting one: source code, test output, SQL, markup, help, change logs,
 * counts of nothing, and failures mended in the same breath. No failure may be read off it, however well its words fit.
 * Decided on the first line of the message alone, so a stack trace that quotes code stays the report it is.
 */
import { TextMemory } from './text-memory.ts'

/** A longer first line is prose or data; characters. */
const LINE_LIMIT = 600

/** One rule a line, each with the kind of text it stands for. */
const RULES: readonly RegExp[] = [
  // Source code and comments.
  /^\s*(?:\/\/|\/\*|#\s|<!--|--\s|\*\/|\*\s*@|(?:>>>|\.\.\.)\s)/,
  /\{@(?:link|code|literal)\b|^\s*\*?\s*@(?:throws|return|param|see|exception)\b|<\/?(?:see|c|para|param|returns|summary|exception|li|tt|code)\b[^>\n]{0,80}>/,
  /^\s*(?:console\.\w+|print\w*|fmt\.\w+|log(?:ger)?\.\w+|System\.(?:out|err)\.\w+|puts|t\.Run|var_dump|logging\.\w+)\s?\(\s*\w{0,2}["'`]/,
  /^\s*(?:it|describe|context|specify|test|scenario)\s+["'`][^\n]*["'`]\s*(?:do|,|\$|->)/,
  /^\s*(?:readonly|export|declare|abstract|override|async|defp?|fn|pub|use|using|namespace|package)\s+[\w<>[\]]+[^\n]*[;{(]\s*$/,
  /^\s*[\w$.]{1,60}\s?[=:]\s?["'`][^"'`\n]*["'`]\s?[,;]\s*$/,
  /\)\s*(?:=>\s*)?\{\s*$|\bfunc\(\w|\);\s*$/,
  /^\s*(?:return|raise|throw(?: new)?|assert\w*|expect|describe|it|test|await|yield)\b\s?(?:[\w.:]+\s?)?[({][^\n]*[)};,]\s*$/,
  /^\s*(?:describe|it|test|expect|context)(?:\.\w+)?\(['"`]/,
  /^\s*(?:\}\s*)?(?:if|else if|elif|while|for|switch|catch|except|rescue|when|case)\b[^\n]*(?:[{:;]|=>|\))\s*(?:[^\n]*[;}])?\s*$/,
  /^\s*(?:const|let|var|val)\s+[\w{[]+[^\n]*=/,
  /^\s*(?:import|export|func|function|def|class|interface|enum)\s+\w[^\n]*[{(;:]\s*$/,
  /^\s*(?:private|public|protected|static|final)\s+[\w<>[\]]+\s+\w+\s*[=({;]/,
  /^\s*(?:raise|class)\s+[A-Z][\w:]{1,80}(?:\s*<\s*[A-Z][\w:]{1,80}|,\s*["'])|^\s*from [\w.]{1,80} import\b|^\s*rescue\s+[A-Z][\w:]{1,80}(?:,\s*[A-Z][\w:]{1,80}){0,8}(?:\s*=>\s*\w{1,40})?\s*$/,
  /^\s*assert[_.]\w+[( ]/,
  /^\s*(?:import|export)\s[^\n]{0,300}\bfrom\s+['"]|\brequire\(['"]|^\s*(?:module\.)?exports?\b[.\w]{0,60}\s=|^\s*[\w.]{2,80}\.prototype\./,
  /^\s*(?:[\w$.[\]]{2,120}\s=\s[^\n]*;|\[[\w.]{2,80}\]: \w{2,80},?|(?:[A-Z]\w{2,60}, ?){1,12}|['"]?\w{2,60}['"]?,|static \w{1,60} = [^\n]*|return [^\n]*;|throw (?:new )?\w{2,60}\([^\n]*)\s*$/,
  /\.(?:strictEqual|equal|deepEqual|toBe|toEqual|toThrow|match|send|end)\([^\n]*\)\s*;?\s*$|\b(?:===|!==)\s|\brejectUnauthorized\b/,
  /^\s*\*?\s*(?:message|name|code|error|msg)\s*:\s*'[^'\n]{1,80}',?\s*$/,
  // Documents: headings, tables, quoted items, sentences that explain; links and numbers of change logs.
  /^\s*(?:#{1,6}\s|\|[^\n]*\|\s*$|```|={2,}\s|\.\.\s\w+::|:\w+:`|[*-]\s+["'`])/,
  /^\s*(?:[*-]\s+|\d{1,2}\.\s+)?(?:if you see\b|(?:if|when(?:ever)?|once|unless|until|whether|in case)\s(?![^\n]{0,300}: )|(?:returns?|checks?|verif(?:y|ies)|ensures?|asserts?|determines?|tests?|indicates?) (?:if|whether|that|the|an?|true|false|\w+ if)\b|(?:handles?|supports?|allows?|adds?|added|fix(?:es|ed)?|removes?|improves?|improved|updates?|changes?|changed|introduces?|implements?|simulates?|raises?|throws?|dispatched|thrown error|called|invoked|triggered|thrown|raised) (?:if|when|by|after|before|an?|the|for|in|on|support|specific|missing)\b|this (?:class|method|function|patch|test|is|error|exception|can|will|may|happens|occurs|means|deletes)\b|the (?:default|following)\b|see\b|note\b|how to\b|an? \w+ attack\b)/i,
  /\b(?:error|exception|message) saying that\b|\b(?:scenarios?|cases?|situations?) (?:which|that|where|in which)\b|\bleads? to (?:the|an?) \w+ (?:token|session)/i,
  /\]\(https?:\/\/|\bxref:|\[\[[\w-]+\]\]|:pr:`|\(?#\d{2,5}\)|\[\\?#\d+\\?\]|\b(?:closes|fixes|resolves) #\d|\bby @[\w-]+ in\b/,
  /^\s*(?:msgid|msgstr)\s|<string name=|^\s*"[\w.-]+"\s*:\s*"[^"\n]*",?\s*$|^\s*type \w+ struct\b|^\s*return (?:nil|null|None), |^\s*(?:(?:public|private|protected|static|final) ){1,3}[\w<>[\]]+ \w+\s?=|^\s*def \w+\(|\.then(?:Throw|Return)\(/,
  /\b(?:MUST|SHOULD|SHALL|MAY) (?:NOT )?(?:return|respond|reject|refuse|answer|ignore)\b/,
  /^\s*an? [`'"]?\w+[`'"]? means (?:that )?(?:the|an?|your)\b|^\s*(?:bump|upgrade|downgrade)s? \S+ from\b|^\s*[QA]: /i,
  /^\s*\*\s+(?:throws|returns|raises|see|note)\b/i,
  /\b(?:fix(?:ed|es)?|resolved|closes?) (?:an? )?(?:\w+ )?(?:bug|issue|regression|problem|crash)\b/i,
  /^\s*case [\w.:]+:\s+(?:return|throw|raise)\b/,
  // Not found out.
  /\b(?:determine|check(?:ing|ed)?|tell|decide|see) (?:if|whether) [^\n:]{0,40}\b(?:expired|revoked|valid|invalid)\b/i,
  // Test output.
  /\b[Rr]unning \d+ (?:specs?|tests?)\b|\btest "[^"\n]{1,120}" (?:passed|ok|skipped)\b/,
  /^\s*(?:✓|✔|✗|✘|×|√|●|FAILED |(?:Scenario|Feature|Background)(?: Outline)?: |Given (?:the|an?|that)\b|Then the\b|PASS\b|FAIL\b|--- (?:PASS|FAIL|SKIP)|=== RUN|(?:not )?ok \d+\b|test_\w+|test \S+ \.\.\.|smoke test\b|\d+\) )/,
  /\b(?:PASSED|SKIPPED|XFAIL)\b|^\s*\d+ (?:passing|failing|pending)\b|^\s*\[INFO\] (?:Tests run|Running)\b|^\s*AssertionError\b|\bExpected values to be\b/,
  // SQL, also as databases and mappers log it.
  /\b(?:SELECT\b[^\n]{1,500}\bFROM\b|INSERT INTO\b|UPDATE\s+\S{1,80}\s+SET\b|DELETE FROM\b|CREATE (?:UNIQUE )?(?:TABLE|INDEX|VIEW)\b|ALTER TABLE\b|DROP TABLE\b)/,
  /^\s*(?:Hibernate:|Executing \(\w+\):)/,
  /\bselect\s[^\n]{1,300}\sfrom\s[^\n]{1,200}\swhere\s/,
  // Markup.
  /^\s*<(?:!doctype|\/?(?:html|head|body|title|meta|link|script|style|p|div|span|h[1-6]|ul|ol|li|table|tr|td|th|a|b|i|em|strong|label|button|input|option|select|form|section|article|pre|code|br|hr|img|svg|nav|main))\b/i,
  // Help, documentation, translations, settings.
  /^\s*(?:usage|help|documentation|docs|deprecated|todo|fixme|benchmark|breadcrumbs?|changelog|release notes?|example|synopsis)\b\s?:/i,
  /^\s*(?:TODO|FIXME|DEPRECATED)\b/,
  /^\s*-{1,2}[a-z][\w-]*(?:[ =]\S+)?(?:, -{1,2}[\w-]+(?:[ =]\S+)?)?\s{2,}\S/i,
  /(?:^|\s)[\w-]+\.[\w.-]*(?:messages?|expired|invalid|revoked|error|text|label|title)[\w.-]*\s?=\s?["'][^"'\n]*["']\s*$/i,
  /^\s*[A-Z][A-Z0-9]*_[A-Z0-9_]+\s?=/,
  /\b(?:registered|registering|loaded)\b[^\n]{0,30}\bhandlers?\b|\bhandlers?\b[^\n]{0,20}\b(?:registered|loaded)\b/i,
  /\b(?:translat(?:ed|ion)|i18n|l10n|localiz\w{1,6}|catalogue)\b/i,
  /^\s*Parameters: \{/,
  /\b(?:simulat(?:ed?|ing)|dry[- ]run|chaos (?:test|experiment)|pretend\w{0,3}|would (?:reject|refuse|deny|fail|be (?:rejected|refused|denied)))\b/i,
  /\b(?:policy|rule|config(?:uration)?|setting|option)s? (?:updated|changed|loaded|applied|created|saved|set)\b/i,
  /\b(?:DeprecationWarning|is deprecated|deprecated since|deprecated and)\b|^\s*npm (?:warn|notice)\b/i,
  /\b(?:loaded|effective|resolved|(?<!returning the )current|using) (?:config|settings?|configuration|options)\b|\b(?:leeway|skew|tolerance|lifetime|ttl) (?:is |was )?set to\b/i,
  // Settings.
  /\bconfigured rate limit/i,
  /\bon(?:Expired|Invalid|Revoked|Missing)\w{0,20}\s?[=:]/,
  // Names of rules, metrics, topics and handlers.
  /\b(?:alert(?:ing)?(?: rule)?|metric|gauge|counter|monitor|feature[ -]?flag|flag|topic|queue|listener|panel|runbook|middleware|spec|fixture|enum|constant|column|job|cron) ["'“]?[\w.-]*(?:expired|revoked|invalid|denied|rejected|missing|malformed)[\w.-]*/i,
  /\b(?:publish(?:ed|ing)?|emit(?:ted|ting)?|subscrib(?:ed|ing)(?: to)?)\b[^\n]{0,12}\b(?:event|topic)s? |\bhandlers? (?:for|of) \S{1,60} (?:installed|added|attached)\b|\bmonitor started\b/i,
  // Metrics.
  /\bmetric \w+\{|\b\w{2,40} count: ?0\b/i,
  /^\s*[A-Za-z_:][\w:]*\{[^}\n]*\}\s+[\d.eE+-]+(?:\s\d+)?\s*$/,
  // Changes, tickets, conversations, mail.
  /^\s*(?:commit [0-9a-f]{4,40}\b|Merge (?:pull request|branch|remote)|(?:PR|MR|pull request|merge request) (?:title|#\d)|ticket (?!(?:ST|PT|TGT|PGT)-)\S|chat:|(?:email )?subject:|(?:feat|fix|chore|docs|refactor|perf|ci)(?:\([\w-]+\))?!?: )/i,
  /\b(?:sending|sent|queued|delivered|rendering) (?:an? )?(?:e-?mail|notification|mail|sms)\b|\bnotification "[^"\n]*" sent\b/i,
  // Somebody else's words, quoted.
  /\b(?:e\.g\.|for example|such as|(?:user|chat|support|customer|error) messages?:?|(?:email |mail )?subject|indexed|(?<!discovery )document|titled?|template|phrase|fa(?:ilure|ult) mode|ticket \S+|wrote|asks?|asked|says?|saying|search(?:ed)?(?: for)?|query|comment|translated) ["'“‘`]/i,
  /\b(?:text|subject|title|query|search|comment|content|prompt|phrase|q)=\\?["'“](?=[^"'”\n]{1,80}\s)/i,
  /^\W{0,3}(?:user |chat |customer |support |review )?(?:comment|message|feedback|question|note|review|post)s?(?: (?:from|by) [\w.@-]{1,40})?: ["'“]?(?:I|my|we|why|how|the|when|please|hi|hello|it)\b|^\W{0,3}chat message from \S{1,40}: /i,
  // Counts, of nothing and of many.
  /\b(?!1\s)\d[\d,]* (?:\w+ ){0,2}(?:expired|revoked|invalid|rejected|malformed|stale) (?:\w+ )?(?:tokens|sessions|jwts|grants|codes|signatures|entries|keys)\b/i,
  /\b(?:\w{0,30}_)?(?:token|jwt|signature|grant|auth|session)\w{0,30}[=:] ?0\b/i,
  /(?:^|[\s:=(])(?:0|no|zero) (?:\w+ )?(?:tokens? |sessions? |requests? )?(?:expired|revoked|invalid|unauthori[sz]ed|token errors|auth(?:entication)? (?:errors|failures))\b/i,
  /^\s*(?:parsed|lexed|lexer|tokeni[sz]ed|tokeni[sz]er)\b/i,
  /^\W*(?:the )?(?:total )?number of\b/i,
]

/** Who speaks, before what is said: `[KEYCLOAK] `. */
const SPEAKER = /^(?:\[[\w .:/-]{1,60}\]:? ?){1,3}/

/** One setting and nothing else. */
const SETTING =
  /^\s*["']?[\w.-]{3,80}["']?\s?[:=]\s?(?:true|false|on|off|yes|no|enabled|disabled|\d{1,9}(?:ms|s|m|h)?),?\s*$/i

const NOUN =
  '(?:tokens?|jwts?|sessions?|signatures?|issuers?|audiences?|grants?|codes?|credentials?|keys?|claims?|assertions?)'
const FAULT =
  '(?:expired|invalid\\w{0,4}|revoked|malformed|missing|not (?:yet )?valid|rejected|denied|tampered|inactive|mismatch\\w{0,4}|does not match)'

/** Hold where nothing but common words fitted: documents, suppositions, rules, plans. */
const LOOSE_RULES: readonly RegExp[] = [
  // Bullets and quotations; some emitters list their reasons so.
  /^\s*(?:\*\s(?![^\n]*: )|>\s\w|[-+]\s+\S)/,
  // "check whether the token has expired", "redirect on invalid token": a case that may arise.
  new RegExp(
    `\\b(?:if|whether|unless|in case|as soon as|even when|only when|so that|until|as long as|every time|each time)\\b[^\\n:;]{0,60}\\b(?:${NOUN}\\b[^\\n:;]{0,40}\\b${FAULT}|${FAULT}\\b[^\\n:;]{0,20}\\b${NOUN})`,
    'i',
  ),
  new RegExp(`^\\s*(?:\\w+: )?on (?:an? )?${FAULT} ${NOUN}\\b`, 'i'),
  new RegExp(
    `\\b(?:can|may|might|must|should|would|will|shall|could) (?:\\w+ ){0,2}(?:be|get|become) (?:\\w+ )?${FAULT}`,
    'i',
  ),
  new RegExp(
    `\\b(?:reject|refuse|deny|accept|ignore|allow|handle|detect|remove|delete|drop|skip)s? (?:all |any )?(?:${FAULT} )?(?:tokens|jwts|sessions)\\b`,
    'i',
  ),
  // Housekeeping, and checks that were passed.
  /\b(?:remov|delet|purg|clean|prun|evict|sweep|swept|garbage|expung|reap|vacuum|archiv|clear)\w{0,6}\b[^\n:]{0,40}\b(?:expired|revoked|invalid|stale|inactive|old)\b|\b(?:expired|revoked|stale|invalid|inactive)\b[^\n]{0,40}\b(?:cleaned up|purged|removed|deleted|swept|evicted|pruned|reaped|clean-?up)\b|\b(?:garbage collector|housekeeping|reaper|janitor|sweeper|purger|gc worker)\b|^\W*test(?:ing)?\b|^\W*(?:skipp|ignor)(?:ing|ed)\b|(?:remover|cleaner|cleanup)\b/i,
  /\b(?:checks?|validation|verification)s? (?:has |have |was )?(?:passed|succeeded|ok)\b(?![^\n]*\b(?:but|fail\w*|then|denied|reject\w*|refus\w*|error)\b)/i,
  /\b(?:if|when|unless|whether)\b[^.:\n]{0,30}\b(?:not |un)authenticated/i,
  // Settings in passing.
  /\btime-?out\s?[=:]\s?\S{1,12}(?: ?(?:s|secs?|seconds|ms|m|min|minutes))?\s*$/i,
  // Told to whoever sets the software up, when it starts: variables, options, files, and what may stand there.
  /\b(?:[Ee]nvironment|[Ee]nv) ?(?:[Vv]ariables?|[Vv]ars?)\b|\bin (?:the |your )?environment\b(?! \w)|(?:^|[\s'"`(])--[a-z][\w-]{2,}|\bflags? (?:is|was|must|not)\b|\b(?:config\w{0,8}|environment|settings) file\b|\b(?:missing|empty|not found|absent) (?:in|from) (?:the |your )?file\b/,
  /(?:^|[^\w.])(?!(?:INVALID|MISSING|EXPIRED|NO|BAD|ACCESS|REFRESH|ID|AUTH)_)[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,20}){0,6}_(?:TOKEN|SECRET|KEY|KEYS|URL|URI|ID|ISSUER|AUDIENCE|PASSWORD|FILE|PATH|CONTENT|CREDENTIALS)\b/,
  /\b(?:please )?(?:set|unset|specify|define|configure|enable|disable|add) [`'"$<]?[\w.-]{2,60}[`'">]? (?:in|on|to) (?:the |your |an? )?(?:[\w-]{1,30} ){0,2}(?:config\w{0,8}|settings?|ya?ml|file|environment|cr|values|properties|command line)\b|\bplease (?:set|specify|configure)\b|\bmust (?:be configured|configure)\b|\b(?:make sure|ensure) (?:that )?\S{1,40} (?:is|are) (?:properly |correctly )?(?:set|configured)\b|\bleave \S{1,60} unset\b/i,
  /\b(?:valid|allowed|supported|possible|available) (?:values|options|types|choices)\b|\bonly [^\n]{1,60} (?:is|are) supported\b|(?<!\bbut )\bno [\w -]{2,40} configured\b(?! for)|\btoken (?:is |was )?not specified\b|\bexactly one\b|\bauth\w{0,12} (?:is |has been )?(?:disabled|not enabled|turned off)\b/i,
  /\b[a-z]\w{0,60}(?:Ref|Config|Settings|Options|Spec)\b/,
  /\b(?:read|open|load|writ|stor|sav)(?:e|ing)? [^\n:]{0,40}\b(?:file|disk|directory)\b/i,
  // Said by code that was called wrongly.
  /\bnull or undefined when calling\b|\bmethod \w{1,80} (?:is )?not implemented\b/i,
  // What is being done, and nothing said of how it went.
  /^[^a-z]*(?!(?:missing|during|following|string|incoming|pending|remaining|(?:reject|refus|deny|declin|forbid|block|dropp|discard|clos|abort|terminat|disconnect|fail|receiv|gett|encounter|detect|see|find|return|respond|answer|send|report|throw|rais|redirect|logg|warn|invalidat|revok)ing)\b)[a-z]{2,20}ing\b(?![^\n]*\b(?:fail\w{0,4}|errors?|exception|cannot|could not|unable|denied|reject\w{0,3}|refused|invalid|because|due to)\b)(?![^\n]*: [^\n]*\b(?:expired|revoked|missing|mismatch\w{0,4}|not|no|bad|wrong|unauthori[sz]ed|malformed)\b)/i,
  // What is about to be done.
  /^\W*handling\b/i,
  /^\W*(?:checking|verifying|validating|looking up|evaluating|comparing|registering|revoking|invalidating)\b(?![^\n]*(?:fail|error|invalid\b|expired|reject|denied|mismatch|missing|unable|cannot|could not))/i,
  /\b(?:will|would|shall) (?:not )?be (?:logged|returned|thrown|raised|redirected|retried|cached|reported|discarded|ignored)\b/i,
  new RegExp(
    `\\b${NOUN} (?:expiry|expiration|validity|lifetime) (?:set|is|was set|check|checker|interval|policy)\\b`,
    'i',
  ),
  /\b(?:job|migration|topic|table|column|metric|feature|flag|ticket|issue|banner|dashboard|alert|webhook|template|page|article|test suite|unit test|exception handler|error handler)s? (?:registered|created|enabled|disabled|scheduled|renamed|loaded|updated|added|moved|closed|opened|evaluated|rendered)\b/i,
]

/** The failure was over when the line was written … */
const MENDED =
  /\b(?:refresh(?:ed|ing)?|renew(?:ed|ing)?|retr(?:y|ied|ying)|re-?authenticat\w{1,6}|re-?connect\w{0,4}|re-?join\w{0,4}|request(?:ed|ing))\b[^\n]{0,60}(?:succe\w{2,6}|\bdone\b|\bok\b|completed|\b200\b)|\b(?:fetched|obtained|got|acquired|requesting|requested|opening|getting|issued|received) a (?:new|fresh) one\b|; (?:refreshing|renewing|(?:generating|fetching|requesting|obtaining|acquiring|getting) (?:an? )?new)\b|[,;.] (?:refreshing|renewing|requesting|fetching|obtaining|acquiring|getting|generating|issuing|creating) (?:an? )?(?:new|fresh|another)\b|\brecover(?:ed|ing) from\b|\b(?:trying|attempting|going) to (?:refresh|renew)\b|\bdoing a forced refresh\b|\b(?:already )?expired, skipping\b|\bskipping revocation\b|\brefresh(?:ed)? with refresh token -> ok|\b(?:signed|logged) in (?:again )?after\b|, (?:refreshing|renewing|reconnecting|rejoining)(?: (?:it|token|now|in background))?(?: \(attempt [^)\n]{1,20}\))?[.…\s]*$/i
/** Something was lacking, and there is another way … */
const WENT_ON = /[,;.] ?(?:falling (?:back|on)|defaulting|proceeding|continuing)\b/i
/** … which nobody needed to say if something had been refused. */
const REFUSED = /\b(?:invalid|expired|revoked|mismatch\w{0,4}|unauthori[sz]ed|forbidden|malformed|bad)\b/i
/** … unless it also says that mending failed. */
const NOT_MENDED =
  /\b(?:fail\w{0,4}|unable|cannot|could not|couldn't|denied|reject\w{0,3}|refused|giving up|unsuccess\w{0,6}|not succe\w{0,6})\b|\berror\b/i

/**
 * Source code, documents, tests, settings, plans: text in which nothing happened. The first line decides.
 * `loose`: only words that anybody uses fitted, no emitter's own.
 */
export function isTalk(message: string, loose = false): boolean {
  return (loose ? looseTalk : talk).of(message)
}

const talk = new TextMemory((message) => judge(message, false))
const looseTalk = new TextMemory((message) => judge(message, true))

function judge(message: string, loose: boolean): boolean {
  // The mark of a changed line in a diff is no part of it.
  const line = firstLine(message).replace(/^[-+](?=\s*(?:raise|throw|return|assert|expect|if)\b)/, '')
  if (SETTING.test(message)) return true
  if (RULES.some((rule) => rule.test(line))) return true
  if (!loose) return false
  const said = line.replace(SPEAKER, '')
  return LOOSE_RULES.some((rule) => rule.test(said))
}

/** Talk, or a failure that was mended in the same breath. */
export function isHearsay(message: string, loose = false): boolean {
  if (isTalk(message, loose)) return true
  const line = firstLine(message)
  return (MENDED.test(line) || (loose && WENT_ON.test(line) && !REFUSED.test(line))) && !NOT_MENDED.test(line)
}

function firstLine(message: string): string {
  const end = message.indexOf('\n')
  return (end < 0 ? message : message.slice(0, end)).slice(0, LINE_LIMIT)
}
