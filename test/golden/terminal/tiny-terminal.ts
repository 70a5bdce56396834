/**
 * A terminal of just the sequences a full-screen Ink program writes (ECMA-48: CUU, CUD, CNL, CHA, CUP, ED, EL, SGR and
 * private modes), so that tests see what a person would see, incremental updates included.
 * Invariant: a sequence it does not know throws, so nothing passes unseen.
 */
import { Writable } from 'node:stream'
import stringWidth from 'string-width'

const segmenter = new Intl.Segmenter()

export class TinyTerminal extends Writable {
  readonly isTTY = true
  columns: number
  rows: number
  /** Everything written, as it was. */
  raw = ''
  /** Private modes that are on: 25 cursor, 1049 alternate screen, 2004 bracketed paste, 2026 synchronized output. */
  readonly modes = new Set<number>([25])
  /** What was copied to the clipboard (OSC 52), in order. */
  readonly copied: string[] = []
  #cells: string[][] = []
  #row = 0
  #column = 0

  constructor(columns: number, rows: number) {
    super({ decodeStrings: false })
    this.columns = columns
    this.rows = rows
    this.#clear()
  }

  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
    this.#clear()
    this.emit('resize')
  }

  /** What is on the screen, without the blanks at line ends. */
  get screen(): string {
    return this.#cells.map((row) => row.join('').trimEnd()).join('\n')
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const text = String(chunk)
    this.raw += text
    this.#take(text)
    done()
  }

  #take(text: string): void {
    const pattern = /\x1b\[([?>]?)([\d;]*)([A-Za-z])|\x1b\]52;c;([A-Za-z\d+/=]*)\x07|\x1b(.?)|([^\x1b]+)/gu
    for (const [, mark, parameters = '', final, clip, stray, plain] of text.matchAll(pattern)) {
      if (clip !== undefined) this.copied.push(Buffer.from(clip, 'base64').toString('utf8'))
      else if (plain !== undefined) this.#print(plain)
      else if (stray !== undefined) throw new Error(`stray escape before ${JSON.stringify(stray)}`)
      else if (mark === '?') this.#mode(parameters.split(';').map(Number), final === 'h')
      else if (mark === '') this.#control(final ?? '', parameters === '' ? [] : parameters.split(';').map(Number))
      else throw new Error(`unknown sequence ${mark}${parameters}${final}`)
    }
  }

  #mode(modes: number[], on: boolean): void {
    for (const mode of modes) {
      if (on) this.modes.add(mode)
      else this.modes.delete(mode)
      if (mode === 1049) this.#clear()
    }
  }

  #control(final: string, [first, second]: number[]): void {
    const count = Math.max(1, first ?? 1)
    if (final === 'A') this.#row = Math.max(0, this.#row - count)
    else if (final === 'B') this.#row = Math.min(this.rows - 1, this.#row + count)
    else if (final === 'E') {
      this.#row = Math.min(this.rows - 1, this.#row + count)
      this.#column = 0
    } else if (final === 'G') this.#column = count - 1
    else if (final === 'H') {
      this.#row = count - 1
      this.#column = Math.max(1, second ?? 1) - 1
    } else if (final === 'K') this.#erase(this.#row, (first ?? 0) === 2 ? 0 : this.#column)
    else if (final === 'J') {
      if ((first ?? 0) === 2) this.#clear(this.#row, this.#column)
      else {
        this.#erase(this.#row, this.#column)
        for (let row = this.#row + 1; row < this.rows; row++) this.#erase(row, 0)
      }
    } else if (final !== 'm') throw new Error(`unknown sequence ${final}`)
  }

  #print(text: string): void {
    for (const { segment } of segmenter.segment(text)) {
      if (segment === '\n' || segment === '\r\n') {
        this.#row += 1
        this.#column = 0
        if (this.#row === this.rows) {
          this.#cells.shift()
          this.#cells.push(new Array(this.columns).fill(' '))
          this.#row -= 1
        }
        continue
      }
      if (/\p{Cc}/u.test(segment)) throw new Error(`control character ${JSON.stringify(segment)}`)
      const width = stringWidth(segment)
      if (this.#column + width > this.columns) throw new Error(`drawn beyond the right edge: ${JSON.stringify(text)}`)
      const row = this.#cells[this.#row]!
      row[this.#column] = segment
      for (let i = 1; i < width; i++) row[this.#column + i] = ''
      this.#column += width
    }
  }

  #erase(row: number, from: number): void {
    this.#cells[row]?.fill(' ', from)
  }

  #clear(row = 0, column = 0): void {
    this.#cells = Array.from({ length: this.rows }, () => new Array<string>(this.columns).fill(' '))
    this.#row = row
    this.#column = column
  }
}
