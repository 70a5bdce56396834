/**
 * Step 1, read, second half: whole lines of one stream become records. Takes wrappers off each line, joins the parts a
 * wrapper split and the lines that belong together (traces, messages of several lines, pretty-printed JSON); takes lists of
 * events apart.
 * Where bytes come from is the source's business, what a record means the decoder's.
 * Invariants: every byte belongs to exactly one record or is held; how lines are spread over batches makes no difference;
 * memory is bounded whatever comes.
 */
import type { Envelope, RawRecord } from '../../src/core/log-record.ts'
import type { ByteBatch } from '../../src/core/ports/source.ts'
import { zoneOffset } from '../decode/zone-offset.ts'
import type { Format, FormatSet } from '../formats/format-set.ts'
import { stripAnsi } from './ansi.ts'
import { ChunkLines } from './chunk-lines.ts'
import { openBraces } from './open-braces.ts'
import { isJsonWrapper, peel } from './peel.ts'
import { nestEnvelope, type PeelContext } from './peeled-line.ts'
import { isErrorHead, isFrame, isGoFrame, isGoTrace, isLastWords, isTraceback } from './trace-lines.ts'
import { beginsAsList, eventsOfList, opensList } from './wrapper/event-list.ts'

/** Lines of one record that are kept: the deepest Java traces have a few hundred. */
export const MAX_RECORD_LINES = 1000
/** Characters of one record that are kept; a pretty-printed request dump fits, a heap dump does not. */
const MAX_RECORD_CHARS = 262_144
/** Bytes of one record after which it is handed on even if more follows, so that the position moves on. */
const MAX_RECORD_SPAN = 8_388_608
/** Lines that look like nothing in particular and are taken for the message's next line. */
export const MAX_LOOSE_LINES = 20

export interface AssemblerOptions {
  /** IANA zone for wrappers' stamps without one (RFC 3164); default UTC. */
  zone?: string
  /** About now, ms, for stamps without a year in history; default the collector's clock. */
  now?: () => number
  /**
   * Where in the bytes, at or after `from`, something stands that makes a record worth assembling, or −1. Given it, lines of records without
   * are passed over uncut wherever that cannot change the others; without it every record comes out.
   */
  nextHit?: (bytes: Uint8Array, from: number) => number
}

interface Held {
  text: string
  offset: number
  end: number
  lines: number
  envelope: Envelope | undefined
  origin: string
  received: number | undefined
  cut: boolean
  /** The format whose record begins here; null for text of no known layout. */
  format: Format | null
  /** Braces still open in a pretty-printed JSON object; 0 for text. */
  braces: number
  frames: boolean
  /** Inside a Python traceback, whose last line is not indented; `closed` after that line. */
  traceback: 'none' | 'open' | 'closed'
  go: boolean
  loose: number
  blank: boolean
}

/** Parts of a line that a wrapper split. */
interface Parts {
  text: string
  offset: number
  end: number
  envelope: Envelope
  origin: string
  cut: boolean
}

export class RecordAssembler {
  readonly #stream: string
  readonly #now: () => number
  readonly #starts: FormatSet['startsWith']
  readonly #context: PeelContext
  readonly #nextHit: AssemblerOptions['nextHit']
  readonly #longestHead: number
  #held: Held | null = null
  #parts: Parts | null = null
  #lines = 0
  #passed = 0
  #received: number | undefined
  #out: RawRecord[] = []

  constructor(stream: string, formats: FormatSet, options: AssemblerOptions = {}) {
    this.#stream = stream
    this.#context = { zone: zoneOffset(options.zone ?? 'UTC'), reference_ms: 0 }
    this.#now = options.now ?? Date.now
    this.#starts = formats.startsWith
    this.#nextHit = options.nextHit
    this.#longestHead = Math.max(1, ...formats.startsWith.flat().map((format) => format.headLines))
  }

  /** Offset of the first byte still held; a position behind it must not be committed. */
  get held(): number | null {
    return this.#held?.offset ?? this.#parts?.offset ?? null
  }

  /** Lines cut so far. */
  get lines(): number {
    return this.#lines
  }

  /** Records passed over so far: lines that are not indented, which is what most records are. */
  get passed(): number {
    return this.#passed
  }

