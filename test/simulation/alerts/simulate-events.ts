/**
 * The events a collector would read from a planned fleet, in the order in which they arrive, each with the truth: whether it
 * would have passed had all clocks been right, and which incident made it fail. Clients hold tokens, renew them early or only
 * when refused, retry; hosts weigh tokens by their own clocks; issuers log issuances; records are shipped late.
 */
import type { AuthEvent } from '../../../src/core/auth-event.ts'
import { createRandom, type Random } from '../clock/random.ts'
import {
  type Decoy,
  type DecoyKind,
  type FleetPlan,
  type HostPlan,
  type IssuerPlan,
  MINUTE_MS,
  START_MS,
} from './plan-fleet.ts'

export interface SimulatedEvent {
  event: AuthEvent
  /** Collector's clock, ms. */
  received_ms: number
  /** Name of the incident without which it would have passed; null for all others. */
  incident: string | null
}

interface Token {
  id: string
  iat_ms: number
  nbf_ms: number
  exp_ms: number
  /** True time, and what it would hold by a right clock. */
  minted_ms: number
  lifetime_ms: number
  delay_ms: number
  foreign: boolean
}

interface Client {
  name: string
  token: Token | null
  reactive: boolean
  refused: boolean
}

interface HostRun {
  plan: HostPlan
  issuer: IssuerPlan
  clients: Client[]
  next_ms: number
}

const STEP_MS = 10 * MINUTE_MS

export function* simulateEvents(plan: FleetPlan): Generator<SimulatedEvent> {
  const sim = new Simulation(plan)
  const end = START_MS + plan.days * 86_400_000
  for (let now = START_MS; now < end; now += STEP_MS) yield* sim.step(now, now + STEP_MS)
  yield* sim.rest()
}

class Simulation {
  readonly #plan: FleetPlan
  readonly #random: Random
  readonly #hosts: HostRun[]
  #pending: SimulatedEvent[] = []
  #tokens = 0
  #active: Decoy[] = []

