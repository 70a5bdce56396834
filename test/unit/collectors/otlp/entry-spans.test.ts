import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EntrySpan, EntrySpans } from '../../../../collectors/otlp/entry-spans.ts'

const TRACE = 1
/** Each span's parent is one of those before it, so that the order turned round is the one in which spans end. */
const forests = fc.array(fc.record({ parent: fc.nat(), failed: fc.boolean(), place: fc.constantFrom('api', 'web') }), {
  minLength: 1,
  maxLength: 14,
})

function spansOf(nodes: readonly { parent: number; failed: boolean; place: string }[]): EntrySpan[] {
  return nodes.map(({ parent, failed, place }, i) => ({
    span_id: `s${i}`,
    parent_span_id: i === 0 || parent % (i + 1) === i ? '' : `s${parent % i}`,
    failed,
    place,
  }))
}

/** Spans that share a name, over however many others, under the least of their ids. */
function together(named: ReadonlyMap<string, readonly string[]>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const id of named.keys()) {
    const group = new Set([id])
    for (let grown = 0; grown !== group.size; ) {
      grown = group.size
      for (const member of group)
        for (const [other, names] of named)
          if (names.some((name) => named.get(member)!.includes(name))) group.add(other)
    }
    found[id] = [...group].sort()[0]!
  }
  return found
}

describe('names of failures within failures', () => {
  test('are the same in one request and in many, as long as children come before their parents', () => {
    fc.assert(
      fc.property(forests, fc.array(fc.nat(3), { minLength: 14, maxLength: 14 }), (nodes, sizes) => {
        const spans = spansOf(nodes).reverse()
        const whole = new EntrySpans()
        for (const span of spans) whole.add(TRACE, span)
        const expected = together(whole.name(TRACE))

        const split = new EntrySpans()
        const told = new Map<string, readonly string[]>()
        const rest = [...spans]
        for (const size of [...sizes, spans.length]) {
          const request = rest.splice(0, size)
          for (const span of request)
            if (split.knows(TRACE) || request.some(({ failed }) => failed)) split.add(TRACE, span)
          const named = split.name(TRACE)
          // What was told stays as it was told.
          for (const [id, names] of named) expect(told.get(id) ?? names).toEqual(names)
          for (const [id, names] of named) told.set(id, names)
        }
        expect(together(told)).toEqual(expected)
      }),
      { numRuns: 500, seed: 8 },
    )
  })

  test('a trace that failed long ago is forgotten for newer ones, and memory stays bounded', () => {
    const entries = new EntrySpans()
    const span = { parent_span_id: '', place: 'api', failed: true }
    for (let trace = 0; trace < 70_000; trace++) entries.add(trace, { ...span, span_id: `s${trace}` })
    expect([entries.knows(0), entries.knows(9_999), entries.knows(10_000), entries.knows(69_999)]).toEqual([
      false,
      false,
      true,
      true,
    ])
    expect(entries.name(69_999)).toEqual(new Map([['s69999', ['s69999']]]))
  })
})
