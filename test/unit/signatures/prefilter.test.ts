import { describe, expect, test } from 'vitest'
import { loadPacks, PACKS_FOLDER } from '../../../src/signatures/load.ts'
import { Prefilter } from '../../../src/signatures/prefilter.ts'
import { isWithin } from '../../../src/signatures/stem-scanner.ts'
import { WordFrequency } from '../../../src/signatures/word-frequency.ts'

const set = await loadPacks([PACKS_FOLDER])
const prefilter = new Prefilter({ ...set, patience: 0 })
/** Without the second look. */
const stems = new Prefilter({ ...set, patience: Number.POSITIVE_INFINITY })

describe('the prefilter', () => {
  test('lets every example of every pack through, also when JSON or HTML-safe JSON escaped it', () => {
    const htmlSafe = (text: string) =>
      JSON.stringify(text).replace(/[<>&'+]/g, (c) => `\\u00${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
    const dropped = set.packs
      .flatMap((pack) => pack.proofs)
      .flatMap((proof) => proof.examples.map((e) => e.text))
      .flatMap((text) => [text, JSON.stringify(text), htmlSafe(text), text.toUpperCase()])
      .filter((text) => !prefilter.test(text))
    expect(dropped).toEqual([])
  })

  test('drops ordinary lines', () => {
    const lines = [
      '203.0.113.7 - - [16/Nov/2026:09:12:01 +0000] "GET /orders/17 HTTP/1.1" 200 1270 "-" "curl/8.5.0"',
      '203.0.113.7 - - [16/Nov/2026:09:12:01 +0000] "GET /list?q=7 HTTP/1.1" 200 1270 "https://shop.example.com/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"',
      'I1116 09:12:01.123000       1 controller.go:213] "Reconciled object" namespace="shop" name="orders" duration="12ms"',
      '<html><head><title>502 Bad Gateway</title></head>',
      '{"level":30,"time":1794820321123,"msg":"order 17 shipped"}',
      '2026-11-16 09:12:01,123 INFO  [io.quarkus] (main) Profile prod activated.',
    ]
    expect(lines.filter((line) => stems.test(line))).toEqual([])
  })

  test('drops lines that use a word of ours and none beside it', () => {
    const lines = [
      '[07.27 10:23:42] chrome.exe *64 - cdn.example:80 close, 0 bytes sent, 0 bytes received, lifetime 00:17',
      'Jul  8 07:25:32 host-3 locationd[82]: retry failed, next one in 30 s',
      '{"level":30,"time":1794820321123,"msg":"order 17 not found in window 3"}',
    ]
    expect(lines.filter((line) => !stems.test(line))).toEqual([])
    expect(lines.filter((line) => prefilter.test(line))).toEqual([])
  })

  test('lets through what looks like a failure of authentication and no signature knows', () => {
    const lines = [
      'E1116 09:12:01.123000 1 gate.go:7] the frobnicator refused credentials of shop',
      '{"level":50,"msg":"Quux\\nissuer frobbed"}',
      'WARN grid: JWKs quuxed at%20issuer%20x',
    ]
    expect(lines.filter((line) => !prefilter.test(line))).toEqual([])
  })

  test('looks for no stem that holds another one', () => {
    const holders = set.stems.filter((stem) => set.stems.some((other) => other !== stem && isWithin(other, stem)))
    expect(holders).toEqual([])
  })

  test('looks for nothing that stands in more than a few of a hundred ordinary lines', () => {
    const frequency = WordFrequency.load()
    expect(set.stems.filter((stem) => frequency.of(stem) > 0.04)).toEqual([])
  })
})
