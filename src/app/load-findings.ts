/**
 * Reads what findings need from a store and has them found. Cost follows the number of different causes and places, not
 * that of incidents: counts come from rollups, and of each suspicious group only the newest incidents are looked at.
 */
import { clocksOfPeriod } from '../analyze/clock/clocks-of-period.ts'
import { advice } from '../analyze/findings/advice.ts'
import { refusedClients } from '../analyze/findings/credential-findings.ts'
import {
  type FindingFacts,
  gather,
  onsetKey,
  type Place,
  type SampleWish,
  sampleKey,
} from '../analyze/findings/facts.ts'
import { findings } from '../analyze/findings/find.ts'
import { type Onset, onsetOf } from '../analyze/findings/onset.ts'
import type { Cause, Subcause } from '../core/cause.ts'
import { type Filter, NO_FILTER, type TimeRange } from '../core/filter.ts'
import type { Advice, Finding } from '../core/finding.ts'
import type { ClockTable } from '../core/host-clock.ts'
import type { Incident } from '../core/incident.ts'
import type { GroupCount, StoreReader } from '../core/ports/store.ts'
import { loadClocks } from './load-clocks.ts'

/** Different causes and places read, successes and failures each; the rest are single failures. */
const GROUPS_READ = 20_000
/** Newest incidents looked at per suspicious group: medians and shares of more are hardly other ones. Count. */
const SAMPLE = 200
/** …and where only what a record said is quoted. Count. */
const QUOTED = 20
/** Suspicious groups looked at per question, the largest; count. */
const SAMPLED_GROUPS = 6
/** A period that ends this much before the newest record is past, and so are its clocks; ms. */
const PRESENT_MS = 30 * 60_000
/** Readings of clocks this old still speak of the end of a period: one that stands still is noted by the hour; ms. */
const READINGS_MS = 6 * 3_600_000
/** A host's work before the first refusal and after the last that is compared with them; ms. */
const BEFORE_MS = 3_600_000
/** Clients that cannot authenticate whose history is read, those with most refusals; count. */
const REFUSED_CLIENTS = 20
/** A secret that worked this long before the period was right; ms. */
const WORKED_BEFORE_MS = 24 * 3_600_000
/** Shapes of unknown messages read. */
const TEMPLATES_READ = 200

/** What is worth a look at single incidents. */
const LOOKED_AT: readonly { cause: Cause; subcause?: Subcause; place: Place; sample?: number }[] = [
  { cause: 'skew', place: 'host' },
  { cause: 'expiry', subcause: 'access_token', place: 'client_id' },
  { cause: 'expiry', subcause: 'access_token', place: 'issuer' },
  { cause: 'misconfiguration', subcause: 'stale_jwks', place: 'host' },
  { cause: 'misconfiguration', subcause: 'audience_mismatch', place: 'service', sample: QUOTED },
  { cause: 'misconfiguration', subcause: 'issuer_mismatch', place: 'service', sample: QUOTED },
  { cause: 'misconfiguration', place: 'client_id', sample: QUOTED },
  { cause: 'malformed', place: 'service' },
  { cause: 'revocation', subcause: 'refresh_reused', place: 'client_id' },
  { cause: 'revocation', subcause: 'token_revoked', place: 'client_id' },
  { cause: 'misuse', subcause: 'code_replayed', place: 'client_id' },
]

export interface Found {
  findings: Finding[]
  /** Best first. */
  advice: Advice[]
}

/**
 * @param range the period looked at, writer's clock
 * @param now_ms what goes on until shortly before it counts as going on; ms
 */
export async function loadFindings(reader: StoreReader, range: TimeRange, now_ms: number): Promise<Found> {
  const { groups } = await reader.groups(range, NO_FILTER, GROUPS_READ)
  const failures = groups.filter((g) => g.outcome === 'failure')
  const facts: FindingFacts = {
    range,
    now_ms,
    failures,
    successes: groups.filter((g) => g.outcome === 'success'),
    before: await before(reader, range),
    clocks: await clocksOf(reader, range, now_ms),
    unrecognised: await reader.unrecognised(TEMPLATES_READ),
    onsets: await onsetsOf(reader, failures, range),
    clients: await clientsOf(reader, failures, range),
    samples: await samplesOf(reader, failures, range),
  }
  return { findings: findings(facts), advice: advice(facts) }
}

async function before(reader: StoreReader, { from_ms, to_ms }: TimeRange): Promise<FindingFacts['before']> {
  const range = { from_ms: 2 * from_ms - to_ms, to_ms: from_ms }
  const successes = (await reader.kinds(range, NO_FILTER)).filter(({ outcome }) => outcome === 'success')
  const failures = await reader.causes(range, NO_FILTER)
  return [
    ...successes.map(({ outcome, count }) => ({ outcome, cause: null, count })),
    ...failures.map(({ cause, count }) => ({ outcome: 'failure' as const, cause, count })),
  ]
}

