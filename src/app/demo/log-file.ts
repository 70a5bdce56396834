/**
 * A log file as a service writes it: appended in whole lines, rotated by rename when it has grown.
 * What the lines look like is left to the writers. Invariant: the folder never grows beyond two files of
 * {@link ROTATE_BYTES} per log, however long the demo is left running.
 */
import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** About twenty minutes of the busiest host; small enough that a forgotten demo fills no disk; bytes. */
export const ROTATE_BYTES = 16 * 1024 * 1024
/** Lines are handed to the system at the latest when this much is waiting; characters. */
const BUFFER_LIMIT = 64 * 1024

export class LogFile {
  readonly #path: string
  #fd: number
  #size = 0
  #waiting = ''

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true })
    this.#path = path
    this.#fd = openSync(path, 'a')
  }

  /** Takes one whole line, newline included (pino's destination interface). */
  write(line: string): void {
    this.#waiting += line
    if (this.#waiting.length >= BUFFER_LIMIT) this.flush()
  }

  flush(): void {
    if (this.#waiting === '') return
    const bytes = Buffer.from(this.#waiting)
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done)
    this.#size += bytes.length
    this.#waiting = ''
    if (this.#size >= ROTATE_BYTES) this.#rotate()
  }

  close(): void {
    try {
      this.flush()
    } finally {
      closeSync(this.#fd)
    }
  }

  /** Rename and create, as logrotate does; the older generation is replaced. */
  #rotate(): void {
    closeSync(this.#fd)
    renameSync(this.#path, `${this.#path}.1`)
    this.#fd = openSync(this.#path, 'a')
    this.#size = 0
  }
}
