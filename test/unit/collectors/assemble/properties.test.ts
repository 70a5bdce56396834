/** Whatever the bytes are: nothing throws, every byte has one place, and batches make no difference. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordAssembler } from '../../../../collectors/assemble/assembler.ts'
import { Decoder } from '../../../../collectors/decode/decoder.ts'
import { newFormatMemory } from '../../../../collectors/decode/format-memory.ts'
import { assemble, batch, formats } from './stream.ts'

const samples = formats.formats.flatMap((f) => f.source.samples.flatMap((s) => s.text.split('\n')))
const line = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...samples) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '',
      '  indented',
      '\tat a.b(C.java:1)',
      '{',
      '}',
      '  "a": 1',
      'Caused by: X',
      'Traceback (most recent call last):',
      'panic: x',
      'word',
      '\u0000',
      '2026-11-16T09:12:01Z stdout P part',
      '2026-11-16T09:12:01Z stderr F end',
      'a-1  | x',
      '\r',
      '{"log":"x","stream":"stdout","time":"2026-11-16T09:12:01Z"}',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((s) => s.replaceAll('\n', ' ')) },
)
const content = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.array(line, { maxLength: 40 }), fc.boolean())
      .map(([l, end]) => Buffer.from(l.join('\n') + (end ? '\n' : ''))),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }).map((b) => Buffer.from(b)) },
)

test('records partition the bytes exactly', () => {
  fc.assert(
    fc.property(content, (bytes) => {
      let at = 0
      for (const { position } of assemble(bytes)) {
        expect(position.offset).toBe(at)
        expect(position.end).toBeGreaterThan(at)
        at = position.end
      }
      expect(at).toBe(bytes.length)
    }),
    { numRuns: 500 },
  )
})

test('what is not yet a record is held', () => {
  fc.assert(
    fc.property(content, (bytes) => {
      const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1)
      const assembler = new RecordAssembler('s', formats)
      const records = assembler.push(batch(whole, 0))
      expect(assembler.held ?? whole.length).toBe(records.at(-1)?.position.end ?? 0)
      const rest = assembler.flush()
      expect(assembler.held).toBeNull()
      expect((rest.at(-1) ?? records.at(-1))?.position.end ?? 0).toBe(whole.length)
    }),
    { numRuns: 300 },
  )
})

test('any split into batches at line ends gives the same records', () => {
  fc.assert(
    fc.property(content, fc.array(fc.nat(40)), (bytes, cuts) => {
      expect(assemble(bytes, new Set(cuts))).toEqual(assemble(bytes))
    }),
    { numRuns: 500 },
  )
})

test('every record decodes, with bounded output and only primitive attributes', () => {
  const decoder = new Decoder(formats, 'America/New_York')
  fc.assert(
    fc.property(content, (bytes) => {
      const memory = newFormatMemory()
      for (const record of assemble(bytes)) {
        const decoded = decoder.decode(record, memory)
        expect(Object.getPrototypeOf(decoded.attributes)).toBe(Object.prototype)
        for (const value of Object.values(decoded.attributes))
          expect(['string', 'number', 'boolean']).toContain(typeof value)
        for (const value of Object.values(decoded.resource)) expect(typeof value).toBe('string')
        if (decoded.logged_writer_ms !== undefined) expect(Number.isInteger(decoded.logged_writer_ms)).toBe(true)
      }
    }),
    { numRuns: 300 },
  )
})
