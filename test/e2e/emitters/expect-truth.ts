/** Holds what authtop made of a log against what was injected: nothing more, nothing less, nothing twice. */
import { expect } from 'vitest'
import type { Failure } from './authtop-cli.ts'
import type { Truth } from './faults.ts'
import { SEED } from './workload.ts'

/** Counts per cause and subcause. */
export function expectCounts(failures: readonly Failure[], truth: Iterable<Truth>): void {
  expect(count(failures, labelOf), `seed ${SEED}`).toEqual(count(truth, labelOf))
}

/** Where logs carry the request's id: one incident per failed request, each with its own true cause. */
export function expectEachRequest(failures: readonly Failure[], truth: ReadonlyMap<string, Truth>): void {
  const told = Map.groupBy(failures, ({ request_id }) => request_id ?? 'no request id')
  const requests = new Set([...truth.keys(), ...told.keys()])
  const verdicts = [...requests].map((id) => {
    const wanted = truth.get(id)
    const got = told.get(id)?.map(labelOf).join(' and ') ?? 'nothing'
    return { wanted: wanted === undefined ? 'nothing' : labelOf(wanted), got }
  })
  const mistaken = verdicts.filter(({ wanted, got }) => wanted !== got)
  expect(
    count(mistaken, ({ wanted, got }) => `${wanted} told as ${got}`),
    `seed ${SEED}`,
  ).toEqual({})
}

/** Every incident lies within the time the emitter ran, by its clock: a zone misread shows here. Epoch ms, ±1 s stamps. */
export function expectTimes(failures: readonly Failure[], from_ms: number, to_ms: number): void {
  for (const { time_ms } of failures) {
    expect(time_ms).toBeGreaterThan(from_ms - 1_000)
    expect(time_ms).toBeLessThan(to_ms + 1_000)
  }
}

function count<T>(list: Iterable<T>, label: (one: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const one of list) counts[label(one)] = (counts[label(one)] ?? 0) + 1
  return counts
}

const labelOf = ({ cause, subcause }: Truth): string => `${cause}/${subcause}`
