import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { clocksText } from '../../../dashboards/report/clocks-text.ts'
import type { ClockTable, HostClock } from '../../../src/core/host-clock.ts'

const NOW_MS = Date.UTC(2026, 10, 16, 9, 30)
const ISSUER = 'issuer https://id.example'

function host(name: string, differences: Partial<HostClock> = {}): HostClock {
  return {
    host: name,
    reference: ISSUER,
    kind: 'value',
    offset_s: 0.02,
    low_s: -0.08,
    high_s: 0.12,
    drift_ppm: null,
    samples: 1204,
    from_ms: NOW_MS - 3_600_000,
    to_ms: NOW_MS,
    steps: [],
    at_fault: false,
    leeway_s: null,
    breach_ms: null,
    zone_s: null,
    why: [],
    ...differences,
  }
}

function table(...hosts: HostClock[]): ClockTable {
  return { reference: ISSUER, generated_ms: NOW_MS, hosts, issuers: [], collector: null }
}

const unknown = { offset_s: null, low_s: null, high_s: null } as const
const say = (...hosts: HostClock[]) => clocksText(table(...hosts), { zone: 'UTC', width: null })

describe('the clock table in words', () => {
  it.each<[Partial<HostClock>, string]>([
    [{}, 'in step'],
    [{ offset_s: 312.1, low_s: 311.8, high_s: 312.4, at_fault: true }, '312 s ahead'],
    [{ offset_s: 38101.2, low_s: 38101.1, high_s: 38101.3 }, '10 h 35 min 1 s ahead  +38,101.1 s … +38,101.3 s'],
    [{ offset_s: -7, low_s: -7.2, high_s: -6.8 }, 'off; whose fault is open'],
    [{ ...unknown, kind: 'bound', high_s: -40 }, 'at least 40 s behind'],
    [{ ...unknown, kind: 'bound', high_s: 40 }, 'at most 40 s ahead'],
    [{ ...unknown, kind: 'bound', low_s: 3 }, 'at least 3 s ahead'],
    [{ ...unknown, kind: 'bound', low_s: -3 }, 'at most 3 s behind'],
    [{ ...unknown, kind: 'bound', high_s: 0 }, 'behind, by how much is not known'],
    [{ ...unknown, kind: 'cannot_tell' }, 'cannot tell'],
    [{ zone_s: 19_800 }, 'zone mistake of 5 h 30 min in its stamps'],
    [{ steps: [{ at_ms: NOW_MS, by_s: 5 }] }, 'set forward by 5 s at 2026-11-16 09:30 UTC'],
    [{ breach_ms: NOW_MS + 3_600_000, leeway_s: 5 }, 'will leave its leeway'],
    [{ breach_ms: NOW_MS, leeway_s: 5, offset_s: 9, low_s: 8, high_s: 10 }, 'beyond its leeway'],
  ])('%j reads "%s"', (differences, words) => {
    expect(say(host('orders-2', differences))).toContain(words)
  })

  it('puts what needs a person first, with its reasons', () => {
    const text = say(
      host('a-fine'),
      host('b-unknown', { ...unknown, kind: 'cannot_tell' }),
      host('z-wrong', { offset_s: 9, low_s: 8, high_s: 10, at_fault: true, why: ['9 s ahead', 'four others agree'] }),
    )
    expect(text.indexOf('z-wrong')).toBeLessThan(text.indexOf('b-unknown'))
    expect(text.indexOf('b-unknown')).toBeLessThan(text.indexOf('a-fine'))
    expect(text).toContain('- four others agree')
  })

  it('does not blame a host whose issuer is the one that is wrong', () => {
    const off = host('a', { offset_s: 4, low_s: 3.9, high_s: 4.1 })
    const issuer = { name: 'https://id.example', offset_s: 0, low_s: 0, high_s: 0, steps: [], at_fault: true, why: [] }
    const text = clocksText({ ...table(off), issuers: [issuer] }, { zone: 'UTC', width: null })
    expect(text).toContain('right; its reference is wrong')
  })

  it.each([40, 60, 80])('stays within %i columns, long names aside', (width) => {
    const why = ['312.1 s ahead of issuer https://id.example (311.8 s ahead to 312.4 s ahead), from 1,204 sightings']
    const hosts = [
      host('orders-2', { offset_s: 312.1, low_s: 311.8, high_s: 312.4, at_fault: true, why, leeway_s: 60 }),
    ]
    const lines = clocksText(table(...hosts), { zone: 'UTC', width })
      .split('\n')
      .slice(1)
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width)
  })

  it('lets no control character through', () => {
    expect(say(host('evil\u001b[2Jhost', { at_fault: true, why: ['x\u0007y'] }))).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f]/,
    )
  })

  it('says so when nothing is known', () => {
    expect(clocksText(table(), { zone: 'UTC', width: 80 })).toMatch(/^No clock is known/)
  })
})
