/**
 * A simulated fleet with known clocks: issuers mint tokens, clients use them on hosts whose clocks are off, drift and step;
 * hosts log with their resolution; gateways see the same requests; a collector receives the lines. Yields the samples that
 * a collector would make of the logs, in order of true time, and the truth. Decoys are things that look like skew and are not.
 */
import type { ClockSample, TokenDecision } from '../../../src/core/clock-sample.ts'
import { createRandom, type Random } from './random.ts'

/** True time at which every simulated day begins, ms. */
export const START_MS = Date.UTC(2026, 10, 16, 8)

export interface ClockPlan {
  /** Ahead of true time at the start, ms. */
  offset_ms?: number
  drift_ppm?: number
  /** Minutes after the start, and how far the clock is set, ms. */
  steps?: readonly { minute: number; by_ms: number }[]
  /** Runs faster or slower for some minutes: a time daemon that steers it back. */
  slews?: readonly { minute: number; minutes: number; ppm: number }[]
}

export type Decoy =
  /** One stale token is retried 400 times from the middle on. */
  | 'retry_storm'
  /** From the middle on clients hold tokens for long before their first use: no token is fresh any more. */
  | 'refresh_bug'
  /** Requests wait in a queue, up to 90 s in the middle of the run. */
  | 'queue_backlog'
  /** Records reach the collector up to 10 min late in the middle of the run. */
  | 'shipping_backlog'
  /** One token in a hundred claims an iat hours in the future. */
  | 'foreign_iat'

export interface HostPlan extends ClockPlan {
  name: string
  issuer?: string
  events: number
  /** Share of uses that follow right on the issuance. */
  fresh: number
  /** independent: each other use has any age; reuse: clients keep a token and use it again and again. */
  /** returning: jobs that come back at fixed times with the token of the time before, which has long run out, and fetch a new one when it is refused. */
  traffic?: 'independent' | 'reuse' | 'returning'
  log_resolution_ms?: 1 | 1000
  /** Every delay is this and an exponential part, ms. */
  delay_base_ms?: number
  delay_mean_ms?: number
  /** The stamps are in local time, read as UTC. */
  zone_ms?: number
  /** Local time without its zone where summer time begins or ends: the stamps jump by this then. */
  zone_jump?: { minute: number; by_ms: number }
  /** Requests come with the full second, as cron sends them. */
  on_the_second?: boolean
  /** Lines are stamped when they are written out, every so many ms. */
  flush_ms?: number
  leeway_ms?: number
  /** Whose tokens show their instants in the log. */
  shows?: 'all' | 'failures' | 'none'
  /** refusals: what is accepted leaves no line at all. */
  logs?: 'all' | 'refusals'
  /** Records do not say whose the token is. */
  unnamed?: boolean
  decoys?: readonly Decoy[]
  /** This share of requests is logged by the gateway too, with start and end. */
  gateway?: {
    name: string
    share: number
    /** On the way there and back, ms, instead of some milliseconds. */
    request_ms?: number
    response_ms?: number
    /** It logs the claims of the tokens that it passes on. */
    shows_iat?: boolean
  }
  /** Records are received live: least delay, and mean of the rest, ms. */
  shipping?: { floor_ms: number; mean_ms: number }
}

export interface IssuerPlan extends ClockPlan {
  name: string
  lifetime_ms?: number
  /** nbf − iat, ms. */
  nbf_delay_ms?: number
  iat_resolution_ms?: 1 | 1000
  /** Writes its instants in milliseconds, where seconds are meant. */
  in_milliseconds?: boolean
  /** The issuer's own log shows its issuances. */
  log_host?: string
  /** iat is set back by this, ms. */
  backdate_ms?: number
}

export interface FleetPlan {
  seed: number
  minutes: number
  issuers: readonly IssuerPlan[]
  hosts: readonly HostPlan[]
  gateways?: readonly (ClockPlan & { name: string; log_resolution_ms?: 1 | 1000 })[]
  collector?: ClockPlan
}

export interface Fleet {
  samples: ClockSample[]
  /** Clock minus true time at a true time, ms. */
  clock(name: string, true_ms: number): number
  end_ms: number
}

const DEFAULT_LIFETIME_MS = 300_000
/** Tokens are used until this share of their lifetime: some are found expired, as in life. */
const OVERSTAY = 1.08

