import { describe, expect, test } from 'vitest'
import { parseList, parsePack } from '../../../src/signatures/parse-pack.ts'

const head = 'pack: p\ntitle: P\nsystem: p\nversions: 1\nsource: https://example.org\n'
const problems = (body: string) => parsePack('p.yaml', head + body).problems.map((p) => `${p.place}: ${p.text}`)

describe('reading a pack', () => {
  test('expands a table, a row overriding the template', () => {
    const { pack, problems } = parsePack(
      'p.yaml',
      `${head}tables:
  - id: 'c{code}'
    says: '{text}'
    contains: 'ERR{code}'
    cause: expiry
    subcause: session
    examples: ['ERR{code}: {text}']
    rows:
      - { code: 501, text: one }
      - { code: 502, text: two, cause: revocation, subcause: token_revoked }
`,
    )
    expect(problems).toEqual([])
    expect(pack?.signatures.map((s) => [s.id, s.symptom, s.cause, s.contains])).toEqual([
      ['p/c501', 'one', 'expiry', ['err501']],
      ['p/c502', 'two', 'revocation', ['err502']],
    ])
  })

  test('a mistake costs only its own signature and names its place', () => {
    const { pack, problems } = parsePack(
      'p.yaml',
      `${head}signatures:
  - {id: good, says: x, contains: good one, cause: expiry, subcause: session, examples: [good one]}
  - {id: bad, says: x, contains: bad one, cause: expiry, subcause: pkce, examples: [bad one]}
`,
    )
    expect(pack?.signatures.map((s) => s.id)).toEqual(['p/good'])
    expect(problems).toHaveLength(1)
    expect(problems[0]?.place).toContain('signatures.1')
    expect(problems[0]?.text).toContain('no subcause of expiry')
  })

  test.each([
    [
      'without an anchor',
      '  - {id: s, says: x, pattern: foo, cause: expiry, subcause: session, examples: [foo]}',
      'found by',
    ],
    ['without an example', '  - {id: s, says: x, contains: foo, cause: expiry, subcause: session}', 'no example'],
    [
      'with a catastrophic pattern',
      '  - {id: s, says: x, contains: foo, pattern: "(a+)+b", cause: expiry, subcause: session, examples: [foo]}',
      'repeat',
    ],
    [
      'whose success has a cause',
      '  - {id: s, says: x, contains: foo, outcome: success, cause: expiry, subcause: session, examples: [foo]}',
      'no cause',
    ],
    [
      'with a misspelt key',
      '  - {id: s, says: x, contain: foo, cause: expiry, subcause: session, examples: [foo]}',
      'contain',
    ],
  ])('refuses a signature %s', (_, line, reason) => {
    expect(problems(`signatures:\n${line}\n`).join()).toContain(reason)
  })

  test('puts a shared list where a pack or a signature names it, and says which list there is not', () => {
    const { list } = parseList('calm.yaml', 'list: calm\ntexts: [Dry Run, rehearsal]\n')
    const lists = new Map([[list!.name, list!.texts]])
    const body = (name: string) =>
      `${head}unless: ['{{${name}}}', probe]\nsignatures:\n  - {id: s, says: x, contains: foo, unless: [bar, '{{${name}}}'], cause: expiry, subcause: session, examples: [foo]}\n`
    const { pack, problems } = parsePack('p.yaml', body('calm'), lists)
    expect(problems).toEqual([])
    expect(pack?.signatures[0]?.unless).toEqual(['dry run', 'rehearsal', 'probe', 'bar', 'dry run', 'rehearsal'])
    expect(parsePack('p.yaml', body('clam'), lists).problems.map(({ place, text }) => `${place}: ${text}`)).toEqual([
      'unless: no file in lists/ defines {{clam}}',
      'signatures.0 (p/s): no file in lists/ defines {{clam}}',
    ])
    expect(parseList('bad.yaml', 'list: calm\ntexts: [ab]\n').problems).toHaveLength(1)
  })

  test('survives YAML bombs and prototype keys', () => {
    const bomb = `${head}signatures: []\nx: ${'&a [1]'}\n${Array.from({ length: 200 }, (_, i) => `k${i}: *a`).join('\n')}`
    expect(parsePack('p.yaml', bomb).problems.length).toBeGreaterThan(0)
    expect(parsePack('p.yaml', `${head}__proto__: {x: 1}\n`).pack?.signatures ?? []).toEqual([])
    expect(({} as { x?: number }).x).toBeUndefined()
  })
})
