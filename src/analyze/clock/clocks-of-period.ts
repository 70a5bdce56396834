/**
 * The clock table as it was at the end of a past period: from the readings that were kept, since what is known of a clock now
 * says nothing of last week. Judges by the same vote as the present table.
 * Invariant: a clock of which no reading of that time was kept is unknown then, however well it is known now.
 */
import type { ClockReading } from '../../core/clock-lookup.ts'
import type { TimeRange } from '../../core/filter.ts'
import type { ClockTable, HostClock } from '../../core/host-clock.ts'
import { lead } from '../../core/time-apart.ts'
import { issuerParty } from './clock-book.ts'
import { thenUnknown } from './clock-reasons.ts'
import { type Verdict, vote } from './vote.ts'

/**
 * @param now the present table: names, leeways and steps
 * @param readings of the period and some time before it, in any order
 */
export function clocksOfPeriod(now: ClockTable, readings: readonly ClockReading[], period: TimeRange): ClockTable {
  const last = new Map<string, ClockReading>()
  for (const reading of readings)
    if (reading.at_ms < period.to_ms && (last.get(reading.host)?.at_ms ?? -Infinity) < reading.at_ms)
      last.set(reading.host, reading)
  const verdicts = new Map<string, Verdict | null>()
  for (const reference of new Set([...last.values()].map((r) => r.reference)))
    verdicts.set(reference, voteAmong([...last.values()], reference))
  const accused = (party: string) => [...verdicts.values()].some((v) => v?.accused.has(party) === true)
  return {
    ...now,
    generated_ms: period.to_ms,
    hosts: now.hosts.map((host) => then(host, last.get(host.host), period, accused(`host ${host.host}`))),
    issuers: now.issuers.map((issuer) => ({
      ...issuer,
      ...{ offset_s: null, low_s: null, high_s: null, at_fault: accused(issuerParty(issuer.name)), why: [] },
      steps: issuer.steps.filter((s) => s.at_ms < period.to_ms),
    })),
    collector: null,
  }
}

function voteAmong(readings: readonly ClockReading[], reference: string): Verdict | null {
  const voters = readings.flatMap(({ host, low_s, high_s, reference: own }) =>
    own !== reference || low_s === null || high_s === null
      ? []
      : [{ party: `host ${host}`, low_ms: low_s * 1000, high_ms: high_s * 1000 }],
  )
  return vote([...voters, { party: reference, low_ms: 0, high_ms: 0 }])
}

function then(host: HostClock, reading: ClockReading | undefined, period: TimeRange, at_fault: boolean): HostClock {
  const steps = host.steps.filter((s) => s.at_ms < period.to_ms)
  const base = { ...host, steps, breach_ms: null, zone_s: null, samples: 0, at_fault: false }
  if (reading === undefined || reading.offset_s === null)
    return {
      ...base,
      ...{
        kind: 'cannot_tell',
        offset_s: null,
        low_s: null,
        high_s: null,
        drift_ppm: null,
        from_ms: null,
        to_ms: null,
      },
      why: [thenUnknown()],
    }
  const { at_ms, reference, offset_s, low_s, high_s, drift_ppm } = reading
  return {
    ...base,
    ...{ kind: 'value', reference, offset_s, low_s, high_s, drift_ppm, at_fault },
    from_ms: at_ms,
    to_ms: at_ms,
    why: [
      `${lead(offset_s * 1000)} against ${reference} at ${new Date(at_ms).toISOString().slice(0, 16).replace('T', ' ')}Z`,
      ...(at_fault ? ['at fault: most clocks agreed with each other then, this one did not'] : []),
    ],
  }
}
