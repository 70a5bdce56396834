import { describe, expect, it } from 'vitest'
import { AlertEngine, type Transition } from '../../../src/alerts/engine.ts'
import type { Fact, WatchFact } from '../../../src/alerts/fact.ts'
import type { Rule } from '../../../src/alerts/rule.ts'
import { NewTemplateRule } from '../../../src/alerts/rules/new-template.ts'
import { RecognitionLostRule } from '../../../src/alerts/rules/recognition-lost.ts'
import { SilentSourceRule } from '../../../src/alerts/rules/silent-source.ts'
import { WATCH_STEP_MS } from '../../../src/core/watch-step.ts'
import { createRandom } from '../../simulation/clock/random.ts'

const MONDAY = Date.UTC(2026, 10, 2)
const DAY_STEPS = 288
const HOUR_STEPS = 12

const step = (n: number, more: Partial<WatchFact>): WatchFact => ({
  fact: 'watch',
  at_ms: MONDAY + (n + 1) * WATCH_STEP_MS,
  sources: [],
  templates: [],
  time_services: [],
  ...more,
})
const source = (records: number, recognised = 0, name = '/var/log/a.log') => ({ name, records, recognised })

function run(rule: Rule, facts: readonly Fact[]): Transition[] {
  const engine = new AlertEngine([rule])
  for (const fact of facts) engine.take(fact)
  return engine.drain().filter((t) => t.kind === 'fired' || t.kind === 'resolved')
}
const steps = (transitions: readonly Transition[]) =>
  transitions.map((t) => `${Math.round((t.at_ms - MONDAY) / WATCH_STEP_MS) - 1} ${t.kind}`)

/** Records as an office makes them: `noon` a step at noon, next to none at night, few on weekends. */
function office(n: number, noon: number, random: ReturnType<typeof createRandom>): number {
  const hour = (n / HOUR_STEPS) % 24
  const weekend = Math.floor(n / DAY_STEPS) % 7 >= 5
  const mean = noon * Math.max(0.01, Math.sin(((hour - 6) / 12) * Math.PI)) * (weekend ? 0.2 : 1)
  return Math.round(mean * random.between(0.3, 1.7))
}

describe('a silent source', () => {
  const days = (count: number, noon: number, silent: (n: number) => boolean) => {
    const random = createRandom(3)
    return Array.from({ length: count * DAY_STEPS }, (_, n) => {
      const records = office(n, noon, random)
      return step(n, { sources: [source(silent(n) ? 0 : records), source(office(n, 5, random), 0, '/var/log/b.log')] })
    })
  }

  it('is not the night nor the weekend', () => {
    expect(
      run(
        new SilentSourceRule(),
        days(15, 200, () => false),
      ),
    ).toEqual([])
    expect(
      run(
        new SilentSourceRule(),
        days(15, 3, () => false),
      ),
    ).toEqual([])
  })

  it('is told within minutes where much is usual, and ends with the first record', () => {
    const from = 8 * DAY_STEPS + 10 * HOUR_STEPS
    const transitions = run(
      new SilentSourceRule(),
      days(9, 200, (n) => n >= from && n < from + 30),
    )
    const [fired, resolved, ...more] = steps(transitions)
    expect(more).toEqual([])
    expect(Number.parseInt(fired!, 10) - from).toBeLessThanOrEqual(5)
    expect(resolved).toBe(`${from + 30} resolved`)
    expect(transitions[0]!.alert).toMatchObject({
      labels: { source: '/var/log/a.log' },
      started_ms: MONDAY + from * WATCH_STEP_MS,
    })
    expect(transitions[0]!.alert.summary).toMatch(
      /^\/var\/log\/a\.log is silent since .*: no record where \d+ were to be expected$/,
    )
  })

  it('is told of a new source only when it never paused before', () => {
    const busy = Array.from({ length: 40 }, (_, n) => step(n, { sources: [source(n < 26 ? 3 : 0)] }))
    expect(steps(run(new SilentSourceRule(), busy))).toEqual(['31 fired'])
    const pausing = Array.from({ length: 60 }, (_, n) => step(n, { sources: [source(n < 26 && n % 10 !== 5 ? 3 : 0)] }))
    expect(run(new SilentSourceRule(), pausing)).toEqual([])
  })

  it('is none when the file is gone, and outlives the moment in which it is rotated', () => {
    const facts = Array.from({ length: 80 }, (_, n) =>
      step(n, { sources: n >= 30 && n !== 20 ? [] : n === 20 ? [] : [source(3)] }),
    )
    expect(run(new SilentSourceRule(), facts)).toEqual([])
    const silent = Array.from({ length: 80 }, (_, n) => step(n, { sources: n >= 40 ? [] : [source(n < 26 ? 3 : 0)] }))
    expect(steps(run(new SilentSourceRule(), silent))).toEqual(['31 fired', '51 resolved'])
  })

  it('is found again after a restart', () => {
    const facts = Array.from({ length: 60 }, (_, n) => step(n, { sources: [source(n < 26 || n > 50 ? 3 : 0)] }))
    const whole = run(new SilentSourceRule(), facts)
    expect(steps(whole)).toEqual(['31 fired', '51 resolved'])
    for (const cut of [10, 28, 31, 32, 45]) {
      const first = new AlertEngine([new SilentSourceRule()])
      for (const fact of facts.slice(0, cut)) first.take(fact)
      const second = new AlertEngine([new SilentSourceRule()])
      second.restore(JSON.parse(JSON.stringify(first.save())))
      for (const fact of facts.slice(cut)) second.take(fact)
      const both = [...first.drain(), ...second.drain()].filter((t) => t.kind === 'fired' || t.kind === 'resolved')
      expect(both).toEqual(whole)
    }
  })
})

