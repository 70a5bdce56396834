/**
 * Messages in a TCP stream of syslog, RFC 6587: counted (`57 <34>1 …`) or ended by a newline; RFC 5425 (TLS) counts too.
 * A connection may change its way from message to message; what a message means is for the wrappers to say.
 * Invariant: at most LINE_LIMIT bytes are held; what is longer is cut and its rest skipped.
 */

/** Longest message kept: as a line of a file; bytes. */
const LINE_LIMIT_BYTES = 1024 * 1024
/** A count has at most so many digits; `<` begins an uncounted message. */
const COUNT = /^([1-9]\d{0,8}) /

const NEWLINE = 10

export class SyslogFrames {
  #held: Buffer = Buffer.alloc(0)
  /** Bytes of a cut message that are still to come; -1: up to the next newline. */
  #skip = 0
  cut = 0

  /** The messages that are complete with this chunk. */
  push(chunk: Buffer): string[] {
    let data = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const messages: string[] = []
    for (;;) {
      data = this.#skipped(data)
      if (data.length === 0 || this.#skip !== 0) break
      const counted = COUNT.exec(data.toString('latin1', 0, 11))
      const next = counted === null ? this.#line(data, messages) : this.#counted(data, counted, messages)
      if (next < 0) break
      data = data.subarray(next)
    }
    this.#held = Buffer.from(data)
    return messages
  }

  /** What stood at the end without a newline. */
  end(): string[] {
    const rest = this.#held.toString('utf8').trimEnd()
    this.#held = Buffer.alloc(0)
    return rest === '' ? [] : [rest]
  }

  #skipped(data: Buffer): Buffer {
    if (this.#skip > 0) {
      const gone = Math.min(this.#skip, data.length)
      this.#skip -= gone
      return data.subarray(gone)
    }
    if (this.#skip === 0) return data
    const newline = data.indexOf(NEWLINE)
    if (newline < 0) return data.subarray(data.length)
    this.#skip = 0
    return data.subarray(newline + 1)
  }

  /** Where the next message begins; -1: more is needed. */
  #counted(data: Buffer, [head, digits]: RegExpExecArray, into: string[]): number {
    const start = head!.length
    const length = Number(digits)
    const available = data.length - start
    if (available < length && available < LINE_LIMIT_BYTES) return -1
    const kept = Math.min(length, LINE_LIMIT_BYTES)
    into.push(data.toString('utf8', start, start + kept).trimEnd())
    if (kept < length) {
      this.cut++
      this.#skip = length - kept
    }
    return start + kept
  }

  #line(data: Buffer, into: string[]): number {
    const newline = data.indexOf(NEWLINE)
    if (newline < 0 && data.length < LINE_LIMIT_BYTES) return -1
    const end = newline < 0 || newline > LINE_LIMIT_BYTES ? LINE_LIMIT_BYTES : newline
    const text = data.toString('utf8', 0, end).trimEnd()
    if (text !== '') into.push(text)
    if (end === newline) return newline + 1
    this.cut++
    this.#skip = -1
    return end
  }
}
