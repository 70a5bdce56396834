import { describe, expect, test } from 'vitest'
import { templateOf } from '../../../src/signatures/template.ts'

describe('message templates', () => {
  test('two messages that differ in numbers, ids, addresses and quoted texts share one', () => {
    const a =
      'token 17 of "alice" from 10.0.0.7:4242 refused, id 0b6b8a34-58a5-4d1e-9d0c-3c1a5f1f7a11 at 2026-11-16T09:12:01Z'
    const b =
      'token 9 of "bob" from 192.168.1.20:80 refused, id 11111111-2222-3333-4444-555555555555 at 2026-11-17T10:00:00Z'
    expect(templateOf(a)).toBe(templateOf(b))
    expect(templateOf(a)).toContain('refused')
  })

  test('keeps only the first line and no control characters', () => {
    expect(templateOf('bad \u001b[31mtoken\nat frame 1')).toBe('bad [<n>mtoken')
  })

  test('is bounded', () => {
    expect(templateOf('x '.repeat(100_000)).length).toBeLessThanOrEqual(200)
  })
})
