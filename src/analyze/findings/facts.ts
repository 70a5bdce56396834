/**
 * What findings are made from: counts by cause and place, the clocks, unknown messages, and a few incidents of each
 * suspicious group. Loaded by the app; everything in this folder is pure.
 * Invariant: counts are of the whole period; samples are the newest incidents of their group, and say how many there are.
 */
import type { Cause, Subcause } from '../../core/cause.ts'
import type { TimeRange } from '../../core/filter.ts'
import type { Severity } from '../../core/finding.ts'
import type { ClockTable } from '../../core/host-clock.ts'
import type { Incident } from '../../core/incident.ts'
import type { GroupCount, UnrecognisedGroup } from '../../core/ports/store.ts'

export interface FindingFacts {
  range: TimeRange
  /** End of what is known: what lasts until shortly before it goes on; ms. */
  now_ms: number
  failures: readonly GroupCount[]
  successes: readonly GroupCount[]
  clocks: ClockTable
  unrecognised: readonly UnrecognisedGroup[]
  /** Of the period of the same length before this one; empty where nothing was collected then. */
  before: readonly Pick<GroupCount, 'outcome' | 'cause' | 'count'>[]
  /** By `sampleKey`; the newest first. */
  samples: ReadonlyMap<string, readonly Incident[]>
}

export const PLACES = ['host', 'service', 'client_id', 'issuer', 'system'] as const
export type Place = (typeof PLACES)[number]

/** Groups that share some places, added up. */
export interface Gathered {
  /** The shared places; empty text: the records did not say. */
  at: Partial<Record<Place, string>>
  count: number
  from_ms: number
  to_ms: number
  /** Values of the other places with their counts, most frequent first; without those not said. */
  others: Readonly<Record<Place, readonly (readonly [value: string, count: number])[]>>
  /** Subcauses with their counts, most frequent first. */
  subcauses: readonly (readonly [Subcause, number])[]
}

/** Adds up the groups that pass, by the places named; most frequent first. */
export function gather(
  groups: readonly GroupCount[],
  passes: (group: GroupCount) => boolean,
  by: readonly Place[],
): Gathered[] {
  interface Draft {
    at: Partial<Record<Place, string>>
    count: number
    from_ms: number
    to_ms: number
    others: Record<Place, Map<string, number>>
    subcauses: Map<Subcause, number>
  }
  const drafts = new Map<string, Draft>()
  for (const group of groups) {
    if (!passes(group)) continue
    const key = by.map((place) => group[place]).join('\u0000')
    let draft = drafts.get(key)
    if (draft === undefined) {
      draft = {
        at: Object.fromEntries(by.map((place) => [place, group[place]])),
        count: 0,
        from_ms: Infinity,
        to_ms: -Infinity,
        others: { host: new Map(), service: new Map(), client_id: new Map(), issuer: new Map(), system: new Map() },
        subcauses: new Map(),
      }
      drafts.set(key, draft)
    }
    draft.count += group.count
    draft.from_ms = Math.min(draft.from_ms, group.from_ms)
    draft.to_ms = Math.max(draft.to_ms, group.to_ms)
    for (const place of PLACES) if (group[place] !== '') add(draft.others[place], group[place], group.count)
    if (group.subcause !== null) add(draft.subcauses, group.subcause, group.count)
  }
  return [...drafts.values()]
    .map((d) => ({
      ...d,
      others: {
        host: ranked(d.others.host),
        service: ranked(d.others.service),
        client_id: ranked(d.others.client_id),
        issuer: ranked(d.others.issuer),
        system: ranked(d.others.system),
      },
      subcauses: ranked(d.subcauses),
    }))
    .sort((a, b) => b.count - a.count)
}

function add<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by)
}

function ranked<K>(counts: ReadonlyMap<K, number>): (readonly [K, number])[] {
  return [...counts].sort((a, b) => b[1] - a[1])
}

/** Names a sample: incidents of a cause and maybe subcause at one place. */
export interface SampleWish {
  cause: Cause
  subcause?: Subcause
  place: Place
  value: string
}

export function sampleKey({ cause, subcause, place, value }: SampleWish): string {
  return `${cause}/${subcause ?? ''} ${place} ${value}`
}

export function sampleOf(facts: FindingFacts, wish: SampleWish): readonly Incident[] {
  return facts.samples.get(sampleKey(wish)) ?? []
}

/** So many failures somebody must look at now; fewer, if they are this share of the requests there. */
const MANY = 10
const FEW = 3
const LARGE_SHARE = 0.2

/** How urgent failures are: by whether they go on and by their weight, never by their kind alone. `all`: requests at the same place. */
export function severityOf(facts: FindingFacts, failed: { count: number; to_ms: number }, all = Infinity): Severity {
  const many = failed.count >= MANY || (failed.count >= FEW && failed.count >= all * LARGE_SHARE)
  if (!many) return failed.count >= FEW ? 'warning' : 'info'
  return goesOn(facts, failed.to_ms) ? 'critical' : 'warning'
}

/** Requests that a host, service or client made or saw in the period. */
export function requestsAt(facts: FindingFacts, place: Place, value: string): number {
  const at = (groups: readonly GroupCount[]) => groups.reduce((sum, g) => (g[place] === value ? sum + g.count : sum), 0)
  return at(facts.failures) + at(facts.successes)
}

/** Rollups know the minute at best; what failed within this before the end still goes on; ms. */
const ONGOING_MS = 15 * 60_000

export function goesOn(facts: FindingFacts, to_ms: number): boolean {
  return facts.now_ms - to_ms <= ONGOING_MS
}
