import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecordAssembler } from '../../../../collectors/assemble/assembler.ts'
import { loadFormats } from '../../../../collectors/formats/load.ts'
import type { RawRecord } from '../../../../src/core/log-record.ts'
import { StemScanner } from '../../../../src/signatures/stem-scanner.ts'

const formats = loadFormats()
const scanner = new StemScanner(['<hit>'])
const nextHit = (bytes: Uint8Array, from: number) => scanner.next(bytes, from)

/** Lines of every kind the assembler tells apart; some hold a hit. */
const LINES = [
  '{"level":30,"time":1794820321123,"msg":"shipped"}',
  '{"level":40,"time":1794820321123,"msg":"hit"}',
  '{',
  '  "msg": "hit",',
  '  "n": { "a": 1 }',
  '}',
  '2026-11-16T09:12:01.123Z  INFO 1 --- [main] c.e.Orders : shipped',
  '2026-11-16T09:12:01.123Z  WARN 1 --- [main] c.e.Orders : hit',
  'java.lang.IllegalStateException: hit',
  '\tat com.example.Orders.main(Orders.java:17)',
  'Caused by: java.io.IOException: none',
  '2026-11-16 09:12:01,123 ERROR reports.auth refused',
  'Traceback (most recent call last):',
  '  File "/app/x.py", line 3, in verify',
  'jwt.exceptions.ExpiredSignatureError: hit',
  'ts=2026-11-16T09:12:01Z level=info msg=shipped',
  'ts=2026-11-16T09:12:01Z level=warn msg=hit',
  'Nov 16, 2026 9:12:01 AM com.example.Orders verify',
  'WARNING: hit',
  'WARNING: none',
  'I1116 09:12:01.123000       1 controller.go:17] "Reconciled"',
  'E1116 09:12:01.123000       1 authentication.go:73] "hit"',
  '203.0.113.7 - - [16/Nov/2026:09:12:01 +0000] "GET /orders HTTP/1.1" 200 12 "-" "curl/8"',
  '203.0.113.7 - - [16/Nov/2026:09:12:01 +0000] "GET /hit HTTP/1.1" 401 12 "-" "curl/8"',
  'ERROR:root:hit',
  'panic: hit',
  'goroutine 1 [running]:',
  'main.main()',
  '2026-11-16T09:12:01.123456789Z stdout F plain',
  '2026-11-16T09:12:01.123456789Z stderr P hit in a part, ',
  '2026-11-16T09:12:01.123456789Z stderr F and its end',
  '{"log":"hit\\n","stream":"stdout","time":"2026-11-16T09:12:01.123Z"}',
  'web-1  | hit',
  '<34>Nov 16 09:12:01 gw-1 app[7]: hit',
  'some text of no layout',
  'grüße, hit',
  '\u001b[31mred hit\u001b[0m',
  '',
  '   ',
]

function batches(text: string, cuts: readonly number[]) {
  const bytes = Buffer.from(text)
  const ends = [...new Set(cuts.map((cut) => bytes.indexOf(10, cut % bytes.length) + 1))].filter((end) => end > 0)
  const places = [0, ...ends.sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, i) => ({
    stream: 's',
    bytes: bytes.subarray(places[i]!, end),
    offset: places[i]!,
    end,
    cut_bytes: 0,
    more: end < bytes.length,
    ended: end === bytes.length,
  }))
}

function assemble(text: string, cuts: readonly number[], passing: boolean): { hits: RawRecord[]; lines: number } {
  const options = { now: () => Date.UTC(2026, 10, 17), ...(passing ? { nextHit } : {}) }
  const assembler = new RecordAssembler('s', formats, options)
  const records = batches(text, cuts).flatMap((batch) => assembler.push(batch))
  return { hits: records.filter((record) => scanner.test(record.text)), lines: assembler.lines }
}

describe('passing over lines', () => {
  test('changes no record that holds a hit, whatever stands around it and wherever the batches end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 60 }),
        fc.array(fc.nat(4000), { maxLength: 4 }),
        fc.constantFrom('\n', '\r\n'),
        (lines, cuts, newline) => {
          const text = `${lines.join(newline)}${newline}`
          expect(assemble(text, cuts, true)).toEqual(assemble(text, cuts, false))
        },
      ),
      { numRuns: 1000 },
    )
  }, 60_000)

  test('passes over what holds none, and counts it', () => {
    const assembler = new RecordAssembler('s', formats, { nextHit })
    const line = '{"level":30,"time":1794820321123,"msg":"shipped"}\n'
    const bytes = Buffer.from(line.repeat(1000))
    const batch = { stream: 's', bytes, offset: 0, end: bytes.length, cut_bytes: 0, more: false, ended: true }
    expect(assembler.push(batch)).toHaveLength(1)
    expect([assembler.lines, assembler.passed]).toEqual([1000, 999])
  })
})