  /** Takes the next batch of the stream; gives the records it completed. An ended stream holds nothing back. */
  push(batch: ByteBatch): RawRecord[] {
    this.#out = []
    const last = this.#held?.end ?? this.#parts?.end
    // Bytes are missing in between (the source skipped something): what is held cannot go on.
    const end = Math.max(last ?? 0, this.#parts?.end ?? 0)
    if (last !== undefined && end !== batch.offset) this.#flush()
    this.#received = batch.received_collector_ms
    this.#context.reference_ms = batch.received_collector_ms ?? this.#now()
    this.#cut(batch)
    if (batch.ended) this.#flush()
    return this.#out
  }

  /** The held record is complete: the stream ended, or nothing followed for long enough. */
  flush(): RawRecord[] {
    this.#out = []
    this.#flush()
    return this.#out
  }

  #cut(batch: ByteBatch): void {
    const { bytes, offset } = batch
    if (bytes.length === 0) return
    const lines = new ChunkLines(bytes)
    // What the bytes of colours and NULs hide from a search must be seen line by line.
    let seenUntil = this.#nextHit === undefined || lines.dirty ? lines.length : 0
    let start = 0
    while (start < lines.length) {
      if (start >= seenUntil && this.#atRest(lines, start)) {
        const hit = this.#nextHit!(bytes, start)
        // The last record of the batch is never passed over, because it may go on in the next one.
        seenUntil = hit < 0 ? lines.length : hit + 1
        start = this.#passOver(lines, start, lines.startOf(seenUntil - 1))
      }
      start = this.#take(lines, start, batch, offset)
    }
  }

