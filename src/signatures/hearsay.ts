/**
 * Text that talks about failures instead of reporting one: source code, test output, SQL, markup, help, change logs,
 * counts of nothing, and failures mended in the same breath. No failure may be read off it, however well its words fit.
 * Decided on the first line of the message alone, so a stack trace that quotes code stays the report it is.
 */

/** A longer first line is prose or data; characters. */
const LINE_LIMIT = 600

/** One rule a line, each with the kind of text it stands for. */
const RULES: readonly RegExp[] = [
  // Source code and comments.
  /^\s*(?:\/\/|\/\*|#\s|<!--|--\s)/,
  /^\s*(?:return|raise|throw(?: new)?|assert\w*|expect|describe|it|test|await|yield)\b\s?(?:[\w.:]+\s?)?[({][^\n]*[)};,]\s*$/,
  /^\s*(?:describe|it|test|expect|context)(?:\.\w+)?\(['"`]/,
  /^\s*(?:\}\s*)?(?:if|else if|elif|while|for|switch|catch|except|rescue|when|case)\b[^\n]*(?:[{:;]|=>|\))\s*(?:[^\n]*[;}])?\s*$/,
  /^\s*(?:const|let|var|val)\s+[\w{[]+[^\n]*=/,
  /^\s*(?:import|export|func|function|def|class|interface|enum)\s+\w[^\n]*[{(;:]\s*$/,
  /^\s*(?:private|public|protected|static|final)\s+[\w<>[\]]+\s+\w+\s*[=({;]/,
  /^\s*assert[_.]\w+[( ]/,
  // Test output.
  /^\s*(?:✓|✔|✗|✘|×|√|PASS\b|FAIL\b|--- (?:PASS|FAIL|SKIP)|=== RUN|(?:not )?ok \d+\b|test_\w+|test \S+ \.\.\.|smoke test\b|\d+\) )/,
  /\b(?:PASSED|SKIPPED|XFAIL)\b/,
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
  /^\s*[A-Z][A-Z0-9]*_[A-Z0-9_]+=/,
  /\b(?:registered|registering|loaded)\b[^\n]{0,30}\bhandlers?\b|\bhandlers?\b[^\n]{0,20}\b(?:registered|loaded)\b/i,
  // Metrics.
  /^\s*[a-z_:][\w:]*\{[^}\n]*\}\s+[\d.eE+-]+(?:\s\d+)?\s*$/,
  // Changes, tickets, conversations, mail.
  /^\s*(?:commit [0-9a-f]{4,40}\b|Merge (?:pull request|branch|remote)|(?:PR|MR|pull request|merge request) (?:title|#\d)|ticket \S|chat:|(?:email )?subject:|(?:feat|fix|chore|docs|refactor|perf|ci)(?:\([\w-]+\))?!?: )/i,
  /\b(?:sending|sent|queued|delivered|rendering) (?:an? )?(?:e-?mail|notification|mail|sms)\b|\bnotification "[^"\n]*" sent\b/i,
  // Counts of nothing.
  /(?:^|[\s:=(])(?:0|no|zero) (?:\w+ )?(?:tokens? |sessions? |requests? )?(?:expired|revoked|invalid|unauthori[sz]ed|token errors|auth(?:entication)? (?:errors|failures))\b/i,
  /^\s*(?:parsed|lexed|lexer|tokeni[sz]ed|tokeni[sz]er)\b/i,
]

/** The failure was over when the line was written … */
const MENDED =
  /\b(?:refresh(?:ed|ing)?|renew(?:ed|ing)?|retr(?:y|ied|ying)|re-?authenticat\w{1,6}|re-?connect\w{0,4}|re-?join\w{0,4}|request\w{0,3})\b[^\n]{0,60}(?:succe\w{2,6}|\bdone\b|\bok\b|completed|\b200\b)|\b(?:fetched|obtained|got|acquired|requesting|requested|opening|getting|issued|received) a (?:new|fresh) one\b|; (?:refreshing|renewing)\b|, (?:refreshing|renewing|reconnecting|rejoining)(?: (?:it|token|now|in background))?\s*$/i
/** … unless it also says that mending failed. */
const NOT_MENDED =
  /\b(?:fail\w{0,4}|unable|cannot|could not|couldn't|denied|reject\w{0,3}|refused|giving up|unsuccess\w{0,6}|not succe\w{0,6})\b|\berror\b/i

/** The first line decides; `message` is the record's body. */
export function isHearsay(message: string): boolean {
  const end = message.indexOf('\n')
  const line = (end < 0 ? message : message.slice(0, end)).slice(0, LINE_LIMIT)
  if (RULES.some((rule) => rule.test(line))) return true
  return MENDED.test(line) && !NOT_MENDED.test(line)
}
