/**
 * Lives through a simulated plan in virtual time: who asks whom for what and when, what each host's library must say of it by
 * the host's own clock, and the lines that all who saw it write. Truth and logs come from the same pass and never meet.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pick, randomNumbers } from '../../emitters/workload.ts'
import type { ClockSort, TrueClock } from '../score-clocks.ts'
import type { Reason, TruthRow } from '../truth-row.ts'
import { type Flavour, REFUSALS, type Refusal, type RefusalKind } from './refusals.ts'
import type { SimulatedClock, SimulatedHost, SimulatedPlan } from './simulated-plan.ts'
import { compact, type SimulatedToken } from './simulated-token.ts'
import { accessLine, LAYOUTS, type Layout, type Writer } from './writers.ts'

/** True time at which every simulated day begins, ms. */
const START_MS = Date.UTC(2026, 10, 16, 8, 0, 0, 317)
const AUDIENCE = 'https://api.example.com'

/** In which order each library looks at what can be wrong once the signature holds. */
const ORDER: Readonly<Record<Flavour, readonly RefusalKind[]>> = {
  jose: ['issuer', 'audience', 'not yet valid', 'expired'],
  jsonwebtoken: ['not yet valid', 'expired', 'audience', 'issuer'],
  pyjwt: ['not yet valid', 'expired', 'issuer', 'audience'],
  'ruby-jwt': ['audience', 'expired', 'issuer', 'not yet valid'],
  jjwt: ['expired', 'not yet valid', 'issuer', 'audience'],
  'golang-jwt': ['expired', 'not yet valid', 'audience', 'issuer'],
  introspecting: [],
}
/** Layouts in which what a request was is in fields beside the message. */
const FIELDS: ReadonlySet<Layout> = new Set<Layout>([
  'pino',
  'winston-json',
  'logstash',
  'zap',
  'zerolog',
  'python-json',
])
const WHOLE_SECONDS: ReadonlySet<Layout> = new Set<Layout>(['python-seconds', 'golang', 'zerolog'])
const HOUR_MS = 3_600_000
/** When things happen, as shares of the run. */
const ROTATION = 0.3
/** When the host with the old keys is restarted. */
const HEALED = 0.55
const DEPLOY = { from: 0.35, to: 0.6 } as const
const INTROSPECTION_DOWN = { from: 0.45, to: 0.55 } as const
const KEYS_DOWN = { from: 0.65, to: 0.72 } as const

export interface SimulatedDay {
  logs: string
  truth: TruthRow[]
  /** Each host's clock minus true time, ms. */
  offsetOf(host: string, true_ms: number): number
  /** The same of its stamps, which may be in another zone than they are read in. */
  stampOf(host: string, true_ms: number): number
  requests: number
  clocks: TrueClock[]
  /** True time, ms. */
  end_ms: number
}

export function simulateDay(plan: SimulatedPlan, folder: string): SimulatedDay {
  return new Simulation(plan, folder).run()
}

/** One process or user of a client: gets a token, uses it until it gets another. */
interface Holding {
  token: SimulatedToken
  client: SimulatedPlan['clients'][number]
  address: string
  /** Keeps its token as long as this past its end, ms; < 0: refreshes before. */
  keeps_ms: number
}

/** Share of calls for which a token is fetched just before. */
const FETCHED_FOR_THE_CALL = 0.25
/** Share of the tokens that are withdrawn before their end. */
const WITHDRAWN = 0.04

class Simulation {
  readonly #plan: SimulatedPlan
  readonly #folder: string
  readonly #random: () => number
  readonly #truth: TruthRow[] = []
  /** File → lines with the true time at which they were written. */
  readonly #files = new Map<string, { at_ms: number; line: string }[]>()
  readonly #writers = new Map<string, Writer>()
  readonly #clocks = new Map<string, SimulatedClock>()
  /** By how much a host's stamps are in another zone than its layout is read in, ms. */
  readonly #zones = new Map<string, number>()
  #serial = 0

