import { describe, expect, it } from 'vitest'
import { AlertEngine, type Transition } from '../../../src/alerts/engine.ts'
import type { Raise, Rule, Signal } from '../../../src/alerts/rule.ts'
import { MINUTE_MS, START_MS } from './fact-of.ts'

/** A rule whose condition holds in the minutes that are told. */
function minutesOf(name: string, holds: (minute: number) => boolean, more: Partial<Signal> = {}): Rule {
  let since_ms: number | null = null
  return {
    name,
    take: () => {},
    tick(now_ms: number, raise: Raise) {
      const held = holds((now_ms - START_MS) / MINUTE_MS)
      if (!held && since_ms === null) return
      since_ms ??= now_ms
      const words = { summary: name, why: [], fix: [], command: '' }
      raise({
        rule: name,
        severity: 'warning',
        labels: {},
        holds: held,
        since_ms,
        value: 1,
        for_ms: 0,
        keep_ms: 0,
        news: false,
        ...words,
        ...more,
      })
      if (!held) since_ms = null
    },
    save: () => since_ms,
    restore: (saved) => {
      since_ms = saved as number | null
    },
  }
}

function run(rules: readonly Rule[], minutes: number): string[] {
  const engine = new AlertEngine(rules)
  engine.advance(START_MS)
  for (let m = 1; m <= minutes; m++) engine.advance(START_MS + m * MINUTE_MS)
  return told(engine.drain())
}
const told = (transitions: readonly Transition[]) =>
  transitions
    .filter((t) => t.kind === 'fired' || t.kind === 'resolved')
    .map((t) => `${(t.at_ms - START_MS) / MINUTE_MS} ${t.alert.rule} ${t.kind}`)

describe('the engine', () => {
  it('waits as long as "for" says and outlives the condition as long as it is to be kept', () => {
    const rule = (from: number, to: number) =>
      minutesOf('a', (m) => m >= from && m < to, { for_ms: 5 * MINUTE_MS, keep_ms: 3 * MINUTE_MS })
    expect(run([rule(2, 6)], 60)).toEqual([])
    expect(run([rule(2, 20)], 60)).toEqual(['7 a fired', '23 a resolved'])
  })

  it('keeps an alert through a pause shorter than it is to be kept', () => {
    const rule = minutesOf('a', (m) => (m >= 2 && m < 10) || (m >= 12 && m < 20), { keep_ms: 3 * MINUTE_MS })
    expect(run([rule], 60)).toEqual(['2 a fired', '23 a resolved'])
  })

  it('damps what flaps: each return within the hour makes it stay longer', () => {
    const flapping = minutesOf('a', (m) => m < 400 && m % 8 === 1)
    const all = run([flapping], 700)
    expect(all.slice(0, 4)).toEqual(['1 a fired', '2 a resolved', '9 a fired', '15 a resolved'])
    // The third patience outlasts the pause between two returns: one alert from there on.
    expect(all.slice(4)).toEqual(['17 a fired', '404 a resolved'])
  })

  it('forgets that something flapped once it was quiet for an hour', () => {
    const rule = minutesOf('a', (m) => m === 1 || m === 9 || m === 200)
    expect(run([rule], 300)).toEqual([
      '1 a fired',
      '2 a resolved',
      '9 a fired',
      '15 a resolved',
      '200 a fired',
      '201 a resolved',
    ])
  })

  it('holds back what lies in the shadow of an outage, and a while longer', () => {
    const outage = minutesOf('issuer_outage', (m) => m >= 1 && m < 30, { labels: { issuer: 'i' } })
    const shadow = minutesOf('cause_spike', (m) => m >= 5 && m < 40)
    expect(run([outage, shadow], 120)).toEqual(['1 issuer_outage fired', '30 issuer_outage resolved'])
    const longer = minutesOf('cause_spike', (m) => m >= 5 && m < 100)
    expect(run([minutesOf('issuer_outage', (m) => m >= 1 && m < 30), longer], 200)).toEqual([
      '1 issuer_outage fired',
      '30 issuer_outage resolved',
      '74 cause_spike fired',
      '100 cause_spike resolved',
    ])
  })

  it('goes on after a restart as if there had been none, flapping included', () => {
    const make = () => minutesOf('a', (m) => m % 8 === 1 && m < 100, { for_ms: 0 })
    const whole = run([make()], 200)
    for (const cut of [1, 2, 10, 16, 50, 120]) {
      const first = new AlertEngine([make()])
      first.advance(START_MS)
      first.advance(START_MS + cut * MINUTE_MS)
      const second = new AlertEngine([make()])
      second.restore(JSON.parse(JSON.stringify(first.save())))
      second.advance(START_MS + 200 * MINUTE_MS)
      expect([...told(first.drain()), ...told(second.drain())]).toEqual(whole)
    }
  })
})
