import { expect, test } from 'vitest'
import { Recent, RecentMap } from '../../../src/core/recent.ts'

test('the last so many keys are remembered, and never more than twice as many', () => {
  const map = new RecentMap<number, string>(10)
  for (let n = 0; n < 1_000; n++) {
    map.set(n, `v${n}`)
    for (let back = 0; back < 10 && back <= n; back++) expect(map.get(n - back)).toBe(`v${n - back}`)
    expect(map.get(n - 20)).toBeUndefined()
  }
})

test('what is set anew or deleted has one value or none, in whichever generation it was', () => {
  const map = new RecentMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 1)
  map.set('a', 2)
  expect(map.get('a')).toBe(2)
  map.delete('a')
  map.delete('b')
  expect([map.get('a'), map.get('b')]).toEqual([undefined, undefined])
  map.set('c', 1)
  map.delete('c')
  expect(map.get('c')).toBeUndefined()
})

test('a set remembers its last keys as well', () => {
  const keys = new Recent<number>(3, [1, 2, 3])
  for (let n = 4; n <= 9; n++) keys.add(n)
  expect([1, 2, 3, 7, 8, 9].map((key) => keys.has(key))).toEqual([false, false, false, true, true, true])
})