  /** Cuts the line that begins at `start`; gives where the next one does. */
  #take(lines: ChunkLines, start: number, { end, cut_bytes }: ByteBatch, offset: number): number {
    const next = lines.next(start)
    const line = lines.text(start)
    this.#lines++
    if (next === lines.length) this.#line(line, offset + start, end, cut_bytes > 0)
    else this.#line(line, offset + start, offset + next, false)
    return next
  }

  /** Nothing is held, or what is held ends before the line at `start` whatever it is. */
  #atRest(lines: ChunkLines, start: number): boolean {
    const held = this.#held
    if (this.#parts !== null) return false
    if (held === null) return true
    if (held.lines < (held.format?.headLines ?? 1) || !this.#isFirm(lines, start, start)) return false
    this.#release()
    return true
  }

  /** From a line before which nothing is held to the one with which the record begins that the line at `wanted` is in. */
  #passOver(lines: ChunkLines, start: number, wanted: number): number {
    let first = wanted
    while (first > start && !this.#isFirm(lines, first, start)) first = lines.startOf(first - 1)
    for (let at = start; at < first; at = lines.next(at)) {
      this.#lines++
      if (!lines.isIndented(at)) this.#passed++
    }
    return first
  }

  /**
   * Does a record begin here, whatever stands before? A whole JSON object, pairs or the start of a known format, that is no
   * further line of a format whose records begin with several (looked for from `since` on), and in no wrapper.
   */
  #isFirm(lines: ChunkLines, start: number, since: number): boolean {
    if (lines.isIndented(start)) return false
    const line = lines.text(start)
    if (line.charCodeAt(0) === 123) {
      if (!isWhole(line)) return false
    } else if (!isPairs(line) && this.#startOf(line) === null) return false
    if (peel(line, this.#context) !== null) return false
    let above = start
    for (let i = 1; i < this.#longestHead && above > since; i++) {
      above = lines.startOf(above - 1)
      if ((this.#startOf(lines.text(above))?.headLines ?? 1) > i) return false
    }
    return true
  }

  #line(line: string, offset: number, end: number, cut: boolean): void {
    const c = line.charCodeAt(0)
    // The commonest line first: a whole JSON object, nothing held.
    if (c === 123 && this.#held === null && this.#parts === null && !cut && !isJsonWrapper(line) && isWhole(line)) {
      this.#emit(line, offset, end, undefined, false, this.#received)
      return
    }
    const peeled = peel(line, this.#context)
    if (peeled === null) {
      this.#endParts()
      this.#logical(line, offset, end, undefined, '', cut)
      return
    }
    const text = stripAnsi(peeled.text)
    let parts = this.#parts
    if (parts !== null && parts.origin !== peeled.origin) {
      this.#endParts()
      parts = null
    }
    if (parts !== null) {
      parts.end = end
      if (parts.text.length + text.length > MAX_RECORD_CHARS) parts.cut = true
      else parts.text += text
      if (peeled.partial && end - parts.offset < MAX_RECORD_SPAN) return
      this.#endParts()
      return
    }
    if (peeled.partial) {
      this.#parts = { text, offset, end, envelope: peeled.envelope, origin: peeled.origin, cut }
      return
    }
    this.#logical(text, offset, end, peeled.envelope, peeled.origin, cut)
  }

  #endParts(): void {
    const parts = this.#parts
    if (parts === null) return
    this.#parts = null
    this.#logical(parts.text, parts.offset, parts.end, parts.envelope, parts.origin, parts.cut)
  }

  #logical(
    line: string,
    offset: number,
    end: number,
    envelope: Envelope | undefined,
    origin: string,
    cut: boolean,
  ): void {
    const held = this.#held
    if (held !== null) {
      if (held.origin === origin) {
        const behind = cut ? null : this.#endOfElement(held, line, end - offset)
        if (behind !== null) {
          const split = behind === 0 ? end : offset + line.length - behind
          this.#append(held, line.slice(0, line.length - behind), split, false)
          this.#release()
          if (behind > 0) this.#begin(line.slice(-behind), split, end, envelope, origin, false)
          return
        }
        if (this.#continues(held, line)) {
          this.#append(held, line, end, cut)
          return
        }
      }
      this.#release()
    }
    this.#begin(line, offset, end, envelope, origin, cut)
  }

  #begin(
    line: string,
    offset: number,
    end: number,
    envelope: Envelope | undefined,
    origin: string,
    cut: boolean,
  ): void {
    if (isListEdge(line)) {
      this.#emit(line, offset, end, envelope, cut, this.#received)
      return
    }
    line = line.slice(beforeElement(line))
    const json = line.charCodeAt(0) === 123
    let braces = 0
    let format: Format | null = null
    if (json) {
      braces = isWhole(line) ? 0 : openBraces(line)
      if (braces <= 0 || cut) {
        this.#emit(line, offset, end, envelope, cut, this.#received)
        return
      }
    } else {
      const pairs = isPairs(line)
      format = pairs ? null : this.#startOf(line)
      if (pairs || cut || line === '' || format?.multiline === false || (line.endsWith(']') && beginsAsList(line))) {
        this.#emit(line, offset, end, envelope, cut, this.#received)
        return
      }
    }
    this.#held = {
      text: line,
      offset,
      end,
      lines: 1,
      envelope,
      origin,
      received: this.#received,
      cut: false,
      format,
      braces,
      frames: false,
      traceback: isTraceback(line) ? 'open' : 'none',
      go: isGoTrace(line),
      loose: 0,
      blank: false,
    }
  }

  /**
   * In a pretty-printed list, where this line ends one element or opens the list: how many characters at its end begin the
   * next element (a brace); null elsewhere. `length`: of the line as it stands in the stream, bytes.
   */
  #endOfElement(held: Held, line: string, length: number): number | null {
    if (held.braces <= 0) return null
    const behind = held.braces === 1 && BETWEEN_ELEMENTS.test(line) ? 1 : opensList(held.text, line)
    // Where a wrapper stands around the line nobody can say at which byte the brace does.
    const plain = length >= line.length && length - line.length <= 2
    return behind === null || behind === 0 || plain ? behind : null
  }

  /** Does this line belong to the held record? Also keeps the record's state about traces. */
  #continues(held: Held, line: string): boolean {
    if (held.end - held.offset >= MAX_RECORD_SPAN) return false
    if (held.format !== null && held.lines < held.format.headLines) return true
    const c = line.charCodeAt(0)
    if (held.braces > 0) {
      // An object at the left margin inside another one never is: the first was cut off.
      if (c === 123 || isPairs(line) || this.#startOf(line) !== null) return false
      held.braces += openBraces(line)
      return true
    }
    if (line === '' || line.trim() === '') {
      held.blank = true
      return held.format !== null || held.frames || held.traceback !== 'none' || held.go
    }
    if (c === 32 || c === 9) {
      if (held.format === null || !held.format.start!.test(line)) {
        if (c === 9 || line.startsWith('  at ') || line.startsWith('   at ') || line.startsWith('    at '))
          held.frames = true
        return true
      }
      return false
    }
    const afterBlank = held.blank
    held.blank = false
    // What begins a record does so whatever is held: `#isFirm` relies on it.
    if (c === 123 || isPairs(line) || this.#startOf(line) !== null || isLastWords(line)) return false
    if (isTraceback(line)) {
      if (line.charCodeAt(0) === 84 && line.charCodeAt(1) === 114) held.traceback = 'open'
      return true
    }
    if (held.traceback === 'open') {
      held.traceback = 'closed'
      held.frames = true
      return true
    }
    if (isFrame(line)) {
      held.frames = true
      return true
    }
    if (held.go && isGoFrame(line)) return true
    if (isGoTrace(line) && held.format !== null) {
      held.go = true
      return true
    }
    if (held.format === null || held.frames) return false
    if (isErrorHead(line)) return true
    if (afterBlank && held.loose === 0) return false
    return ++held.loose <= MAX_LOOSE_LINES
  }

  #append(held: Held, line: string, end: number, cut: boolean): void {
    held.end = end
    held.lines++
    if (cut || held.lines > MAX_RECORD_LINES || held.text.length + line.length >= MAX_RECORD_CHARS) held.cut = true
    else held.text += `\n${line}`
    if (held.text.charCodeAt(0) === 123 && held.format === null && held.braces <= 0) this.#release()
  }

  #release(): void {
    const held = this.#held
    if (held === null) return
    this.#held = null
    this.#emit(trimEnd(held.text), held.offset, held.end, held.envelope, held.cut, held.received)
  }

  #flush(): void {
    this.#endParts()
    this.#release()
  }

  #emit(
    text: string,
    offset: number,
    end: number,
    envelope: Envelope | undefined,
    cut: boolean,
    received: number | undefined,
  ): void {
    const events = eventsOfList(text)
    if (events === null) {
      this.#hand(text, offset, end, envelope, cut, received)
      return
    }
    // Every event has an opening brace of its own: that byte stands for it.
    for (let n = 0; n < events.length; n++) {
      const last = n === events.length - 1
      const peeled = peel(events[n]!, this.#context)
      const around = peeled === null ? envelope : nestEnvelope(envelope, peeled.envelope)
      this.#hand(peeled?.text ?? events[n]!, offset + n, last ? end : offset + n + 1, around, last && cut, received)
    }
  }

  #hand(
    text: string,
    offset: number,
    end: number,
    envelope: Envelope | undefined,
    cut: boolean,
    received: number | undefined,
  ): void {
    const record: RawRecord = { text, position: { stream: this.#stream, offset, end } }
    if (envelope !== undefined) record.envelope = envelope
    if (cut) record.cut = true
    if (received !== undefined) record.received_collector_ms = received
    this.#out.push(record)
  }

  /** The format whose record begins with this line; the same one whatever came before. */
  #startOf(line: string): Format | null {
    for (const format of this.#starts[Math.min(line.charCodeAt(0), 128)] ?? [])
      if (format.start!.test(line)) return format
    return null
  }
}

/** Between two elements of a pretty-printed list. */
const BETWEEN_ELEMENTS = /^[ \t]{0,40}\}[ \t]?,[ \t]?\{$/
/** A line that only opens or closes a list or what is around it. */
const LIST_EDGE = /^[ \t]{0,40}[[\]}](?:[ \t]?[[\]},]){0,3}$/
/** What stands before an element that begins with this line. */
const BEFORE_ELEMENT = /^[ \t]{0,40}(?:\[[ \t]{0,9}|,[ \t]{0,9})?(?=\{(?:$|[ \t]{0,40}"|\}))/

function isListEdge(line: string): boolean {
  return line.length < 48 && LIST_EDGE.test(line)
}

/** Characters before an element of a list; a whole list in one line stays as it is. */
function beforeElement(line: string): number {
  const c = line.charCodeAt(0)
  if (c !== 32 && c !== 9 && c !== 44 && c !== 91) return 0
  const before = BEFORE_ELEMENT.exec(line)
  return before === null || (c === 91 && !/[{},]$/.test(line)) ? 0 : before[0].length
}

/** A line that begins with `{` and ends with `}` is taken for a whole object; the decoder finds out. */
function isWhole(line: string): boolean {
  let last = line.length - 1
  while (last > 0 && line.charCodeAt(last) === 32) last--
  return line.charCodeAt(last) === 125
}

/** logfmt escapes newlines, so its records are single lines. */
function isPairs(line: string): boolean {
  return /^[A-Za-z_@][\w.@/-]{0,60}=\S{0,200}(?: |$)/.test(line)
}

/** Blank lines at the end belong to the record's bytes and not to its text. */
function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === 10) end--
  return end === text.length ? text : text.slice(0, end)
}