export function simulateFleet(plan: FleetPlan): Fleet {
  const random = createRandom(plan.seed)
  const clocks = new Map<string, ClockPlan>([
    ...plan.issuers.map((i): [string, ClockPlan] => [i.name, i]),
    ...plan.issuers.flatMap((i): [string, ClockPlan][] => (i.log_host === undefined ? [] : [[i.log_host, i]])),
    ...plan.hosts.map((h): [string, ClockPlan] => [h.name, h]),
    ...(plan.gateways ?? []).map((g): [string, ClockPlan] => [g.name, g]),
    ['collector', plan.collector ?? {}],
  ])
  const clock = (name: string, true_ms: number) => reading(clocks.get(name) ?? {}, true_ms)
  const timed: { at: number; sample: ClockSample }[] = []
  for (const host of plan.hosts) {
    const issuer = plan.issuers.find((i) => i.name === host.issuer) ?? plan.issuers[0]!
    for (const use of usesOf(host, issuer, plan.minutes, random)) emit(use, host, issuer, plan, clock, random, timed)
  }
  timed.sort((a, b) => a.at - b.at)
  return { samples: timed.map((t) => t.sample), clock, end_ms: START_MS + plan.minutes * 60_000 }
}

function reading(plan: ClockPlan, true_ms: number): number {
  let offset = (plan.offset_ms ?? 0) + ((plan.drift_ppm ?? 0) * (true_ms - START_MS)) / 1e6
  for (const step of plan.steps ?? []) if (true_ms >= START_MS + step.minute * 60_000) offset += step.by_ms
  for (const { minute, minutes, ppm } of plan.slews ?? [])
    offset += (ppm * Math.min(Math.max(true_ms - START_MS - minute * 60_000, 0), minutes * 60_000)) / 1e6
  return offset
}

interface Use {
  issued: number
  used: number
  token: string
}

function usesOf(host: HostPlan, issuer: IssuerPlan, minutes: number, random: Random): Use[] {
  const length = minutes * 60_000
  const lifetime = issuer.lifetime_ms ?? DEFAULT_LIFETIME_MS
  const delay = () => (host.delay_base_ms ?? 10) + random.exponential(host.delay_mean_ms ?? 40)
  const uses: Use[] = []
  let serial = 0
  if (host.traffic === 'reuse') {
    // A client mints a token, uses it at once, and then now and then until it fetches the next.
    const perToken = Math.max(1, Math.round(1 / Math.max(host.fresh, 0.01)))
    const tokens = Math.ceil(host.events / perToken)
    for (let i = 0; i < tokens; i++) {
      const issued = START_MS + random.next() * length
      const token = `${host.name}#${serial++}`
      uses.push({ issued, used: issued + delay(), token })
      for (let k = 1; k < perToken; k++)
        uses.push({ issued, used: issued + random.next() * lifetime * OVERSTAY, token })
    }
  } else if (host.traffic === 'returning') {
    // Every round: the old token is refused, a new one fetched and used at once.
    const jobs = 4
    const rounds = Math.floor(host.events / jobs / 2)
    for (let job = 0; job < jobs; job++) {
      let old: { issued: number; token: string } | null = null
      const phase = random.next()
      for (let round = 0; round < rounds; round++) {
        const at = START_MS + ((round + phase) / rounds) * length
        if (old !== null) uses.push({ ...old, used: at })
        const fresh = { issued: at + 5 + random.exponential(20), token: `${host.name}#${serial++}` }
        uses.push({ ...fresh, used: fresh.issued + delay() })
        old = fresh
      }
    }
  } else
    for (let i = 0; i < host.events; i++) {
      const at = START_MS + random.next() * length
      const age = random.chance(host.fresh) ? delay() : random.next() * lifetime * OVERSTAY
      // Locked to the second is what the client does first: fetch a token, or use the one it has.
      const second = Math.round(at / 1000) * 1000
      const used = !host.on_the_second ? at : second + (age < 1000 ? age : delay())
      uses.push({ issued: used - age, used, token: `${host.name}#${serial++}` })
    }
  const middle = START_MS + length / 2
  for (const decoy of host.decoys ?? []) {
    if (decoy === 'retry_storm')
      for (let i = 0; i < 400; i++)
        uses.push({ issued: middle - lifetime, used: middle + i * 500, token: `${host.name}#stale` })
    if (decoy === 'refresh_bug')
      for (const use of uses) if (use.used > middle) use.issued = use.used - random.between(0.2, 0.9) * lifetime
    if (decoy === 'queue_backlog')
      for (const use of uses) use.used += 90_000 * Math.max(0, 1 - Math.abs(use.used - middle) / (length / 8))
  }
  return uses.filter((u) => u.used < START_MS + length)
}

