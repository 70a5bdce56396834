/**
 * Where streamed bytes (a decoder's output, a pipe) come from: pushed into a sink, which may say "pause".
 */
import type { Readable } from 'node:stream'

export interface Sink {
  data(chunk: Uint8Array): void
  end(): void
  /** What came before the error stays valid. */
  fail(error: Error): void
}

export interface Inflow {
  start(sink: Sink): void
  pause(): void
  resume(): void
  close(): void
}

/** A readable stream as an inflow; reads nothing while paused, so the writer at the other end of the pipe waits. */
export function readableInflow(readable: Readable): Inflow {
  return {
    start(sink) {
      readable.on('error', (error) => sink.fail(error))
      readable.on('end', () => sink.end())
      readable.on('close', () => sink.end())
      readable.on('data', (chunk: Uint8Array | string) =>
        sink.data(typeof chunk === 'string' ? Buffer.from(chunk) : chunk),
      )
    },
    pause: () => void readable.pause(),
    resume: () => void readable.resume(),
    close: () => void readable.destroy(),
  }
}