  constructor(plan: FleetPlan) {
    this.#plan = plan
    this.#random = createRandom(plan.seed + 7)
    this.#hosts = plan.hosts.map((h) => ({
      plan: h,
      issuer: plan.issuers.find((i) => i.name === h.issuer)!,
      clients: Array.from({ length: h.clients }, (_, i) => ({
        name: `client-${i % 12}`,
        token: null,
        reactive: this.#random.chance(h.reactive),
        refused: false,
      })),
      next_ms: START_MS,
    }))
  }

  *step(from_ms: number, to_ms: number): Generator<SimulatedEvent> {
    this.#active = this.#plan.decoys.filter((d) => d.from_ms < to_ms && d.to_ms > from_ms)
    for (const host of this.#hosts) {
      while (host.next_ms < to_ms) {
        const at = host.next_ms
        const surge = this.#decoy('traffic_surge', at, host)?.size ?? 1
        const rate = (host.plan.per_minute * season(at) * surge) / MINUTE_MS
        host.next_ms = at + this.#random.exponential(1 / rate)
        if (at >= from_ms) this.#request(host, at)
      }
    }
    yield* this.#due(to_ms)
  }

  *rest(): Generator<SimulatedEvent> {
    yield* this.#due(Infinity)
  }

  /** Records of later steps may arrive before some of these: only what is older than all of them goes out. */
  *#due(until_ms: number): Generator<SimulatedEvent> {
    this.#pending.sort((a, b) => a.received_ms - b.received_ms)
    let i = 0
    // A collector set back receives "earlier" than before; a minute of margin keeps the order of arrival.
    while (i < this.#pending.length && this.#pending[i]!.received_ms < until_ms - 2 * MINUTE_MS)
      yield this.#pending[i++]!
    this.#pending = this.#pending.slice(i)
  }

  #request(host: HostRun, at: number): void {
    const { issuer } = host
    const client = host.clients[Math.floor(this.#random.next() * host.clients.length)]!
    const bug = this.#decoy('refresh_bug', at, host) !== undefined
    const life = client.token === null ? 0 : (at - client.token.minted_ms) / client.token.lifetime_ms
    const due = !client.reactive && life > 0.85 && !bug
    if (client.token === null || due || (client.refused && !(bug && this.#random.chance(0.97))))
      client.token = this.#mint(issuer, at)
    const storm = this.#decoy('retry_storm', at, host)
    this.#use(host, client, at + this.#random.between(5, 80))
    if (storm !== undefined && client.reactive && client.refused)
      for (let n = 0; n < storm.size; n++) this.#use(host, client, at + 200 * n)
    if (this.#decoy('audience_burst', at, host) !== undefined && this.#random.chance(0.5))
      this.#emit(host, at, this.#event(host, client.token!, client, at, 'audience_mismatch', at), null)
  }

  #mint(issuer: IssuerPlan, at: number): Token {
    const clock = at + this.#offset(issuer.name, at).ms
    const delay_ms = this.#decoy('delayed_nbf', at, undefined, issuer)?.size ?? 0
    const lifetime_ms = this.#decoy('short_lifetime', at, undefined, issuer)?.size ?? issuer.lifetime_ms
    const foreign = this.#decoy('foreign_iat', at, undefined, issuer)
    const wrong = foreign !== undefined && this.#random.chance(0.01) ? foreign.size : 0
    const iat_ms = Math.floor((clock + wrong) / 1000) * 1000
    const token: Token = {
      id: `jwt:${(this.#tokens++).toString(16).padStart(16, '0')}`,
      iat_ms,
      nbf_ms: iat_ms + Math.round(delay_ms / 1000) * 1000,
      exp_ms: iat_ms + lifetime_ms,
      minted_ms: at,
      lifetime_ms,
      delay_ms: Math.round(delay_ms / 1000) * 1000,
      foreign: wrong > 0,
    }
    if (issuer.logged) {
      const stamp = Math.floor(clock)
      const event: AuthEvent = {
        ...BASE,
        kind: 'issuance',
        outcome: 'success',
        cause: null,
        subcause: null,
        host: issuer.host,
        issuer: issuer.name,
        time_ms: stamp,
        time_resolution_ms: 1,
        token: token.id,
        evidence: { iat_ms, exp_ms: token.exp_ms },
      }
      this.#ship(at, this.#decoy('shipping_backlog', at, undefined, issuer), 100, 0, event, null)
    }
    return token
  }

  #use(host: HostRun, client: Client, sent: number): void {
    const token = client.token!
    const queue = this.#decoy('queue_backlog', sent, host)
    const at = queue === undefined ? sent : sent + this.#random.next() * queue.size
    const { plan } = host
    const own = this.#offset(plan.name, at)
    const clock = Math.floor((at + own.ms) / 1000) * 1000
    const leeway = plan.leeway_ms
    const outcome =
      clock + leeway < token.nbf_ms ? 'not_yet_valid' : clock - leeway >= token.exp_ms ? 'access_token' : null
    client.refused = outcome !== null
    const right_iat = token.foreign ? token.iat_ms : Math.floor(token.minted_ms / 1000) * 1000
    const right = Math.floor(at / 1000) * 1000
    const passes = right + leeway >= right_iat + token.delay_ms && right - leeway < right_iat + token.lifetime_ms
    const blame =
      outcome !== null && passes ? (own.incident ?? this.#offset(plan.issuer, token.minted_ms).incident) : null
    this.#emit(host, at, this.#event(host, token, client, at, outcome, at + own.ms), blame)
  }

  #event(host: HostRun, token: Token, client: Client, at: number, failure: string | null, clock: number): AuthEvent {
    const { plan } = host
    const zone = this.#decoy('zone_shift', at, host)?.size ?? 0
    const shown = plan.shows === 'all' || (plan.shows === 'failures' && failure !== null)
    const time_ms = Math.floor((clock + zone + this.#random.exponential(3)) / plan.resolution_ms) * plan.resolution_ms
    return {
      ...BASE,
      kind: 'validation',
      outcome: failure === null ? 'success' : 'failure',
      cause:
        failure === null
          ? null
          : failure === 'not_yet_valid'
            ? 'skew'
            : failure === 'access_token'
              ? 'expiry'
              : 'misconfiguration',
      subcause: failure as AuthEvent['subcause'],
      host: plan.name,
      service: `service-${plan.name}`,
      client_id: client.name,
      issuer: plan.issuer,
      time_ms,
      time_resolution_ms: plan.resolution_ms,
      token: token.id,
      evidence: shown ? { iat_ms: token.iat_ms, nbf_ms: token.nbf_ms, exp_ms: token.exp_ms } : {},
    }
  }

  #emit(host: HostRun, at: number, event: AuthEvent, incident: string | null): void {
    const { plan } = host
    const lag = this.#decoy('shipping_backlog', at, host)
    const steady = this.#decoy('steady_lag', at, host)?.size ?? 0
    this.#ship(at + steady, lag, plan.floor_ms, plan.batch_ms, event, incident)
  }

  #ship(
    at: number,
    lag: Decoy | undefined,
    floor: number,
    batch: number,
    event: AuthEvent,
    incident: string | null,
  ): void {
    let true_ms = at + floor + this.#random.exponential(80)
    if (batch > 0) true_ms = Math.ceil(true_ms / batch) * batch
    // A backlog grows to its size in the middle and is then worked off.
    if (lag !== undefined)
      true_ms += lag.size * Math.min(1, (2 * Math.min(at - lag.from_ms, lag.to_ms - at)) / (lag.to_ms - lag.from_ms))
    const step = this.#active.find((d) => d.kind === 'collector_step' && true_ms >= d.from_ms && true_ms < d.to_ms)
    const received_ms = Math.round(true_ms + (step?.size ?? 0))
    this.#pending.push({ event: { ...event, received_collector_ms: received_ms }, received_ms, incident })
  }

  #offset(party: string, at: number): { ms: number; incident: string | null } {
    for (const i of this.#plan.incidents)
      if (at >= i.from_ms && at < i.to_ms && (i.issuer === party || i.hosts.includes(party)))
        return { ms: i.offset_ms, incident: i.name }
    return { ms: 0, incident: null }
  }

  #decoy(kind: DecoyKind, at: number, host?: HostRun, issuer?: IssuerPlan): Decoy | undefined {
    for (const d of this.#active)
      if (
        d.kind === kind &&
        at >= d.from_ms &&
        at < d.to_ms &&
        (d.host === null || d.host === host?.plan.name) &&
        (d.issuer === null || d.issuer === (issuer?.name ?? host?.plan.issuer))
      ) {
        // A host's backlog is not its issuer's.
        if (issuer !== undefined && host === undefined && d.host !== null) continue
        return d
      }
    return undefined
  }
}

/** Day and week of an office: nights at a seventh, weekends at a third. */
function season(at: number): number {
  const hour = (at / 3_600_000) % 24
  const day = Math.floor(at / 86_400_000 + 4) % 7
  const daily = 0.15 + 0.85 * Math.max(0, Math.sin(((hour - 5) / 16) * Math.PI))
  return daily * (day === 0 || day === 6 ? 0.35 : 1)
}

const BASE = {
  confidence: 'certain',
  system: 'jose',
  signature: 'jose/simulated',
  specificity: 80,
  symptom: 'token refused',
  format: 'pino',
  message: '',
} as const satisfies Partial<AuthEvent>
