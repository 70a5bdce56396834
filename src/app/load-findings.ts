/**
 * Reads what findings need from a store and has them found. Cost follows the number of different causes and places, not
 * that of incidents: counts come from rollups, and of each suspicious group only the newest incidents are looked at.
 */
import { advice } from '../analyze/findings/advice.ts'
import { type FindingFacts, gather, type Place, type SampleWish, sampleKey } from '../analyze/findings/facts.ts'
import { findings } from '../analyze/findings/find.ts'
import type { Cause, Subcause } from '../core/cause.ts'
import { NO_FILTER, type TimeRange } from '../core/filter.ts'
import type { Advice, Finding } from '../core/finding.ts'
import type { Incident } from '../core/incident.ts'
import type { GroupCount, StoreReader } from '../core/ports/store.ts'
import { loadClocks } from './load-clocks.ts'

/** Different causes and places read, successes and failures each; the rest are single failures. */
const GROUPS_READ = 20_000
/** Newest incidents looked at per suspicious group, and such groups per question: some 4,000 incidents, 100 ms in all. */
const SAMPLE = 200
const SAMPLED_GROUPS = 6
/** Shapes of unknown messages read. */
const TEMPLATES_READ = 200

/** What is worth a look at single incidents. */
const LOOKED_AT: readonly { cause: Cause; subcause?: Subcause; place: Place }[] = [
  { cause: 'skew', place: 'host' },
  { cause: 'expiry', subcause: 'access_token', place: 'client_id' },
  { cause: 'misconfiguration', subcause: 'stale_jwks', place: 'host' },
  { cause: 'misconfiguration', subcause: 'audience_mismatch', place: 'service' },
  { cause: 'misconfiguration', subcause: 'issuer_mismatch', place: 'service' },
  { cause: 'misconfiguration', place: 'client_id' },
  { cause: 'malformed', place: 'service' },
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
    failures: await withMinutes(reader, failures, range),
    successes: groups.filter((g) => g.outcome === 'success'),
    clocks: await loadClocks(reader, now_ms),
    unrecognised: await reader.unrecognised(TEMPLATES_READ),
    samples: await samplesOf(reader, failures, range),
  }
  return { findings: findings(facts), advice: advice(facts) }
}

async function samplesOf(
  reader: StoreReader,
  failures: readonly GroupCount[],
  range: TimeRange,
): Promise<Map<string, Incident[]>> {
  const samples = new Map<string, Incident[]>()
  for (const { cause, subcause, place } of LOOKED_AT) {
    const largest = gather(failures, (g) => g.cause === cause && (subcause ?? g.subcause) === g.subcause, [place])
    for (const { at } of largest.slice(0, SAMPLED_GROUPS)) {
      const wish: SampleWish = { cause, ...(subcause === undefined ? {} : { subcause }), place, value: at[place]! }
      const include = {
        cause: [cause],
        ...(subcause === undefined ? {} : { subcause: [subcause] }),
        [place]: [wish.value],
      }
      const query = { range, filter: { include, exclude: {} }, limit: SAMPLE }
      // The key of a sample without a subcause differs from those with one.
      samples.set(sampleKey(wish), await reader.incidents(query))
    }
  }
  return samples
}

const HOUR_MS = 3_600_000
/** Groups whose first and last minute are looked up where the rollups gave an hour or a day: the largest. */
const REFINED = 40

/** Rollups of whole hours and days say only which; the minute is looked up for what will be told. */
async function withMinutes(
  reader: StoreReader,
  failures: readonly GroupCount[],
  range: TimeRange,
): Promise<GroupCount[]> {
  const refined: GroupCount[] = []
  for (const [i, group] of failures.entries()) {
    if (i >= REFINED || group.to_ms - group.from_ms < HOUR_MS) {
      refined.push(group)
      continue
    }
    refined.push({
      ...group,
      from_ms: await edge(reader, group, range, 'first'),
      to_ms: await edge(reader, group, range, 'last'),
    })
  }
  return refined
}

const DAY_MS = 86_400_000

/** From the day to the hour to the minute. */
async function edge(
  reader: StoreReader,
  group: GroupCount,
  range: TimeRange,
  which: 'first' | 'last',
): Promise<number> {
  const filter = {
    include: {
      kind: [group.kind],
      cause: [group.cause!],
      subcause: [group.subcause!],
      host: [group.host],
      service: [group.service],
      client_id: [group.client_id],
      issuer: [group.issuer],
      system: [group.system],
    },
    exclude: {},
  }
  let at_ms = which === 'first' ? group.from_ms : group.to_ms
  for (const [length, step_ms] of [
    [DAY_MS, HOUR_MS],
    [HOUR_MS, 60_000],
  ] as const) {
    const from_ms = which === 'first' ? Math.max(at_ms, range.from_ms) : Math.max(at_ms - length, range.from_ms)
    const to_ms = which === 'first' ? Math.min(at_ms + length, range.to_ms) : Math.min(at_ms, range.to_ms)
    const points = from_ms < to_ms ? await reader.series({ from_ms, to_ms }, step_ms, 'cause', filter) : []
    const point = which === 'first' ? points[0] : points.at(-1)
    if (point === undefined) break
    at_ms = which === 'first' ? point.start_ms : point.start_ms + step_ms
  }
  return at_ms
}