describe('lost recognition', () => {
  it('is a source that still writes but of which nothing is known any more', () => {
    const random = createRandom(4)
    const facts = (lost: (n: number) => boolean) =>
      Array.from({ length: 4 * DAY_STEPS }, (_, n) => {
        const records = office(n, 400, random)
        const recognised = Math.floor(records * random.between(0.02, 0.08) + random.next())
        return step(n, { sources: [source(records, lost(n) ? 0 : recognised)] })
      })
    expect(
      run(
        new RecognitionLostRule(),
        facts(() => false),
      ),
    ).toEqual([])
    const from = 2 * DAY_STEPS + 10 * HOUR_STEPS
    const transitions = run(
      new RecognitionLostRule(),
      facts((n) => n >= from && n < from + 24),
    )
    const [fired, resolved, ...more] = steps(transitions)
    expect(more).toEqual([])
    expect(Number.parseInt(fired!, 10) - from).toBeLessThanOrEqual(8)
    expect(Number.parseInt(resolved!, 10) - (from + 24)).toBeLessThanOrEqual(6)
    expect(transitions[0]!.alert.summary).toMatch(
      /hardly anything is recognised since .*: 0 of \d+ records, expected \d+$/,
    )
  })

  it('is not a source of which nothing ever was, nor one that is silent', () => {
    const never = Array.from({ length: DAY_STEPS }, (_, n) => step(n, { sources: [source(500, 0)] }))
    expect(run(new RecognitionLostRule(), never)).toEqual([])
    const silent = Array.from({ length: DAY_STEPS }, (_, n) =>
      step(n, { sources: [n < 100 ? source(500, 20) : source(0, 0)] }),
    )
    expect(run(new RecognitionLostRule(), silent)).toEqual([])
  })
})

describe('a new message', () => {
  const seen = (n: number, template: string, count: number, system = 'portal') =>
    step(n, { templates: [{ system, template, count }] })
  const ordinary = Array.from({ length: 2 * DAY_STEPS }, (_, n) => seen(n, `known ${n % 5}`, 3))

  it('is silent on its first day and about what it knows', () => {
    expect(run(new NewTemplateRule(), ordinary)).toEqual([])
    expect(run(new NewTemplateRule(), [seen(0, 'a', 99), seen(1, 'b', 99)])).toEqual([])
  })

  it('is told once per system when it comes often enough, and is over an hour after it was last seen', () => {
    const last = 2 * DAY_STEPS
    const facts = [
      ...ordinary,
      seen(last, 'grant <n> was odd', 6),
      seen(last + 1, 'grant <n> was odd', 6),
      seen(last + 2, 'cookie was odd', 1),
      ...Array.from({ length: 30 }, (_, n) => seen(last + 3 + n, 'known 1', 1)),
    ]
    const transitions = run(new NewTemplateRule(), facts)
    expect(steps(transitions)).toEqual([`${last + 1} fired`, `${last + 14} resolved`])
    expect(transitions[0]!.alert.labels).toEqual({ system: 'portal' })
    expect(transitions[0]!.alert.summary).toContain(
      'a message never seen before that look like auth failures, 12 times',
    )
    expect(transitions[1]!.alert.summary).toContain('"grant <n> was odd", "cookie was odd"')
  })

  it('that comes once and never again is nothing', () => {
    const last = 2 * DAY_STEPS
    const facts = [
      ...ordinary,
      seen(last, 'x', 9),
      ...Array.from({ length: 20 }, (_, n) => seen(last + 1 + n, 'known 1', 1)),
      seen(last + 21, 'x', 9),
    ]
    expect(run(new NewTemplateRule(), facts)).toEqual([])
  })
})
