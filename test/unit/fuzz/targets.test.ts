/** Every fuzz target on its corpus and a few drawn inputs; `npm run fuzz` goes on from there. */
import { describe, expect, test } from 'vitest'
import { fuzz } from '../../fuzz/fuzz.ts'
import { TARGETS } from '../../fuzz/targets.ts'

describe.each(TARGETS.map((target) => [target.name, target] as const))('%s', (name, target) => {
  test('stands what was found before and what is drawn from a fixed seed', async () => {
    const inputs = name === 'archive' ? 40 : 150
    const found = await fuzz(target, 20_261_128, (n) => n < inputs)
    expect(
      found === null
        ? null
        : `${found.error.stack}\n${JSON.stringify(Buffer.from(found.input).toString('latin1').slice(0, 2_000))}`,
    ).toBeNull()
  })
})
