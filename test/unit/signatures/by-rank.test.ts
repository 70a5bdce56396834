import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByRank } from '../../../src/signatures/by-rank.ts'

test('what has a rank is handed out in its order, equals as they came, to the last', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(6), { maxLength: 40 }), (ranks) => {
      const items = ranks.map((rank, came) => ({ rank, came }))
      const byRank = new ByRank([...items])
      const given: typeof items = []
      for (let item = byRank.next(); item !== null; item = byRank.next()) given.push(item)
      expect(given).toEqual(items.sort((a, b) => a.rank - b.rank))
      expect(byRank.next()).toBeNull()
    }),
  )
})
