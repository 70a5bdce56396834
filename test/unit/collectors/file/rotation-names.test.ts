import { describe, expect, test } from 'vitest'
import { isRotationOf, sameSeries } from '../../../../collectors/file/rotation.ts'

describe('names of rotated logs', () => {
  const rotated: [string, string[]][] = [
    [
      'app.log',
      ['app.log.1', 'app.log.12.gz', 'app.log.1.zst', 'app.log-20261116', 'app.log-20261116.gz', 'app.log.old'],
    ],
    ['app.log', ['app.log.2026-11-16', 'app.log.2026-11-16_18', 'app.log.gz', 'app-2026-11-16-1.log.gz', 'app.1.log']],
    ['app.log', ['app-2026-11-16T18-30-00.000.log.gz']],
    ['0.log', ['0.log.20261116-184102', '0.log.20261116-184102.gz']],
    ['messages', ['messages-20261116', 'messages.1']],
    ['x-json.log', ['x-json.log.1']],
  ]
  for (const [base, names] of rotated) {
    test(`${names.join(', ')} hold older content of ${base}`, () => {
      for (const name of names) expect(isRotationOf(base, name), name).toBe(true)
    })
  }

  test('another log is never taken for older content', () => {
    for (const name of [
      'app.log',
      'app-error.log',
      'app.log.error',
      'app.log.swp',
      'app.logs',
      'app2.log',
      'application.log',
      'app.log.1.xz',
      'app-.log',
      'app',
      'app.log.',
      'error-2026-11-16.log',
      'app-2026-11-16-error.log',
    ]) {
      expect(isRotationOf('app.log', name), name).toBe(false)
    }
    expect(isRotationOf('.log', '.log2')).toBe(false)
  })

  test('targets of a switched link differ only in their numbers', () => {
    expect(sameSeries('app-2026-11-16.log', 'app-2026-11-15.log')).toBe(true)
    expect(sameSeries('0.log', '1.log')).toBe(true)
    expect(sameSeries('app-2026-11-16.log', 'app-2026-11-15.log.gz')).toBe(true)
    expect(sameSeries('app-2026-11-16.log', 'error-2026-11-15.log')).toBe(false)
    expect(sameSeries('app.log', 'app.log')).toBe(false)
    expect(sameSeries('app.log', 'web.log')).toBe(false)
  })
})
