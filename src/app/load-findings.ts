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
    failures,
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