  constructor(plan: SimulatedPlan, folder: string) {
    this.#plan = plan
    this.#folder = folder
    this.#random = randomNumbers(plan.seed + 1)
    for (const host of plan.hosts) {
      this.#clocks.set(host.hostname, host.clock)
      this.#writers.set(host.hostname, LAYOUTS[host.layout]({ ...host, zone: plan.zone }))
      this.#zones.set(host.hostname, host.zone_h * HOUR_MS)
    }
    for (const { hostname, clock } of plan.gateways) this.#clocks.set(hostname, clock)
    for (const { hostname } of plan.issuers)
      this.#writers.set(hostname, LAYOUTS.pino({ hostname, service: 'auth', zone: 'UTC' }))
    for (const { hostname } of plan.clients)
      this.#writers.set(hostname, LAYOUTS.pino({ hostname, service: 'client', zone: 'UTC' }))
  }

  run(): SimulatedDay {
    const { length_ms, requests, clients, issuers } = this.#plan
    const holdings: Holding[] = clients.flatMap((client) =>
      [0, 1, 2].map(() => ({
        ...{ client, token: this.#mint(client, START_MS - this.#between(0, 200_000)) },
        ...{ address: `198.51.100.${Math.floor(this.#between(1, 250))}`, keeps_ms: this.#keeps(client) },
      })),
    )
    const calls: { at_ms: number; holding: Holding }[] = []
    for (let i = 0; i < requests; i++) {
      const at_ms = START_MS + this.#random() * length_ms
      calls.push({ at_ms, holding: pick(holdings, this.#random) })
      if (this.#plan.bursts === 0 || this.#random() >= this.#plan.bursts) continue
      const more = Math.floor(this.#between(1, 8))
      for (let n = 1; n <= more; n++)
        calls.push({ at_ms: at_ms + this.#between(0, 600), holding: pick(holdings, this.#random) })
    }
    calls.sort((a, b) => a.at_ms - b.at_ms)
    for (const { at_ms, holding } of calls) this.#step(at_ms, holding)
    for (const i of issuers.keys()) {
      const at_ms = START_MS + ROTATION * length_ms
      this.#tell(issuers[i]!.hostname, 'auth', at_ms, 'signing key rotated', {
        kid: kidOf(i, 1),
        previous_kid: kidOf(i, 0),
      })
    }
    this.#write()
    return {
      ...{ logs: join(this.#folder, 'logs'), truth: this.#truth, requests },
      offsetOf: (host, true_ms) => this.#offset_ms(host, true_ms),
      stampOf: (host, true_ms) => this.#offset_ms(host, true_ms) + this.#zone_ms(host),
      clocks: this.#trueClocks(),
      end_ms: START_MS + length_ms,
    }
  }

  #step(at_ms: number, holding: Holding): void {
    if (this.#random() < 0.04) this.#atIssuer(holding, at_ms)
    const { client } = holding
    const hosts = this.#plan.hosts.filter(({ issuer }) => issuer === client.issuer)
    const host = this.#weighted(hosts)
    const token = this.#held(holding, at_ms)
    const trick = this.#random()
    const method = this.#random() < 0.06 ? 'POST' : 'GET'
    if (trick < 0.02) this.#request(host, client, null, at_ms, method, holding.address)
    else if (trick < 0.035) this.#request(host, client, { ...token, flaw: 'garbage' }, at_ms, method, holding.address)
    else if (trick < 0.05) this.#request(host, client, { ...token, flaw: 'tampered' }, at_ms, method, holding.address)
    else if (trick < 0.07) this.#request(host, client, wrongAudience(token), at_ms, method, holding.address)
    else {
      const refused = this.#request(host, client, token, at_ms, method, holding.address)
      if (client.habit !== 'late' || (refused !== 'expired' && refused !== 'inactive')) return
      const again_ms = at_ms + this.#between(120, 900)
      holding.token = this.#mint(client, again_ms - 60)
      this.#request(host, client, holding.token, again_ms, method, holding.address)
    }
  }

  /** A careful client gets another token before the end of the one it has, a late one when it is refused, a stubborn one long after. */
  #held(holding: Holding, at_ms: number): SimulatedToken {
    const { client, token, keeps_ms } = holding
    const renews = this.#random() < FETCHED_FOR_THE_CALL || at_ms >= token.claims.exp * 1000 + keeps_ms
    if (renews) holding.token = this.#mint(client, at_ms - this.#between(30, 400))
    return holding.token
  }

  #keeps({ habit }: SimulatedPlan['clients'][number]): number {
    if (habit === 'careful') return -30_000
    return habit === 'late' ? Infinity : this.#between(60_000, 900_000)
  }

  #mint(client: SimulatedPlan['clients'][number], born_ms: number): SimulatedToken {
    const { name, hostname, life_s, logsIssuance } = this.#plan.issuers[client.issuer]!
    const iat = Math.floor(born_ms / 1000)
    const jti = this.#hex(20)
    const scope = 'read'
    const kid = kidOf(client.issuer, born_ms >= START_MS + ROTATION * this.#plan.length_ms ? 1 : 0)
    const { client_id } = client
    const issued = logsIssuance ? { jti, iat, exp: iat + life_s, kid } : {}
    this.#tell(hostname, 'auth', born_ms + 3, 'grant.success', {
      ...{ req_id: this.#uuid(), client_id, grant_type: 'refresh_token', ...issued },
    })
    const revoked_ms = this.#random() < WITHDRAWN ? born_ms + this.#between(500, life_s * 1000) : Infinity
    if (revoked_ms < START_MS + this.#plan.length_ms)
      this.#tell(hostname, 'auth', revoked_ms, 'access_token.destroyed', { client_id, jti })
    return {
      claims: {
        iss: name,
        aud: AUDIENCE,
        sub: `u-${client_id}`,
        client_id,
        scope,
        jti,
        iat,
        nbf: iat,
        exp: iat + life_s,
      },
      ...{ kid, flaw: 'none', revoked_ms, born_ms },
    }
  }

  /** Something goes wrong at the issuer itself. */
  #atIssuer({ client }: Holding, at_ms: number): void {
    const { hostname } = this.#plan.issuers[client.issuer]!
    const [reason, error, detail, grant_type] = pick(ISSUER_FAULTS, this.#random)
    const id = this.#uuid()
    const invalidClient = error === 'invalid_client'
    this.#tell(
      ...([hostname, 'auth', at_ms, 'grant.error', { req_id: id, client_id: client.client_id, grant_type }] as const),
      {
        ...{ type: invalidClient ? 'InvalidClientAuth' : 'InvalidGrant', message: error },
        fields: {
          ...{ error, status: invalidClient ? 401 : 400, expose: true, error_detail: detail },
          error_description: invalidClient ? 'client authentication failed' : 'grant request is invalid',
        },
      },
    )
    if (client.logs)
      this.#tell(
        client.hostname,
        'client',
        at_ms + 12,
        'token request failed',
        { client_id: client.client_id },
        {
          ...{ type: 'ResponseBodyError', message: 'server responded with an error in the response body' },
          fields: { code: 'OAUTH_RESPONSE_BODY_ERROR', error, status: invalidClient ? 401 : 400 },
        },
      )
    this.#truth.push({
      ...{ from_ms: at_ms - 5, to_ms: at_ms + 12, request_id: id, host: hostname, witnesses: [client.hostname] },
      ...{ client_id: client.client_id, reason, inDoubt: false },
    })
  }

  /** A request, and what an impatient caller makes of a refusal. */
  #request(...request: Parameters<Simulation['ask']>): RefusalKind | null {
    const refused = this.ask(...request)
    const { retries } = this.#plan
    const [host, client, token, at_ms, ...rest] = request
    for (let wait_ms = 0; refused !== null && retries > 0 && wait_ms < 4_000 && this.#random() < retries; ) {
      wait_ms += this.#between(300, 1_500)
      this.ask(host, client, token, at_ms + wait_ms, ...rest)
    }
    return refused
  }

  private ask(
    host: SimulatedHost,
    client: SimulatedPlan['clients'][number],
    token: SimulatedToken | null,
    at_ms: number,
    method: 'GET' | 'POST',
    address: string,
  ): RefusalKind | null {
    const gateway = this.#plan.gateways[host.gateway]!
    const request_id = this.#uuid()
    const n = Math.floor(this.#between(1000, 9999))
    const path = {
      named: `/${host.service}/${n}`,
      versioned: `/api/v2/${host.service}/${n}`,
      nameless: `/v1/items/${n}`,
    }[this.#plan.routes]
    const checked_ms = at_ms + this.#between(1, 12)
    const answered_ms = checked_ms + this.#between(1, 30)
    const kind = this.#refusalOf(host, token, method, checked_ms)
    const status = kind === null ? 200 : kind === 'scope' ? 403 : kind === 'introspection unreachable' ? 503 : 401
    this.#serviceLines(host, token, kind, { request_id, method, path, status, checked_ms, answered_ms })
    const logged_ms = answered_ms + this.#between(1, 5)
    const { hostname, layout } = gateway
    this.#add(hostname, 'access', logged_ms, () =>
      accessLine(
        layout,
        {
          at_ms: this.#read(hostname, logged_ms),
          address,
          method,
          path,
          status,
          took_ms: logged_ms - at_ms,
          request_id,
          user_agent: 'okhttp/4.12.0',
        },
        this.#plan.zone,
      ),
    )
    if (kind !== null && client.logs)
      this.#tell(
        client.hostname,
        'client',
        logged_ms + 4,
        `${method} ${path} failed`,
        { client_id: client.client_id },
        {
          ...{ type: 'Error', message: `Request failed with status code ${status}`, fields: { status } },
        },
      )
    this.#truth.push({
      ...{ from_ms: at_ms, to_ms: logged_ms, request_id, host: host.hostname, witnesses: [hostname, client.hostname] },
      // Where only the gateway writes, nothing that was written says why.
      ...{ client_id: client.client_id, inDoubt: host.silent },
      reason: kind === null ? null : reasonOf(kind, host, token, checked_ms),
    })
    return kind
  }

