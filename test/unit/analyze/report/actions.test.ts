import { describe, expect, it } from 'vitest'
import { rankActions } from '../../../../src/analyze/report/actions.ts'
import type { Advice } from '../../../../src/core/finding.ts'
import type { CauseFigures } from '../../../../src/core/report.ts'

const advice = (kind: Advice['kind'], avoided: number, more: Partial<Advice> = {}): Advice => ({
  kind,
  avoided,
  of: avoided,
  title: kind,
  why: [],
  fix: [],
  ...more,
})

function causes(...groups: [cause: string, subcause: string, failures: number][]): CauseFigures[] {
  const total = groups.reduce((sum, [, , failures]) => sum + failures, 0)
  return groups.map(([cause, subcause, failures]) => ({
    cause,
    failures,
    subcauses: [{ cause, subcause, failures, share: failures / total, mostly: [] }],
  })) as unknown as CauseFigures[]
}

describe('the things to do', () => {
  it('are at most three, largest first, whether computed or a remedy', () => {
    const actions = rankActions(
      [advice('client_setup', 14, { client_id: 'a' })],
      causes(
        ['expiry', 'access_token', 310],
        ['misconfiguration', 'audience_mismatch', 90],
        ['malformed', 'signature', 83],
      ),
    )
    expect(actions.map(({ failures, worth }) => [failures, worth])).toEqual([
      [310, 'about'],
      [90, 'about'],
      [83, 'about'],
    ])
  })

  it('tell of two changes for the same failures the better one, and no general remedy beside it', () => {
    const actions = rankActions(
      [advice('leeway', 50, { host: 'api-1' }), advice('repair_clock', 60, { host: 'api-1' })],
      causes(['skew', 'fresh_token_expired', 61]),
    )
    expect(actions.map(({ title }) => title)).toEqual(['repair_clock'])
  })

  it('leave out what would avoid nothing and what hardly ever happens', () => {
    expect(
      rankActions([advice('leeway', 0)], causes(['expiry', 'access_token', 990], ['malformed', 'encoding', 1])),
    ).toHaveLength(1)
    expect(rankActions([], [])).toEqual([])
  })

  it('about clocks say what to set right, not what thirteen libraries call their leeway', () => {
    const [action] = rankActions([], causes(['skew', 'fresh_token_expired', 61]))
    expect(action!.fix.join(' ')).toContain('Synchronise')
    expect(action!.fix.join(' ')).not.toContain('jsonwebtoken')
  })
})
