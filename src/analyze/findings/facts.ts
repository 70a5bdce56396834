/**
 * What findings are made from: counts by cause and place, the clocks, unknown messages, and a few incidents of each
 * suspicious group. Loaded by the app; everything in this folder is pure.
 * Invariant: counts are of the whole period; samples are the newest incidents of their group, and say how many there are.
 */
import type { Cause, Subcause } from '../../core/cause.ts'
import type { TimeRange } from '../../core/filter.ts'
import type { Severity } from '../../core/finding.ts'
import type { HistoryFact } from '../../core/history.ts'
import type { ClockTable } from '../../core/host-clock.ts'
import type { Incident } from '../../core/incident.ts'
import type { GroupCount, UnrecognisedGroup } from '../../core/ports/store.ts'
import type { Onset } from './onset.ts'

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
  /** By `onsetKey`: hosts that began to refuse for a reason that a deploy brings. */
  onsets: ReadonlyMap<string, Onset>
  /** What is remembered of clients that could not authenticate, by client. */
  clients: ReadonlyMap<string, readonly HistoryFact[]>
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
  const sums = new Map<string, Sum>()
  for (const group of groups) {
    if (!passes(group)) continue
    const key = by.length === 1 ? group[by[0]!] : by.map((place) => group[place]).join('\u0000')
    let sum = sums.get(key)
    if (sum === undefined) {
      sum = new Sum(Object.fromEntries(by.map((place) => [place, group[place]])))
      sums.set(key, sum)
    }
    sum.add(group)
  }
  return [...sums.values()].sort((a, b) => b.count - a.count)
}

/** Of many only the largest are told in full, so what they consist of is counted when it is asked for. */
class Sum implements Gathered {
  readonly at: Gathered['at']
  count = 0
  from_ms = Infinity
  to_ms = -Infinity
  readonly #groups: GroupCount[] = []
  #others: Gathered['others'] | null = null
  #subcauses: Gathered['subcauses'] | null = null

  constructor(at: Gathered['at']) {
    this.at = at
  }

  add(group: GroupCount): void {
    this.count += group.count
    this.from_ms = Math.min(this.from_ms, group.from_ms)
    this.to_ms = Math.max(this.to_ms, group.to_ms)
    this.#groups.push(group)
  }

  get others(): Gathered['others'] {
    this.#others ??= {
      host: this.#ranked((group) => group.host || null),
      service: this.#ranked((group) => group.service || null),
      client_id: this.#ranked((group) => group.client_id || null),
      issuer: this.#ranked((group) => group.issuer || null),
      system: this.#ranked((group) => group.system || null),
    }
    return this.#others
  }

  get subcauses(): Gathered['subcauses'] {
    this.#subcauses ??= this.#ranked(({ subcause }) => subcause)
    return this.#subcauses
  }

  #ranked<K>(value: (group: GroupCount) => K | null): (readonly [K, number])[] {
    const counts = new Map<K, number>()
    for (const group of this.#groups) {
      const key = value(group)
      if (key !== null) counts.set(key, (counts.get(key) ?? 0) + group.count)
    }
    return [...counts].sort((a, b) => b[1] - a[1])
  }
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

/** Of one reason at one host. */
export function onsetKey(subcause: Subcause, host: string): string {
  return `${subcause} ${host}`
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
