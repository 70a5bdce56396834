/**
 * The fault bench: real software on clocks that are really off, every fault injected with known truth, scored request by
 * request. `FLEET_SEEDS=1,2,3` draws other fleets, `FLEET_KEEP=<folder>` keeps logs and truth of one, AUTHTOP_E2E_ALL=1 runs a
 * longer day.
 */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clocksIn, failuresIn } from '../emitters/authtop-cli.ts'
import { temporaryFolder } from '../emitters/library-run.ts'
import { needs, SOFTWARE } from '../emitters/software.ts'
import { SEED } from '../emitters/workload.ts'
import { Bench } from './bench.ts'
import type { Told } from './match-incidents.ts'
import { drawPlan } from './plan.ts'
import { liveThrough } from './scenarios.ts'
import { score, tableOf } from './score.ts'
import { clockTableOf, scoreClocks, sumUp } from './score-clocks.ts'

const ALL = process.env.AUTHTOP_E2E_ALL === '1'
const DAY_MS = ALL ? 60_000 : 24_000
const PACE_MS = 350
/** Share of requests about which the bench itself may be mistaken: it cannot see when a busy machine did what. */
const CONTRADICTED = 0.01
const SEEDS = process.env.FLEET_SEEDS?.split(',').map(Number) ?? [SEED]

test.for(SEEDS)('a mixed day on the fleet drawn from seed %i is told as it was', async (seed, context) => {
  needs(context, ...(Object.keys(SOFTWARE) as (keyof typeof SOFTWARE)[]))
  const plan = drawPlan(seed)
  const folder = process.env.FLEET_KEEP ?? temporaryFolder()
  const bench = await Bench.start(plan, folder)
  await liveThrough(bench, DAY_MS, PACE_MS)
  const ended_ms = Date.now()
  await bench.stop()
  const failures = await failuresIn([join(bench.logs, '{host}/{service}.log')], join(folder, 'store.db'), plan.zone)
  const report = score(bench.truth, failures as Told[], bench.offsetAt())
  const clocks = scoreClocks(bench.clocks(), await clocksIn(join(folder, 'store.db')), bench.offsetAt(), ended_ms)
  console.log(`seed ${seed}\n${tableOf(report)}\n${clockTableOf(clocks)}`)
  const most = bench.truth.length * CONTRADICTED
  expect(bench.contradictions.length, bench.contradictions.join('\n')).toBeLessThanOrEqual(most)
  const sums = sumUp(clocks)
  expect(sums.wronged, 'good clocks accused').toBe(0)
  // A dozen hosts: one may miss the 95 of 100 that hold over many fleets.
  expect(sums.hosts - sums.inside, 'intervals that do not hold the truth').toBeLessThanOrEqual(1)
  const { truth, missed, cause } = report.total
  expect(truth).toBeGreaterThan(60)
  expect(missed / truth, 'share of failed requests nobody was told of').toBeLessThanOrEqual(0.05)
  expect(report.invented / truth, 'share of incidents without a failed request').toBeLessThanOrEqual(0.02)
  // A busy machine sees few requests, and a dozen may be too few to find a clock by; the bar is 0.98, 0.9 and 1 % (see README.md).
  expect(cause / truth, 'share of true causes').toBeGreaterThanOrEqual(0.9)
  expect(report.total.subcause / truth, 'share of true subcauses').toBeGreaterThanOrEqual(0.88)
  expect(report.total.incidents / truth, 'incidents per failed request').toBeLessThanOrEqual(1.1)
})
