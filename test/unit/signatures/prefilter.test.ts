import { describe, expect, test } from 'vitest'
import { loadPacks, PACKS_FOLDER } from '../../../src/signatures/load.ts'
import { StemScanner } from '../../../src/signatures/stem-scanner.ts'
import { WordFrequency } from '../../../src/signatures/word-frequency.ts'

const set = await loadPacks([PACKS_FOLDER])
const prefilter = new StemScanner(set.stems)

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
    expect(lines.filter((line) => prefilter.test(line))).toEqual([])
  })

  test('looks for nothing that stands in more than a few of a hundred ordinary lines', () => {
    const frequency = WordFrequency.load()
    expect(set.stems.filter((stem) => frequency.of(stem) > 0.04)).toEqual([])
  })
})