  #refusalOf(host: SimulatedHost, token: SimulatedToken | null, method: string, at_ms: number): RefusalKind | null {
    const { flavour, trouble } = host
    const share = (at_ms - START_MS) / this.#plan.length_ms
    if (token === null) return 'missing'
    const says = REFUSALS[flavour]
    if (flavour === 'introspecting') {
      const down = share > INTROSPECTION_DOWN.from && share < INTROSPECTION_DOWN.to
      if (trouble === 'introspection unreachable' && down) return 'introspection unreachable'
      if (token.flaw !== 'none' || at_ms >= token.revoked_ms || at_ms / 1000 >= token.claims.exp) return 'inactive'
      return method === 'POST' ? 'scope' : null
    }
    if (token.flaw === 'garbage') return 'structure'
    if (trouble === 'keys unreachable' && share > KEYS_DOWN.from && share < KEYS_DOWN.to) return 'keys unreachable'
    if (trouble === 'stale keys' && share < HEALED && token.kid.endsWith('-b')) return 'unknown key'
    if (token.flaw === 'tampered') return 'signature'
    const deployed = share > DEPLOY.from && share < DEPLOY.to
    const here_s = this.#read(host.hostname, at_ms) / 1000
    const { claims } = token
    const wrong: Record<string, boolean> = {
      expired: here_s >= claims.exp,
      'not yet valid': Math.floor(here_s) < claims.nbf,
      audience: (trouble === 'wrong audience deployed' && deployed) || claims.aud !== AUDIENCE,
      issuer: trouble === 'wrong issuer deployed' && deployed,
    }
    const first = ORDER[flavour].find((kind) => wrong[kind])
    if (first !== undefined) return first
    return method === 'POST' && says.scope !== undefined ? 'scope' : null
  }

  #serviceLines(
    host: SimulatedHost,
    token: SimulatedToken | null,
    kind: RefusalKind | null,
    r: { request_id: string; method: string; path: string; status: number; checked_ms: number; answered_ms: number },
  ): void {
    const { hostname, service, flavour } = host
    if (host.silent) return
    const wrongAud = host.trouble === 'wrong audience deployed' && token?.claims.aud === AUDIENCE
    const circumstances = {
      ...{ token, now_ms: Math.floor(this.#read(hostname, r.checked_ms)), scope: 'write' },
      ...{ audience: wrongAud ? `${AUDIENCE}/v2` : AUDIENCE, issuer: `${token?.claims.iss ?? ''}/` },
    }
    const structured = FIELDS.has(host.layout)
    const headers =
      token === null ? {} : { authorization: `Bearer ${token.flaw === 'garbage' ? 'garbage' : compact(token)}` }
    const request =
      host.headers && host.layout === 'pino'
        ? { req: { id: r.request_id, method: r.method, url: r.path, headers } }
        : {}
    const id = host.ids ? { request_id: r.request_id } : {}
    if (kind === null) {
      const { client_id, iat: iat_s, exp: exp_s } = token!.claims
      const unit = host.millisecondClaims ? 1000 : 1
      const [iat, exp] = [iat_s * unit, exp_s * unit]
      const fields = structured ? { client_id, iat, exp } : { client: client_id, iat, exp }
      if (host.accepts)
        this.#say(hostname, service, r.checked_ms, {
          level: 'info',
          message: 'token accepted',
          fields: { ...request, ...fields },
          ...id,
        })
    } else {
      const error: Refusal = REFUSALS[flavour][kind]!(circumstances)
      this.#say(hostname, service, r.checked_ms, {
        level: 'warn',
        message: 'token refused',
        fields: { ...request },
        error,
        ...id,
      })
    }
    if (!host.completes) return
    const took = Math.round(r.answered_ms - r.checked_ms)
    const message = structured ? 'request completed' : `${r.method} ${r.path} ${r.status} ${took}ms`
    const fields = structured ? { ...request, res: { statusCode: r.status }, responseTime: took } : {}
    this.#say(hostname, service, r.answered_ms, { level: 'info', message, fields, ...id })
  }

  #tell(hostname: string, name: string, true_ms: number, message: string, fields: object, error?: Refusal): void {
    const level = error === undefined ? 'info' : 'warn'
    this.#say(hostname, name, true_ms, { level, message, fields: { ...fields }, ...(error && { error }) })
  }

  #say(hostname: string, name: string, true_ms: number, said: Omit<Parameters<Writer>[0], 'at_ms'>): void {
    const writer = this.#writers.get(hostname)!
    this.#add(hostname, name, true_ms, () =>
      writer({ ...said, at_ms: this.#read(hostname, true_ms) + this.#zone_ms(hostname) }),
    )
  }

  #add(hostname: string, name: string, at_ms: number, line: () => string): void {
    const file = join(hostname, `${name}.log`)
    const lines = this.#files.get(file)
    if (lines === undefined) this.#files.set(file, [{ at_ms, line: line() }])
    else lines.push({ at_ms, line: line() })
  }

  #write(): void {
    for (const [file, lines] of this.#files) {
      const path = join(this.#folder, 'logs', file)
      mkdirSync(join(path, '..'), { recursive: true })
      lines.sort((a, b) => a.at_ms - b.at_ms)
      writeFileSync(path, lines.map(({ line }) => `${line}\n`).join(''))
    }
    writeFileSync(join(this.#folder, 'truth.jsonl'), this.#truth.map((row) => `${JSON.stringify(row)}\n`).join(''))
  }

  #trueClocks(): TrueClock[] {
    const { hosts, gateways, issuers } = this.#plan
    return [
      ...hosts.map(({ hostname, clock, layout }) => ({
        ...{ host: hostname, sort: sortOf(clock), drift_ppm: clock.drift_ppm },
        resolution_ms: WHOLE_SECONDS.has(layout) ? (1000 as const) : (1 as const),
      })),
      ...gateways.map(({ hostname, clock }) => ({
        ...{ host: hostname, sort: sortOf(clock), drift_ppm: clock.drift_ppm, resolution_ms: 1000 as const },
      })),
      ...issuers.map(({ hostname }) => ({
        ...{ host: hostname, sort: 'good' as const, drift_ppm: 0, resolution_ms: 1 as const },
      })),
    ]
  }

  #offset_ms(host: string, true_ms: number): number {
    const clock = this.#clocks.get(host)
    if (clock === undefined) return 0
    const passed_ms = true_ms - START_MS
    const step = clock.step !== null && passed_ms > clock.step.share * this.#plan.length_ms ? clock.step.by_s * 1000 : 0
    return clock.offset_s * 1000 + (clock.drift_ppm * passed_ms) / 1e6 + step
  }

  #zone_ms = (host: string): number => this.#zones.get(host) ?? 0
  #read = (host: string, true_ms: number): number => true_ms + this.#offset_ms(host, true_ms)
  #between = (low: number, high: number): number => low + this.#random() * (high - low)

  #weighted(hosts: readonly SimulatedHost[]): SimulatedHost {
    let at = this.#random() * hosts.reduce((sum, { weight }) => sum + weight, 0)
    for (const host of hosts) {
      at -= host.weight
      if (at < 0) return host
    }
    return hosts.at(-1)!
  }

  #hex(digits: number): string {
    let hex = (this.#serial++).toString(16)
    while (hex.length < digits) hex += Math.floor(this.#random() * 16).toString(16)
    return hex
  }

  #uuid(): string {
    const hex = this.#hex(32)
    return [
      hex.slice(24),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `a${hex.slice(17, 20)}`,
      hex.slice(12, 16) + hex.slice(0, 8),
    ].join('-')
  }
}