/** The present clocks, or those of a past period. */
async function clocksOf(reader: StoreReader, range: TimeRange, now_ms: number): Promise<ClockTable> {
  const table = await loadClocks(reader, now_ms)
  const extent = await reader.extent()
  if (extent === null || extent.to_ms - range.to_ms <= PRESENT_MS) return table
  const readings = await reader.clockReadings({ from_ms: range.to_ms - READINGS_MS, to_ms: range.to_ms })
  return clocksOfPeriod(table, readings, range)
}

/** Reasons that a deploy brings. */
const DEPLOYED: readonly Subcause[] = ['audience_mismatch', 'issuer_mismatch']
/** Hosts looked at per reason, those with most refusals; count. */
const ONSET_HOSTS = 20
/** Steps of a range: minutes of hours, hours of weeks; ms. */
const MINUTE_MS = 60_000
const STEPS = 720
const STEP_WIDTHS_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS]

async function onsetsOf(
  reader: StoreReader,
  failures: readonly GroupCount[],
  range: TimeRange,
): Promise<FindingFacts['onsets']> {
  const onsets = new Map<string, Onset>()
  for (const subcause of DEPLOYED) {
    const places = gather(failures, (g) => g.subcause === subcause, ['host']).slice(0, ONSET_HOSTS)
    if (places.length === 0) continue
    const host = places.map(({ at }) => at.host!)
    // Just before and after is what there is to compare with; a finer grid for a shorter time says more.
    const from_ms = Math.max(range.from_ms, Math.min(...places.map((g) => g.from_ms)) - BEFORE_MS)
    const to_ms = Math.min(range.to_ms, Math.max(...places.map((g) => g.to_ms)) + BEFORE_MS)
    const span = { from_ms, to_ms }
    const step_ms = STEP_WIDTHS_MS.find((width) => (to_ms - from_ms) / width <= STEPS) ?? STEP_WIDTHS_MS.at(-1)!
    const asked = (include: Filter['include']) =>
      reader.dimensionSeries('host', span, step_ms, { include: { ...include, host }, exclude: {} })
    const refused = Map.groupBy(await asked({ subcause: [subcause] }), ({ value }) => value)
    const all = Map.groupBy(await asked({ kind: ['validation'] }), ({ value }) => value)
    for (const [value, points] of all) {
      const own = new Map(refused.get(value)?.map(({ start_ms, failures: n }) => [start_ms, n]))
      const steps = points.map(({ start_ms, successes, failures: failed }) => {
        const n = own.get(start_ms) ?? 0
        return { start_ms, refused: n, all: Math.max(n, successes + failed) }
      })
      const onset = onsetOf(steps, step_ms)
      if (onset !== null) onsets.set(onsetKey(subcause, value), onset)
    }
  }
  return onsets
}

/** When clients that cannot authenticate could, and since when they cannot. */
async function clientsOf(
  reader: StoreReader,
  failures: readonly GroupCount[],
  { from_ms, to_ms }: TimeRange,
): Promise<FindingFacts['clients']> {
  const names = refusedClients(failures)
    .slice(0, REFUSED_CLIENTS)
    .map(({ at }) => at.client_id!)
  const known = await reader.history(
    names.map((key) => ({ party: 'client', key, from_ms: from_ms - WORKED_BEFORE_MS, to_ms })),
  )
  return new Map(names.map((name, i) => [name, known[i]!]))
}

async function samplesOf(
  reader: StoreReader,
  failures: readonly GroupCount[],
  range: TimeRange,
): Promise<Map<string, Incident[]>> {
  const wishes = LOOKED_AT.flatMap(({ cause, subcause, place, sample = SAMPLE }) => {
    const passes = (g: GroupCount) => g.cause === cause && (subcause ?? g.subcause) === g.subcause
    return gather(failures, passes, [place])
      .slice(0, SAMPLED_GROUPS)
      .map(({ at }) => {
        const only = subcause === undefined ? {} : { subcause }
        return { wish: { cause, ...only, place, value: at[place]! } satisfies SampleWish, limit: sample }
      })
  })
  const found = await reader.newestOf(
    range,
    wishes.map(({ wish: { cause, subcause, place, value }, limit }) => {
      const include = { cause: [cause], ...(subcause === undefined ? {} : { subcause: [subcause] }), [place]: [value] }
      return { filter: { include, exclude: {} }, limit }
    }),
  )
  // The key of a sample without a subcause differs from those with one.
  return new Map(wishes.map(({ wish }, i) => [sampleKey(wish), found[i]!]))
}
