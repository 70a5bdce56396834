/**
 * Reads a stream in the units it is made of, lines or messages, once its first bytes are there to tell which.
 * Leaves the reading to line-reader.ts and message-reader.ts.
 */
import type { Content } from './content.ts'
import { beginsWithMessage, mayBeginWithMessage, TELLING_FRAME_BYTES } from './framing.ts'
import { READ_BYTES } from './limits.ts'
import { LineReader, type LineStep } from './line-reader.ts'
import { MessageReader } from './message-reader.ts'

export class UnitReader {
  readonly #content: Content
  readonly #start: number
  #reader: LineReader | MessageReader | null = null

  constructor(content: Content, position: number) {
    this.#content = content
    this.#start = position
  }

  /** End of what was handed out. */
  get position(): number {
    return this.#reader?.position ?? this.#start
  }

  /** With the bytes before this offset at hand, the next step is a full one. */
  get wants(): number {
    return this.#reader?.wants ?? this.#start + READ_BYTES
  }

  /** Messages behind their lengths; false for lines, and while nothing is known yet. */
  get messages(): boolean {
    return this.#reader instanceof MessageReader
  }

  /**
   * The next whole units, at most `want` bytes of lines.
   * @param final hand out an unfinished last line too.
   * @param over nothing will come any more, ever: an unfinished message is given up.
   */
  async next(want: number, final: boolean, over: boolean): Promise<LineStep> {
    if (this.#reader === null) {
      const beginning = await this.#content.beginning(TELLING_FRAME_BYTES)
      if (!final && (beginning.length === 0 || mayBeginWithMessage(beginning)))
        return { lines: null, more: false, unfinished: beginning.length }
      const Reader = beginsWithMessage(beginning) ? MessageReader : LineReader
      this.#reader = new Reader(this.#content, this.#start)
    }
    return this.#reader.next(want, this.messages ? over : final)
  }
}
