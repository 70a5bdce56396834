import { expect, test } from 'vitest'
import { isSilent } from '../../../../collectors/otlp/silent-attributes.ts'
import { loadSignatures } from '../../../../src/signatures/load.ts'

const { signatures } = await loadSignatures([])

test('no signature looks at an attribute that the prefilter is not shown', () => {
  const looked = signatures.flatMap((s) => [s.in, ...s.where.map((condition) => condition.attribute)])
  expect(new Set(looked).size).toBeGreaterThan(5)
  expect([...new Set(looked)].filter(isSilent)).toEqual([])
})
