import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ZstdFrames } from '../../../../collectors/file/zstd-frames.ts'

function skippable(bytes: number): Buffer {
  const frame = Buffer.alloc(8 + bytes)
  frame.writeUInt32LE(0x184d2a53, 0)
  frame.writeUInt32LE(bytes, 4)
  return frame
}

const FRAME = fc.oneof(
  fc.nat(300).map(skippable),
  fc.tuple(fc.uint8Array({ maxLength: 2_000 }), fc.boolean(), fc.nat(200_000)).map(([bytes, checksum, zeros]) =>
    zstdCompressSync(Buffer.concat([bytes, Buffer.alloc(zeros)]), {
      params: { [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 },
    }),
  ),
)

test('frames are cut exactly where they end, however the bytes arrive', () => {
  fc.assert(
    fc.property(fc.array(FRAME, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 5_000 }), (frames, step) => {
      const splitter = new ZstdFrames()
      const whole = Buffer.concat(frames)
      const found: Buffer[] = []
      let open: Uint8Array[] = []
      for (let at = 0; at < whole.length; at += step) {
        for (const piece of splitter.split(whole.subarray(at, at + step))) {
          open.push(Buffer.from(piece.bytes))
          if (!piece.ends) continue
          found.push(Buffer.concat(open))
          open = []
        }
      }
      expect(open).toEqual([])
      expect(found.map((frame) => frame.toString('hex'))).toEqual(frames.map((frame) => frame.toString('hex')))
    }),
    { numRuns: 60 },
  )
})

test('bytes that are no frame are passed on whole', () => {
  const [piece, ...others] = new ZstdFrames().split(Buffer.from('no frame at all'))
  expect(Buffer.from(piece?.bytes ?? []).toString()).toBe('no frame at all')
  expect(piece?.ends).toBe(false)
  expect(others).toEqual([])
})
