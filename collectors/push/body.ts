/**
 * Reads the body of an HTTP request, decompressed, within limits that hold while it is read: what a few bytes inflate to is
 * never held beyond the limit (a gzip bomb grows a thousandfold).
 */
import type { IncomingMessage } from 'node:http'
import { PassThrough, type Readable, type Transform } from 'node:stream'
import zlib from 'node:zlib'

/** All bodies that are being read at once, decompressed; bytes. */
const AT_ONCE_BYTES = 64 * 1024 * 1024

export type BodyProblem = 'too_large' | 'busy' | 'encoding' | 'corrupt' | 'aborted'

/** HTTP status by what was wrong; 503 alone invites a second try. */
export const STATUS_OF: Readonly<Record<BodyProblem, number>> = {
  too_large: 413,
  busy: 503,
  encoding: 415,
  corrupt: 400,
  aborted: 400,
}

export class BodyError extends Error {
  readonly problem: BodyProblem
  constructor(problem: BodyProblem, message: string) {
    super(message)
    this.problem = problem
  }
}

let reading = 0

/** @throws BodyError */
export async function readBody(request: IncomingMessage, limit_bytes: number): Promise<Buffer> {
  const stated = Number(request.headers['content-length'] ?? 0)
  if (stated > limit_bytes) throw new BodyError('too_large', `the body is larger than ${limit_bytes} bytes`)
  const decoder = decoderFor(request.headers['content-encoding'])
  const chunks: Buffer[] = []
  let size = 0
  let problem: BodyError | null = null
  const done = Promise.withResolvers<void>()
  const fail = (error: BodyError) => {
    problem ??= error
    request.unpipe(decoder)
    decoder.destroy()
    done.reject(problem)
  }
  decoder.on('data', (chunk: Buffer) => {
    if (problem !== null) return
    size += chunk.length
    reading += chunk.length
    chunks.push(chunk)
    if (size > limit_bytes) fail(new BodyError('too_large', `the body is larger than ${limit_bytes} bytes`))
    else if (reading > AT_ONCE_BYTES) fail(new BodyError('busy', 'too much is arriving at once'))
  })
  decoder.once('end', () => done.resolve())
  decoder.once('error', (error: Error) =>
    fail(new BodyError('corrupt', `cannot decompress the body: ${error.message}`)),
  )
  request.once('aborted', () => fail(new BodyError('aborted', 'the sender went away')))
  request.once('error', (error: Error) => fail(new BodyError('aborted', error.message)))
  request.pipe(decoder)
  try {
    await done.promise
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  } finally {
    reading -= size
    // What is left of a refused body is read away, so that the sender gets to see the answer.
    request.resume()
  }
}

function decoderFor(encoding: string | undefined): Transform | (Readable & PassThrough) {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return new PassThrough()
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip()
    case 'deflate':
      return zlib.createInflate()
    case 'zstd':
      return zlib.createZstdDecompress()
    default:
      throw new BodyError('encoding', `content encoding ${encoding} is not known; gzip, deflate and zstd are`)
  }
}
