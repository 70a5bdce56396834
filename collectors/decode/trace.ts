/**
 * Reads type and message of the error a stack trace speaks of, whatever language printed it.
 * Only the trace's own layout is known here; what the message means is for signatures.
 */

export interface TracedError {
  type: string
  message: string
}

/** Lines looked at; the head of a Java trace is at its start, that of a Python trace at its end. */
const MAX_HEADS = 400
/** `com.x.YException: message`, `Uncaught Error: …`, `System.Exception: …`, `jwt.exceptions.ExpiredSignatureError: …`. */
const HEAD =
  /^(?:Uncaught |Unhandled exception\. |Exception in thread "[^"]{0,200}" |PHP Fatal error: {1,2}Uncaught |Caused by: )?((?:[A-Za-z_$][\w$]{0,100}[.\\:]{1,2}){0,14}(?:[A-Z][\w$]{0,120})?(?:Error|Exception|Failure|Fault|Warning|Invalid|Expired|Exit|Interrupt|Timeout|Violation|Signature)[\w$]{0,40})(?::[ ]?(.*))?$/
/** `app.rb:3:in 'decode': Signature has expired (JWT::ExpiredSignature)`. */
const RUBY = /^\S{1,300}:\d{1,7}:in [`'][^'\n]{1,200}': ([^\n]{0,2000}) \(([A-Z][\w:]{1,120})\)$/
/** `Signature has expired (JWT::ExpiredSignature)`: Ruby's Logger and Rails. */
const RUBY_TAIL = /\(([A-Z]\w{0,60}(?:::[A-Z]\w{0,60}){0,8})\)$/

export function tracedError(lines: readonly string[]): TracedError | null {
  const python = lines.findIndex((l) => l.startsWith('Traceback (most recent call last)'))
  const order = python >= 0 ? lines.slice(python).toReversed() : lines
  for (const line of order.slice(0, MAX_HEADS)) {
    if (line.length > 4096 || line.charCodeAt(0) <= 32) continue
    const head = HEAD.exec(line)
    if (head !== null) return { type: head[1]!, message: head[2] ?? '' }
    if (python >= 0) {
      const plain = /^([A-Za-z_][\w.]{2,120}): (.*)$/.exec(line)
      if (plain !== null) return { type: plain[1]!, message: plain[2]! }
    }
    const ruby = RUBY.exec(line)
    if (ruby !== null) return { type: ruby[2]!, message: ruby[1]! }
    const tail = RUBY_TAIL.exec(line)
    if (tail !== null && lines.length > 1) return { type: tail[1]!, message: line.slice(0, tail.index).trim() }
  }
  return null
}
