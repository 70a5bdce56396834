/**
 * Which lines belong to the record before them although no format says so: the traces that languages print.
 * Only about lines that are not indented; an indented line always continues. What traces mean is decode's business.
 */

/** Begins with one of these: frames and separators of Java, Kotlin, .NET, Node, PHP, Ruby, Go and Python traces. */
const FRAME =
  /^(?:Caused by: |Suppressed: |at [\w$.<[]|\.\.\. \d{1,6} (?:more|common frames omitted)|--- End of |---> |#\d{1,5} |Stack trace:$|\[stacktrace\]|Next [A-Z][\w\\]{1,200}:|goroutine \d{1,12} \[|created by |\[signal |exit status \d|from \S{1,300}:\d{1,7}:in |[\w./@+-]{1,300}:\d{1,7}:in [`']|Node\.js v\d|[}\])]|"\} ?$)/
/** The error itself, printed under the log line that announces it. */
const ERROR_HEAD =
  /^(?:(?:[A-Za-z_$][\w$]{0,100}[.\\:]{1,2}){0,14}(?:[A-Z][\w$]{0,120})?(?:Error|Exception|Failure|Fault|Invalid|Expired)\w{0,40}(?::|$|\())/
/** What a runtime prints when it gives up: never part of the line before. */
const LAST_WORDS =
  /^(?:Exception in thread "|PHP [A-Z]|Unhandled exception\. |Uncaught |panic: |fatal error: |[\w./@+-]{1,300}:\d{1,7}:in [`'][^'\n]{1,200}': )/
const TRACEBACK =
  /^(?:Traceback \(most recent call last\):|During handling of the above exception|The above exception was the direct cause)/
const GO_TRACE = /^(?:panic: |goroutine \d{1,12} \[|fatal error: )/
const GO_FRAME = /^(?:[\w./*()[\]{}~-]{1,300}\([^\n]{0,1000}\)|created by |goroutine |exit status|\[signal )/

export function isFrame(line: string): boolean {
  return FRAME.test(line)
}

export function isErrorHead(line: string): boolean {
  return ERROR_HEAD.test(line)
}

export function isLastWords(line: string): boolean {
  return LAST_WORDS.test(line)
}

export function isTraceback(line: string): boolean {
  return TRACEBACK.test(line)
}

export function isGoTrace(line: string): boolean {
  return GO_TRACE.test(line)
}

export function isGoFrame(line: string): boolean {
  return GO_FRAME.test(line)
}
