/** Makes new inputs from old ones: bits, bytes and pieces changed, repeated, cut, swapped, nested, and words put in that parsers react to. */
import type { Random } from '../e2e/secrets/random.ts'
import { INPUT_LIMIT } from './fuzz-target.ts'

const WORDS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '\\',
  '\\"',
  '\\u0000',
  '\\ud800',
  ':',
  ',',
  '=',
  '%',
  '%00',
  '%25',
  '\n',
  '\r\n',
  '\0',
  '\t',
  '\u001b[31m',
  '\u001b]8;;x\u0007',
  '<',
  '>',
  '<34>1 ',
  '- - -',
  '[]',
  '{}',
  'null',
  'true',
  '1e309',
  '-1e309',
  '1e-400',
  '99999999999999999999999',
  '-0',
  'NaN',
  '0x',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '&a ',
  '*a',
  '!!js/function',
  '!!binary',
  '<<: *a',
  '? ',
  '|',
  '>-',
  '---\n',
  'eyJhbGciOiJIUzI1NiJ9.',
  'Bearer ',
  'token=',
  '2026-11-16T09:12:01Z',
  '9999-99-99T99:99:99Z',
  '[16/Nov/2026:09:12:01 +0000]',
  '401',
  '\ufeff',
  '\u202e',
  '\u200b',
  'é',
  '😀',
  '\ud83d',
  '%u0041',
  '{{',
  '}}',
  '${',
  '(((((',
  'aaaaaaaa!',
  '%s%n',
].map((word) => Buffer.from(word))

const DEEP = ['[', '{"a":', '(', '<a>', '- ', '"{\\"a\\":', '\\', '&x [', '{a: ']
/** Nesting no honest writer reaches. */
const DEPTH = 10_000

export function mutate(random: Random, corpus: readonly Uint8Array[]): Uint8Array {
  let bytes: Buffer = Buffer.from(random.of(corpus))
  for (let n = 1 + random.below(6); n > 0; n--) bytes = once(random, bytes, corpus)
  return bytes.subarray(0, INPUT_LIMIT)
}

function once(random: Random, bytes: Buffer, corpus: readonly Uint8Array[]): Buffer {
  const at = random.below(bytes.length + 1)
  const end = Math.min(bytes.length, at + random.below(random.of([4, 32, 512])))
  const put = (what: Uint8Array, until = at) => Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(until)])
  switch (random.below(11)) {
    case 0: {
      const changed = Buffer.from(bytes)
      if (at < changed.length) changed[at]! ^= 1 << random.below(8)
      return changed
    }
    case 1:
      return put(Buffer.from([random.below(256)]), at + 1)
    case 2:
      return put(Buffer.alloc(0), end)
    case 3:
      return put(bytes.subarray(at, end))
    case 4: {
      const times = 2 + random.below(random.of([8, 200, 4_000]))
      const piece = bytes.subarray(at, Math.max(end, at + 1))
      return put(
        Buffer.concat(Array.from({ length: Math.min(times, INPUT_LIMIT / Math.max(1, piece.length)) }, () => piece)),
      )
    }
    case 5:
    case 6:
      return put(random.of(WORDS))
    case 7:
      return put(random.of(WORDS), end)
    case 8: {
      const other = random.of(corpus)
      const from = random.below(other.length + 1)
      return put(other.subarray(from, from + random.below(1_024)), end)
    }
    case 9:
      return put(Buffer.from(random.of(DEEP).repeat(random.of([3, 100, DEPTH]))).subarray(0, INPUT_LIMIT))
    default:
      return bytes.subarray(0, at)
  }
}
