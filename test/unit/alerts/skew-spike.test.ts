import { describe, expect, it } from 'vitest'
import { AlertEngine, type Transition } from '../../../src/alerts/engine.ts'
import type { Fact } from '../../../src/alerts/fact.ts'
import { SkewSpikeRule } from '../../../src/alerts/rules/skew-spike.ts'
import { MINUTE_MS, START_MS, skewed } from './fact-of.ts'

function run(facts: readonly Fact[], until_ms = START_MS + 120 * MINUTE_MS): Transition[] {
  const engine = new AlertEngine([new SkewSpikeRule()])
  for (const fact of facts) engine.take(fact)
  engine.advance(until_ms)
  return engine.drain()
}
const kinds = (transitions: readonly Transition[]) =>
  transitions.map((t) => t.kind).filter((k) => k !== 'held' && k !== 'pending')
const every = (minutes: number, n: number, differences: Parameters<typeof skewed>[1] = {}) =>
  Array.from({ length: n }, (_, i) => skewed(START_MS + i * minutes * MINUTE_MS, differences))

describe('a skew spike', () => {
  it('fires on the third proven failure and ends half an hour after the last', () => {
    const transitions = run(every(1, 5))
    expect(kinds(transitions)).toEqual(['fired', 'resolved'])
    const [fired, resolved] = transitions.filter((t) => t.kind === 'fired' || t.kind === 'resolved')
    expect(fired!.at_ms).toBe(START_MS + 2 * MINUTE_MS)
    expect(fired!.alert).toMatchObject({ labels: { host: 'api-1' }, started_ms: START_MS, severity: 'critical' })
    expect(fired!.alert.summary).toContain('api-1 is behind https://id.example by 5 s or more')
    expect(resolved!.at_ms).toBe(START_MS + 34 * MINUTE_MS)
    expect(resolved!.alert.peak).toBe(5)
  })

  it('is not two failures, nor three of one token, nor failures that prove nothing', () => {
    expect(kinds(run(every(1, 2)))).toEqual([])
    expect(kinds(run(every(1, 9, { token: 'jwt:1' })))).toEqual([])
    expect(kinds(run(every(1, 9, { proof: null })))).toEqual([])
  })

  it('gives a host with little traffic more time for one failure more', () => {
    expect(kinds(run(every(20, 3)))).toEqual([])
    expect(kinds(run(every(20, 4)))).toEqual(['fired', 'resolved'])
  })

  it('adds up quiet hosts that go wrong the same way, from three on', () => {
    const proof = { kind: 'received_before_expiry', mover: 'host' } as const
    const on = (hosts: number) =>
      every(20, 4).map((fact, i) => ({
        ...fact,
        host: `api-${i % hosts}`,
        proof: { ...proof, offset_ms: 60_000 * (i + 1) },
      }))
    expect(kinds(run(on(2)))).toEqual([])
    const transitions = run(on(3))
    expect(kinds(transitions)).toEqual(['fired', 'resolved'])
    expect(transitions[0]!.alert.summary).toContain('api-0, api-1, api-2 are ahead of')
  })

  it('takes the word of attribution where no record shows an instant', () => {
    const facts = every(1, 3, { subcause: 'fresh_token_expired', proof: null })
    expect(kinds(run(facts))).toEqual(['fired', 'resolved'])
    expect(kinds(run(every(1, 3, { subcause: 'fresh_token_expired', proof: null, confidence: 'possible' })))).toEqual(
      [],
    )
  })

  it('is one alert for hosts that go wrong alike, which tells when another joins', () => {
    const both = [
      ...every(1, 4),
      ...every(1, 4, { host: 'api-2' }).map((f) => ({ ...f, at_ms: f.at_ms + 10 * MINUTE_MS })),
    ]
    const transitions = run(both.sort((a, b) => a.at_ms - b.at_ms))
    expect(kinds(transitions)).toEqual(['fired', 'changed', 'resolved'])
    expect(transitions.at(-1)!.alert.summary).toContain('api-1, api-2 are behind')
  })

  it('is two alerts for hosts that go wrong differently', () => {
    const ahead = { kind: 'host_ahead', offset_ms: 90_000, mover: 'host' } as const
    const both = [...every(1, 4), ...every(1, 4, { host: 'api-2', proof: ahead })]
    expect(kinds(run(both.sort((a, b) => a.at_ms - b.at_ms)))).toEqual(['fired', 'fired', 'resolved', 'resolved'])
  })

  it('accuses the issuer when the hosts stand still', () => {
    const proof = { kind: 'issued_ahead', offset_ms: -30_000, mover: 'issuer' } as const
    const [fired] = run(every(1, 3, { proof })).filter((t) => t.kind === 'fired')
    expect(fired!.alert.labels).toEqual({ issuer: 'https://id.example' })
    expect(fired!.alert.summary).toContain('the clock of https://id.example is ahead by 30 s or more, seen on api-1')
  })

  it('that keeps coming back gets more patience instead of more pages', () => {
    const again = [0, 45, 90, 135].flatMap((m) => every(1, 3).map((f) => ({ ...f, at_ms: f.at_ms + m * MINUTE_MS })))
    const fired = kinds(run(again, START_MS + 600 * MINUTE_MS)).filter((k) => k === 'fired')
    expect(fired).toHaveLength(2)
  })

  it('survives a restart at any moment', () => {
    const facts = every(7, 12)
    const whole = run(facts)
    for (let cut = 1; cut < facts.length; cut++) {
      const first = new AlertEngine([new SkewSpikeRule()])
      for (const fact of facts.slice(0, cut)) first.take(fact)
      const second = new AlertEngine([new SkewSpikeRule()])
      second.restore(JSON.parse(JSON.stringify(first.save())))
      for (const fact of facts.slice(cut)) second.take(fact)
      second.advance(START_MS + 120 * MINUTE_MS)
      expect([...first.drain(), ...second.drain()]).toEqual(whole)
    }
  })
})