function emit(
  use: Use,
  host: HostPlan,
  issuer: IssuerPlan,
  plan: FleetPlan,
  clock: Fleet['clock'],
  random: Random,
  out: { at: number; sample: ClockSample }[],
): void {
  const resolution = host.log_resolution_ms ?? 1000
  const iat_resolution_ms = issuer.iat_resolution_ms ?? 1000
  const lifetime = issuer.lifetime_ms ?? DEFAULT_LIFETIME_MS
  const foreign =
    host.decoys?.includes('foreign_iat') === true && random.chance(0.01) ? random.between(1, 5) * 3_600_000 : 0
  const minted = use.issued + clock(issuer.name, use.issued)
  const iat_ms = cut(minted - (issuer.backdate_ms ?? 0) + foreign, iat_resolution_ms)
  const nbf_ms = iat_ms + (issuer.nbf_delay_ms ?? 0)
  const exp_ms = iat_ms + lifetime
  const now = use.used + clock(host.name, use.used)
  const leeway = host.leeway_ms ?? 0
  const decision: TokenDecision =
    now >= exp_ms + leeway ? 'expired' : nbf_ms > now + leeway ? 'not_yet_valid' : 'accepted'
  const written = host.flush_ms === undefined ? now : Math.ceil(now / host.flush_ms) * host.flush_ms
  const jump = host.zone_jump
  const zone =
    (host.zone_ms ?? 0) + (jump !== undefined && use.used >= START_MS + jump.minute * 60_000 ? jump.by_ms : 0)
  const logged_ms = cut(written + zone, resolution)
  const visible = host.shows !== 'none' && (host.shows !== 'failures' || decision !== 'accepted')
  const unit = issuer.in_milliseconds ? 1000 : 1
  const claims = { iat_ms: iat_ms * unit, iat_resolution_ms, nbf_ms: nbf_ms * unit, exp_ms: exp_ms * unit }
  if (host.logs !== 'refusals' || decision !== 'accepted')
    out.push({
      at: use.used,
      sample: {
        source: 'token',
        host: host.name,
        ...(!host.unnamed && { issuer: issuer.name }),
        seen_validator_ms: logged_ms,
        seen_resolution_ms: resolution,
        stated: false,
        ...(visible && claims),
        decision,
        token: use.token,
      },
    })
  if (issuer.log_host !== undefined && !use.token.endsWith('stale'))
    out.push({
      at: use.issued,
      sample: {
        source: 'issuance',
        host: issuer.log_host,
        issuer: issuer.name,
        logged_issuer_ms: cut(minted + 1 + random.exponential(3), 1),
        logged_resolution_ms: 1,
        iat_ms,
        iat_resolution_ms,
        token: use.token,
      },
    })
  const gateway = host.gateway
  if (gateway !== undefined && random.chance(gateway.share)) {
    const fine = plan.gateways?.find((g) => g.name === gateway.name)?.log_resolution_ms ?? 1
    const start = use.used - 1 - (gateway.request_ms ?? 0) - random.exponential(4)
    const end = use.used + 2 + (gateway.response_ms ?? 0) + random.exponential(15)
    if (gateway.shows_iat)
      out.push({
        at: start,
        sample: {
          source: 'token',
          host: gateway.name,
          issuer: issuer.name,
          seen_validator_ms: cut(start + clock(gateway.name, start), fine),
          seen_resolution_ms: fine,
          stated: false,
          ...claims,
          decision: 'accepted',
          token: use.token,
        },
      })
    out.push({
      at: end,
      sample: {
        source: 'pair',
        outer_host: gateway.name,
        inner_host: host.name,
        outer_start_ms: cut(start + clock(gateway.name, start), fine),
        outer_end_ms: cut(end + clock(gateway.name, end), fine),
        outer_resolution_ms: fine,
        inner_start_ms: logged_ms,
        inner_end_ms: logged_ms,
        inner_resolution_ms: resolution,
      },
    })
  }
  if (host.shipping !== undefined) {
    const { floor_ms, mean_ms } = host.shipping
    const middle = START_MS + plan.minutes * 30_000
    const backlog =
      host.decoys?.includes('shipping_backlog') === true && Math.abs(use.used - middle) < plan.minutes * 6_000
    const received = use.used + floor_ms + random.exponential(mean_ms) + (backlog ? random.between(0, 600_000) : 0)
    out.push({
      at: received,
      sample: {
        source: 'receipt',
        host: host.name,
        logged_writer_ms: logged_ms,
        logged_resolution_ms: resolution,
        received_collector_ms: Math.floor(received + clock('collector', received)),
      },
    })
  }
}

function cut(ms: number, resolution_ms: number): number {
  return Math.floor(ms / resolution_ms) * resolution_ms
}
