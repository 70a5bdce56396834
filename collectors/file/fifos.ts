/**
 * FIFOs among the asked paths (also `<(command)` of a shell): read like standard input, whoever writes to them.
 * When the last writer has gone the stream ends; while following, the next writer begins a new one.
 */
import fs from 'node:fs'
import net from 'node:net'
import type { StreamInfo } from '../../src/core/ports/source.ts'
import { PipeLines } from '../stdin/pipe-lines.ts'
import type { AskedPath } from './asked-path.ts'
import type { Context } from './context.ts'
import { readableInflow } from './inflow.ts'

export class Fifos {
  readonly #context: Context
  readonly #open = new Map<PipeLines, AskedPath>()
  readonly #ready = new Set<PipeLines>()
  /** Kept for checkpoints after the end. */
  readonly #infos = new Map<string, StreamInfo>()

  constructor(context: Context) {
    this.#context = context
  }

  get busy(): boolean {
    return this.#open.size > 0
  }

  /** Begins to wait for a writer. @throws errors of the file system. */
  open(asked: AskedPath): void {
    // Without O_NONBLOCK the open itself would wait for a writer and block a thread of the pool.
    const fd = fs.openSync(asked.path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
    const socket = new net.Socket({ fd, readable: true, writable: false })
    const lines = new PipeLines(
      'fifo',
      asked.path,
      readableInflow(socket),
      () => this.makeReady(lines),
      this.#context.monotonic(),
    )
    asked.fifo = lines
    this.#open.set(lines, asked)
    this.#infos.set(lines.stream, { ...lines.info(), ...asked.labels })
    this.#context.tell('opened', asked.path, 'is a FIFO; read as it is written')
  }

  makeReady(fifo: PipeLines): void {
    if (this.#open.has(fifo)) this.#ready.add(fifo)
    this.#context.wake.up()
  }

  nextReady(): PipeLines | undefined {
    const now = this.#context.monotonic()
    for (const fifo of this.#open.keys()) if (fifo.dueAt <= now) this.#ready.add(fifo)
    for (const fifo of this.#ready) {
      this.#ready.delete(fifo)
      return fifo
    }
    return undefined
  }

  nextDue(): number {
    let due = Number.POSITIVE_INFINITY
    for (const fifo of this.#open.keys()) due = Math.min(due, fifo.dueAt)
    return due
  }

  ended(fifo: PipeLines): void {
    const asked = this.#open.get(fifo)
    this.#open.delete(fifo)
    this.#ready.delete(fifo)
    fifo.close()
    if (!asked) return
    this.#context.tell('ended', asked.path, 'its writer has closed it')
    // Opened again by the next look at the path; without following, one writer is all.
    if (this.#context.follow) asked.fifo = null
  }

  info(stream: string): StreamInfo | undefined {
    return this.#infos.get(stream)
  }

  close(): void {
    for (const fifo of this.#open.keys()) fifo.close()
  }
}
