/** Holds what authtop made of a log against what was injected: nothing more, nothing less, nothing twice. */
import { expect } from 'vitest'
import type { Failure } from './authtop-cli.ts'
import type { Truth } from './faults.ts'
import { SEED } from './workload.ts'

/** Counts per cause and subcause. */
export function expectCounts(failures: readonly Failure[], truth: Iterable<Truth>): void {
  expect(countsOf(failures), `seed ${SEED}`).toEqual(countsOf(truth))
}

/** Where logs carry the request's id: one incident per failed request, each with its own true cause. */
export function expectEachRequest(failures: readonly Failure[], truth: ReadonlyMap<string, Truth>): void {
  const found = failures.map((failure) => `${failure.request_id} ${labelOf(failure)}`)
  const wanted = [...truth].map(([id, one]) => `${id} ${labelOf(one)}`)
  expect(found.sort(), `seed ${SEED}`).toEqual(wanted.sort())
}

/** Every incident lies within the time the emitter ran, by its clock: a zone misread shows here. Epoch ms, ±1 s stamps. */
export function expectTimes(failures: readonly Failure[], from_ms: number, to_ms: number): void {
  for (const { time_ms } of failures) {
    expect(time_ms).toBeGreaterThan(from_ms - 1_000)
    expect(time_ms).toBeLessThan(to_ms + 1_000)
  }
}

function countsOf(list: Iterable<Truth>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const one of list) counts[labelOf(one)] = (counts[labelOf(one)] ?? 0) + 1
  return counts
}

const labelOf = ({ cause, subcause }: Truth): string => `${cause}/${subcause}`
