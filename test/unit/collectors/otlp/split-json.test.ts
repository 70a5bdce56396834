import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readRequest } from '../../../../collectors/otlp/read-request.ts'
import { splitJson } from '../../../../collectors/otlp/wire/split-json.ts'

const LIMITS = { nodes: 10_000, depth: 64 }

/** Texts that are nearly export requests: the brackets and names of one, in and out of order. */
const member = fc
  .constantFrom('resourceSpans', 'scopeSpans', 'spans', 'resource', 'attributes', 'x', 'spans"[{\\')
  .map((name) => JSON.stringify(name))
const sound = fc.constantFrom('0', '-1', 'null', '"}]"', '"\\\\"', '{}', '[]', '{"a":[{"b":1}]}')
const unsound = fc.constantFrom('tru', '1 2', '"', '{"a":[}', '', ']', '{')
const leaf = fc.oneof({ weight: 40, arbitrary: sound }, unsound)
const space = fc.constantFrom('', '', '', ' ', '\n')
const { nearly } = fc.letrec<{ nearly: string }>((tie) => ({
  nearly: fc.oneof(
    { maxDepth: 7, withCrossShrink: true },
    leaf,
    fc.tuple(space, fc.array(tie('nearly'), { maxLength: 3 })).map(([gap, of]) => `[${gap}${of.join(`,${gap}`)}]`),
    fc
      .array(fc.tuple(member, tie('nearly')), { maxLength: 3 })
      .map((of) => `{${of.map(([name, own]) => `${name}:${own}`).join(',')}}`),
  ),
}))
const record = fc.oneof(
  { weight: 30, arbitrary: fc.tuple(member, fc.oneof(sound, nearly)).map(([name, own]) => `{${name}:${own}}`) },
  nearly,
)
const request = fc
  .array(fc.array(fc.array(record, { maxLength: 4 }), { maxLength: 2 }), { minLength: 1, maxLength: 2 })
  .map((of) => {
    const scopes = (lists: string[][]) => lists.map((list) => `{"spans":[${list}],"scope":{"name":"s"}}`)
    return `{"resourceSpans":[${of.map((lists) => `{"scopeSpans":[${scopes(lists)}]}`)}]}`
  })

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('a JSON request taken apart', () => {
  test('is JSON in its parts exactly if it is JSON as a whole', () => {
    const seen = { sound: 0, unsound: 0 }
    fc.assert(
      fc.property(fc.oneof(request, nearly), (text) => {
        const bytes = Buffer.from(text)
        const taken = splitJson(bytes, LIMITS)
        if (taken === null) return
        const parts = taken.records.map(({ start, end }) => bytes.toString('utf8', start, end))
        expect([taken.rest, ...parts].every(isJson)).toBe(isJson(text))
        if (parts.length > 0) seen[isJson(text) ? 'sound' : 'unsound']++
      }),
      { numRuns: 4_000, seed: 8 },
    )
    expect(Math.min(seen.sound, seen.unsound)).toBeGreaterThan(50)
  })

  const span = (nth: number) => ({ traceId: 'ab'.repeat(16), spanId: `0${nth}`.repeat(8), name: `s${nth}` })
  const names = async (text: string) => {
    const { parts } = await readRequest(Buffer.from(text), 'json', 'traces')
    return parts.flatMap(({ records }) => records.map((record) => JSON.parse(record.text).span_name))
  }

  test('means the same in whatever order and writing its members come', async () => {
    const spans = [span(1), span(2)]
    const attributes = [{ key: 'service.name', value: { stringValue: 'a]}' } }]
    for (const body of [
      { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: { name: 'x' }, spans }] }] },
      { resourceSpans: [{ scopeSpans: [{ spans, scope: { name: 'x' } }], resource: { attributes } }] },
      { resource_spans: [{ scope_spans: [{ schemaUrl: '', spans }], resource: { attributes } }] },
      { x: [{ y: [{ z: [{ deep: [{}] }] }] }], resourceSpans: [{ y: [{ z: [{}] }], scopeSpans: [{ spans }] }] },
    ])
      for (const indent of [0, 2]) expect(await names(JSON.stringify(body, null, indent))).toEqual(['s1', 's2'])
  })

  test('of members that come twice the last counts, and the others must be JSON all the same', async () => {
    const twice = (first: string) =>
      `{"resourceSpans":[{"scopeSpans":[{"spans":[${first}],"spans":[${JSON.stringify(span(2))}]}]}]}`
    expect(await names(twice(JSON.stringify(span(1))))).toEqual(['s2'])
    await expect(names(twice('{"name":tru}'))).rejects.toThrow('the body is no JSON')
  })

  test.each(['0', '"x"', 'null', '[]', '{} 1', '1{}', '{}{}'])(
    'a list of spans with %s in it is refused',
    async (odd) => {
      await expect(names(`{"resourceSpans":[{"scopeSpans":[{"spans":[${odd}]}]}]}`)).rejects.toThrow(
        /the body is no JSON|a span is no object/,
      )
    },
  )
})
