import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadFormats } from '../../../collectors/formats/load.ts'
import { checkPacks } from '../../../src/app/check-knowledge.ts'
import { Classifier } from '../../../src/app/classifier.ts'
import { signatureDocs } from '../../../src/app/signature-docs.ts'
import { loadPacks, PACKS_FOLDER } from '../../../src/signatures/load.ts'

const signatures = await loadPacks([PACKS_FOLDER])
const classifier = new Classifier({ formats: loadFormats(), signatures }, new Uint8Array(32), 'UTC')
const examples = signatures.packs.flatMap((p) => p.proofs.flatMap((proof) => proof.examples.map((e) => e.text)))

describe('the built-in packs', () => {
  test('are read without a problem', () => {
    expect(signatures.problems).toEqual([])
  })

  test('prove themselves against all others', { timeout: 120_000 }, () => {
    expect(checkPacks(signatures.packs, classifier)).toEqual([])
  })

  test('are what docs/signatures.md says', () => {
    const written = readFileSync(join(import.meta.dirname, '../../../docs/signatures.md'), 'utf8')
    expect(written, 'run: npm run build && npm run docs').toBe(signatureDocs(signatures.packs))
  })
})

describe('fields that a remote party fills in', () => {
  const honest = { level: 30, time: 1794820321123, pid: 7, hostname: 'orders-1', msg: 'request completed' }

  test('do not forge an event: path, query, user agent, referer, user name, client id', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...examples),
        fc.constantFrom('url', 'user-agent', 'referer', 'query'),
        (text, field) => {
          const req =
            field === 'url'
              ? { method: 'GET', url: `/orders?q=${text}` }
              : {
                  method: 'GET',
                  url: '/orders',
                  headers: { [field]: text },
                  query: field === 'query' ? { q: text } : {},
                }
          const record = JSON.stringify({ ...honest, req, res: { statusCode: 200 } })
          expect(classifier.classify({ text: record }).event).toBeNull()
        },
      ),
      { numRuns: 400 },
    )
  })

  test('do not change the verdict on an access line', () => {
    fc.assert(
      fc.property(fc.constantFrom(...examples), (text) => {
        const agent = text.replace(/["\\\r\n]/g, ' ').slice(0, 500)
        const line = (status: number) =>
          `203.0.113.7 - ${agent.replace(/[\s[\]]/g, '_').slice(0, 60) || '-'} [16/Nov/2026:09:12:01 +0000] "GET /orders?q=${encodeURIComponent(agent)} HTTP/1.1" ${status} 127 "${agent}" "${agent}"`
        expect(classifier.classify({ text: line(200) }).event).toBeNull()
        expect(classifier.classify({ text: line(401) }).event?.signature).toBe('http-status/unauthorized')
      }),
      { numRuns: 400 },
    )
  })
})

describe('ordinary lines that merely use the words', () => {
  const lines = readFileSync(join(import.meta.dirname, 'lines/ordinary.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')

  test('are taken for a failure at most once in two hundred', () => {
    const taken = lines.filter((text) => classifier.classify({ text }).event?.outcome === 'failure')
    expect(taken.length, taken.join('\n')).toBeLessThanOrEqual(lines.length / 200)
  })
})