function sortOf({ offset_s, drift_ppm, step }: SimulatedClock): ClockSort {
  if (step !== null) return 'steps'
  if (drift_ppm !== 0) return 'drifts'
  return offset_s > 1 ? 'ahead' : offset_s < -1 ? 'behind' : 'good'
}

const kidOf = (issuer: number, turn: 0 | 1): string => `key-${issuer}-${'ab'[turn]}`

function wrongAudience(token: SimulatedToken): SimulatedToken {
  return { ...token, claims: { ...token.claims, aud: 'https://partners.example.com' } }
}

const ISSUER_FAULTS: readonly (readonly [Reason, string, string, string])[] = [
  [
    { fault: 'wrong secret', cause: 'misconfiguration', subcauses: ['client_credentials'] },
    ...(['invalid_client', 'invalid secret provided', 'client_credentials'] as const),
  ],
  [
    { fault: 'wrong redirect', cause: 'misconfiguration', subcauses: ['redirect_uri'] },
    ...(['invalid_grant', 'authorization code redirect_uri mismatch', 'authorization_code'] as const),
  ],
  [
    { fault: 'refresh reuse', cause: 'revocation', subcauses: ['refresh_reused'] },
    ...(['invalid_grant', 'refresh token already used', 'refresh_token'] as const),
  ],
]

