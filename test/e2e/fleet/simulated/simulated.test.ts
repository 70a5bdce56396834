/**
 * The simulated variation of the fault bench: thousands of requests over hours, on sixteen hosts of seven libraries, in
 * seconds. Same truth, same scorer, same built command line. `FLEET_SEEDS=1,2,3` draws other fleets.
 */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clocksIn, failuresIn } from '../../emitters/authtop-cli.ts'
import { temporaryFolder } from '../../emitters/library-run.ts'
import { SEED } from '../../emitters/workload.ts'
import type { Told } from '../match-incidents.ts'
import { score, tableOf } from '../score.ts'
import { clockTableOf, scoreClocks, sumUp } from '../score-clocks.ts'
import { simulateDay } from './simulate.ts'
import { drawLayoutsPlan, drawOtherPlan, drawPoorPlan, drawSimulatedPlan } from './simulated-plan.ts'

const REQUESTS = process.env.AUTHTOP_E2E_ALL === '1' ? 20_000 : 4_000
const SEEDS = process.env.FLEET_SEEDS?.split(',').map(Number) ?? [SEED]

const DAYS = { simulated: drawSimulatedPlan, other: drawOtherPlan, layouts: drawLayoutsPlan, poor: drawPoorPlan }
const RUNS = SEEDS.flatMap((seed) => (Object.keys(DAYS) as (keyof typeof DAYS)[]).map((kind) => ({ kind, seed })))

test.for(RUNS)('hours of the $kind fleet drawn from seed $seed are told as they were', async ({ kind, seed }) => {
  const folder = process.env.FLEET_KEEP ?? temporaryFolder()
  const plan = DAYS[kind](seed, REQUESTS)
  const day = simulateDay(plan, folder)
  const failures = await failuresIn([join(day.logs, '{host}/{service}.log')], join(folder, 'store.db'), plan.zone)
  const report = score(day.truth, failures as Told[], day.stampOf, (hostname) => {
    const host = plan.hosts.find((one) => one.hostname === hostname)
    return host && `${host.flavour}, ${host.layout}`
  })
  const table = await clocksIn(join(folder, 'store.db'))
  const clocks = scoreClocks(day.clocks, table, day.offsetOf, day.end_ms, day.stampOf)
  console.log(`${kind} fleet, seed ${seed}\n${tableOf(report)}\n${clockTableOf(clocks)}`)
  if (kind === 'simulated') {
    const sums = sumUp(clocks)
    expect(sums.wronged, 'good clocks accused').toBe(0)
    // 95 of 100 hosts is the bar, and a fleet here has about twenty: one of them is within it.
    expect(sums.hosts - sums.inside, 'intervals that do not hold the truth').toBeLessThanOrEqual(1)
    // Seven to fifteen values, of tokens first used 30 to 400 ms after their issue: that delay is a bias one way. Seven fleets of eight are within 0.12 s, one is at 0.16.
    expect(sums.error_p50_s, 'median error of the offsets').toBeLessThanOrEqual(0.2)
    expect(sums.error_p95_s, '95th percentile of the errors').toBeLessThanOrEqual(0.5)
  }
  const { truth, missed, cause } = report.total
  // What holds on every seed so far; the bar is 0.98 for causes, 0.9 for subcauses and 1 % for counts (see README.md for what is missing). The
  // "other" fleet of the default seed is at 1.13 with 20,000 requests: one host's refusals and its gateway's lines are told apart.
  expect(missed / truth, 'share of failed requests nobody was told of').toBeLessThanOrEqual(0.04)
  expect(report.invented / truth, 'share of incidents without a failed request').toBeLessThanOrEqual(0.02)
  expect(cause / truth, 'share of true causes').toBeGreaterThanOrEqual(0.9)
  expect(report.total.incidents / truth, 'incidents per failed request').toBeLessThanOrEqual(1.15)
})
