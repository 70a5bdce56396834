import { Readable } from 'node:stream'
import { openStdinSource } from '../../../collectors/stdin/stdin-source.ts'
import { sourceContract } from './source-contract.ts'

const CHUNK_BYTES = 50_000

sourceContract('a source of standard input', () => {
  let taken = 0
  return {
    streams: 'one',
    replays: false,
    async open([text = ''], options, endless) {
      const bytes = Buffer.from(text)
      const input = new Readable({
        read() {
          if (taken < bytes.length) this.push(bytes.subarray(taken, taken + CHUNK_BYTES))
          else if (!endless) this.push(null)
          taken += CHUNK_BYTES
        },
      })
      return openStdinSource(input, options)
    },
    taken: () => taken,
  }
})