/** exp is a whole second: a token refused this little before its true end has simply expired; ms. */
const RESOLUTION_MS = 1_000

function reasonOf(kind: RefusalKind, host: SimulatedHost, token: SimulatedToken | null, true_ms: number): Reason {
  const clockFault = host.clock.drift_ppm !== 0 ? 'drift' : 'validator ahead'
  switch (kind) {
    case 'missing':
      return { fault: 'no token', cause: 'malformed', subcauses: ['missing'] }
    case 'structure':
      return { fault: 'malformed token', cause: 'malformed', subcauses: ['structure', 'encoding'] }
    case 'signature':
      return { fault: 'tampered token', cause: 'malformed', subcauses: ['signature'] }
    case 'unknown key':
      return { fault: 'stale keys', cause: 'misconfiguration', subcauses: ['stale_jwks'] }
    case 'keys unreachable':
      return { fault: 'keys unreachable', cause: 'outage', subcauses: ['jwks_unavailable'] }
    case 'introspection unreachable':
      return { fault: 'introspection down', cause: 'outage', subcauses: ['introspection_unavailable'] }
    case 'audience':
      return { fault: 'wrong audience', cause: 'misconfiguration', subcauses: ['audience_mismatch'] }
    case 'issuer':
      return { fault: 'wrong issuer', cause: 'misconfiguration', subcauses: ['issuer_mismatch'] }
    case 'scope':
      return { fault: 'insufficient scope', cause: 'misuse', subcauses: ['insufficient_scope'] }
    case 'not yet valid':
      return {
        ...{ fault: host.clock.drift_ppm !== 0 ? 'drift' : 'validator behind', cause: 'skew' },
        subcauses: ['not_yet_valid', 'issued_in_future'],
      }
    case 'expired':
      return true_ms + RESOLUTION_MS >= token!.claims.exp * 1000
        ? { fault: 'natural expiry', cause: 'expiry', subcauses: ['access_token'] }
        : { fault: clockFault, cause: 'skew', subcauses: ['fresh_token_expired'] }
    case 'inactive':
      if (token!.flaw !== 'none')
        return { fault: 'inactive at introspection', cause: 'revocation', subcauses: ['inactive', 'token_revoked'] }
      return true_ms >= token!.revoked_ms
        ? { fault: 'revocation', cause: 'revocation', subcauses: ['token_revoked', 'inactive'] }
        : { fault: 'natural expiry', cause: 'expiry', subcauses: ['access_token'] }
  }
}
