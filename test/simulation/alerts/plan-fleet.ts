/** What happens to a simulated fleet: who is there, which clocks go wrong when (the truth), and what only looks like it (decoys). */
import { createRandom, type Random } from '../clock/random.ts'

/** A Monday, true time, ms. */
export const START_MS = Date.UTC(2026, 9, 5)
export const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

export interface Incident {
  name: string
  /** Hosts affected; empty where the issuer's clock moved. */
  hosts: readonly string[]
  issuer: string | null
  from_ms: number
  to_ms: number
  /** Positive = that clock is ahead, ms. */
  offset_ms: number
}

export const DECOY_KINDS = [
  'retry_storm',
  'refresh_bug',
  'delayed_nbf',
  'queue_backlog',
  'shipping_backlog',
  'traffic_surge',
  'audience_burst',
  'zone_shift',
  'collector_step',
  'short_lifetime',
  'foreign_iat',
  'steady_lag',
] as const
export type DecoyKind = (typeof DECOY_KINDS)[number]

export interface Decoy {
  kind: DecoyKind
  /** Host or issuer it happens to; all where null. */
  host: string | null
  issuer: string | null
  from_ms: number
  to_ms: number
  /** ms, or a factor, by kind. */
  size: number
}

export interface HostPlan {
  name: string
  issuer: string
  /** Requests a minute at the busiest time. */
  per_minute: number
  clients: number
  /** Whose instants the log shows. */
  shows: 'all' | 'failures' | 'none'
  resolution_ms: 1 | 1000
  leeway_ms: number
  floor_ms: number
  /** Records leave in batches of this long, ms; 0 = at once. */
  batch_ms: number
  /** Share of clients that use a token until it is refused. */
  reactive: number
}

export interface IssuerPlan {
  name: string
  host: string
  lifetime_ms: number
  /** Whether its own log is collected. */
  logged: boolean
}

export interface FleetPlan {
  seed: number
  days: number
  hosts: HostPlan[]
  issuers: IssuerPlan[]
  incidents: Incident[]
  decoys: Decoy[]
}

export interface Size {
  seed: number
  hosts: number
  days: number
  hard: boolean
  /** Clocks that go wrong, per host and month. */
  incidents?: number
}

export function planFleet({ seed, hosts: count, days, hard, incidents: often = 3 }: Size): FleetPlan {
  const random = createRandom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next() * from.length)]!
  const issuers: IssuerPlan[] = [0, 1, 2].map((i) => ({
    name: `https://id-${i}.example`,
    host: `id-${i}`,
    lifetime_ms: pick([300, 900, 3600]) * 1000,
    logged: i < 2,
  }))
  const hosts: HostPlan[] = Array.from({ length: count }, (_, i) => ({
    name: `api-${i}`,
    issuer: pick(issuers).name,
    per_minute: Math.exp(random.between(Math.log(1), Math.log(8))),
    clients: 4 + Math.floor(random.next() * 30),
    shows: pick(['all', 'all', 'failures', 'failures', 'failures', 'none'] as const),
    resolution_ms: pick([1, 1000, 1000] as const),
    leeway_ms: pick([0, 0, 0, 2000, 5000, 30_000]),
    floor_ms: random.between(20, 600),
    batch_ms: pick([0, 0, 1000, 5000]),
    reactive: pick([0.05, 0.15, 0.4]),
  }))
  const end = START_MS + days * DAY_MS
  const some = (per_host_month: number) => Math.max(1, Math.round((per_host_month * count * days) / 30))
  const when = () => random.between(START_MS + DAY_MS / 4, end - 4 * HOUR_MS)
  const incidents: Incident[] = []
  // Clocks go wrong one after another per host: overlapping faults of one host have no truth to score against.
  const busy = new Map<string, [number, number][]>()
  for (let i = 0; i < some(often); i++) {
    const from_ms = when()
    const to_ms = from_ms + random.between(10, 150) * MINUTE_MS
    const size = Math.exp(random.between(Math.log(2_000), Math.log(600_000)))
    const offset_ms = random.chance(0.5) ? size : -size
    const issuer = random.chance(0.08) ? pick(issuers) : null
    const share = random.chance(0.25) ? random.between(0.01, 0.3) : 0
    const affected =
      issuer !== null
        ? hosts.filter((h) => h.issuer === issuer.name).map((h) => h.name)
        : share > 0
          ? hosts.slice(0, Math.max(1, Math.round(share * count))).map((_, k) => hosts[(i + k * 3) % count]!.name)
          : [pick(hosts).name]
    const free = affected.every((h) =>
      (busy.get(h) ?? []).every(([a, b]) => to_ms + 2 * HOUR_MS < a || from_ms - 2 * HOUR_MS > b),
    )
    // An issuer that falls behind without its own log cannot be told from old tokens by anybody.
    if (!free || affected.length === 0 || (issuer !== null && offset_ms < 0 && !issuer.logged)) continue
    for (const h of affected) busy.set(h, [...(busy.get(h) ?? []), [from_ms, to_ms]])
    incidents.push({
      name: `${incidents.length}`,
      hosts: issuer === null ? [...new Set(affected)] : [],
      issuer: issuer?.name ?? null,
      from_ms,
      to_ms,
      offset_ms,
    })
  }
  return { seed, days, hosts, issuers, incidents, decoys: decoysOf(random, hosts, issuers, some, when, hard) }
}

function decoysOf(
  random: Random,
  hosts: HostPlan[],
  issuers: IssuerPlan[],
  some: (n: number) => number,
  when: () => number,
  hard: boolean,
): Decoy[] {
  const decoys: Decoy[] = []
  for (const kind of DECOY_KINDS) {
    const fleetwide = kind === 'collector_step'
    if (kind === 'steady_lag' && !hard) continue
    const n = Math.max(1, Math.round(some(hard ? 2 : 1) / (fleetwide ? 8 : 1)))
    for (let i = 0; i < n; i++) {
      const from_ms = when()
      const host = hosts[Math.floor(random.next() * hosts.length)]!
      const ofIssuer = kind === 'delayed_nbf' || kind === 'short_lifetime' || kind === 'foreign_iat'
      const size = {
        retry_storm: random.between(5, 40),
        refresh_bug: 1,
        delayed_nbf: random.between(2_000, 10_000),
        queue_backlog: random.between(10_000, 90_000),
        shipping_backlog: random.between(20_000, 600_000),
        traffic_surge: random.between(3, 8),
        audience_burst: 1,
        zone_shift: (random.chance(0.5) ? 1 : -1) * 3_600_000 * Math.ceil(random.next() * 5),
        collector_step: (random.chance(0.5) ? 1 : -1) * random.between(1_000, 60_000),
        short_lifetime: 30_000,
        foreign_iat: random.between(3_600_000, 9 * 3_600_000),
        steady_lag: random.between(3_000, 60_000),
      }[kind]
      decoys.push({
        kind,
        host: fleetwide || ofIssuer ? null : host.name,
        issuer: ofIssuer ? issuers[i % issuers.length]!.name : null,
        from_ms,
        to_ms: from_ms + random.between(15, hard ? 180 : 90) * MINUTE_MS,
        size,
      })
    }
  }
  return decoys
}
