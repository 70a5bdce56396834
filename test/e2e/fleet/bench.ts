/**
 * The fleet at work: starts every process of a plan, sends requests through it and writes down the truth about each. What is
 * asked, and when, is up to the scenarios.
 */
import { createPublicKey, generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, untilListening } from '../emitters/ports.ts'
import { pick, randomNumbers } from '../emitters/workload.ts'
import { startApache } from './apache.ts'
import { type Child, startChild } from './child.ts'
import { type Answer, ClientHost, type Credentials } from './client-host.ts'
import { startGateway } from './gateway.ts'
import { type BenchPlan, type Library, LONG_LIFE_S, type ServicePlan, SHORT_LIFE_S } from './plan.ts'
import type { Presented } from './presented.ts'
import { type KeyState, reasonOf, type ValidatorState } from './reason-of.ts'
import type { TrueClock } from './score-clocks.ts'
import type { Reason, TruthRow } from './truth-row.ts'

export const CALLBACK = 'https://shop.example.com/callback'
export const API = 'https://api.example.com'
export const OTHER_API = 'https://partners.example.com'
export const OPAQUE_API = 'https://profile.example.com'
/** Life of an authorization code, s; on a busy machine a code may well take seconds to be redeemed. */
export const CODE_LIFE_S = 8

export const CLIENTS = {
  web: { client_id: 'web-shop', client_secret: 'secret-of-the-web-shop' },
  mobile: { client_id: 'mobile-app', client_secret: 'secret-of-the-mobile-app' },
  batch: { client_id: 'batch-job', client_secret: 'secret-of-the-batch-job' },
  nightly: { client_id: 'nightly-export', client_secret: 'secret-of-the-nightly-export' },
  partner: { client_id: 'partner-x', client_secret: 'secret-of-partner-x' },
  newcomer: { client_id: 'newcomer', client_secret: 'secret-of-the-newcomer' },
} as const satisfies Record<string, Credentials>
const INTROSPECTOR = { client_id: 'profile-api', client_secret: 'secret-of-the-profile-api' }
/** Their tokens live shortly, so that they run out while the bench looks on. */
const SHORT_LIVED: readonly string[] = [CLIENTS.mobile.client_id, CLIENTS.nightly.client_id]

const SCRIPTS: Readonly<Record<Exclude<Library, 'mod_auth_openidc'>, readonly string[]>> = {
  jose: [process.execPath, 'service.mjs'],
  jsonwebtoken: [process.execPath, 'service.mjs'],
  introspection: [process.execPath, 'service.mjs'],
  pyjwt: ['/usr/bin/python3', 'service-pyjwt.py'],
  'ruby-jwt': ['/usr/bin/ruby', 'service-ruby-jwt.rb'],
}

/** Libraries do not ask for the key set twice within this; ms. */
const KEY_DOUBT_MS = 5_000

export interface RunningService {
  plan: ServicePlan
  port: number
  /** What it expects; changed by deploys. */
  audience: string
  wrongIssuer: boolean
  knownKids: ReadonlySet<string>
  keysUnreachable: boolean
  /** Keys it has accepted a token of: it need not fetch them again. */
  provenKids: Set<string>
  /** Requests under way. */
  underWay: number
  child: Child
}

export interface TokenAnswer extends Answer {
  id: string
}

export class Bench {
  readonly plan: BenchPlan
  /** Where authtop is pointed to: `<logs>/<host>/<name>.log`. */
  readonly logs: string
  readonly #state: string
  readonly random: () => number
  readonly truth: TruthRow[] = []
  /** What servers did that they should not have done: a few where the machine was too busy, many where the bench is wrong. */
  readonly contradictions: string[] = []
  services: RunningService[] = []
  clientHosts: ClientHost[] = []
  readonly #keys = [signingKey('sig-2026-10'), signingKey('sig-2026-11')]
  #signing = 0
  introspectionDown = false
  /** Services whose state is changing: requests to them wait, so that the truth about each is never in doubt. */
  readonly #quiet = new Set<RunningService>()
  /** While the key set cannot be had, and shortly after a rotation, who fetched the new key in time is not known. */
  #jwksDown = false
  #rotated_ms = Number.NEGATIVE_INFINITY
  #issuerClosed = false
  #tokensUnderWay = 0
  #issuerPort = 0
  #gatewayPort = 0
  #children: Child[] = []

  private constructor(plan: BenchPlan, folder: string) {
    this.plan = plan
    this.random = randomNumbers(plan.seed + 1)
    this.logs = join(folder, 'logs')
    this.#state = join(folder, 'state')
    mkdirSync(this.#state, { recursive: true })
  }

  static async start(plan: BenchPlan, folder: string): Promise<Bench> {
    const bench = new Bench(plan, folder)
    await bench.#startIssuer()
    const gateway = await startGateway(plan, join(bench.logs, plan.gateway.hostname), join(bench.#state, 'gateway'))
    bench.#gatewayPort = gateway.port
    bench.#children.push(gateway)
    bench.services = await Promise.all(plan.services.map((service) => bench.#startService(service)))
    bench.clientHosts = await Promise.all(plan.clientHosts.map((host) => bench.#startClientHost(host)))
    return bench
  }

  /** Ends everything; the logs are whole afterwards, and the truth is written down beside them. */
  async stop(): Promise<void> {
    for (const child of this.#children.reverse()) await child.stop()
    writeFileSync(join(this.#state, 'truth.jsonl'), this.truth.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const { issuer, gateway, services, clientHosts } = this.plan
    const started = new Map(this.services.map(({ plan, child }) => [plan.hostname, child.started_ms]))
    const clocks = [issuer, gateway, ...services, ...clientHosts].map(({ hostname, clock }) => ({
      ...{ hostname, ...clock, started_ms: started.get(hostname) ?? 0 },
    }))
    writeFileSync(join(this.#state, 'clocks.json'), JSON.stringify(clocks))
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.#issuerPort}`
  }

  /** The token endpoint fails from now on; whoever is not to fail for that waits. */
  async closeIssuer(how: 'bad gateway' | 'unavailable'): Promise<void> {
    this.#issuerClosed = true
    while (this.#tokensUnderWay > 0) await sleep(10)
    await this.fail('/token', how)
  }

  async openIssuer(): Promise<void> {
    await this.fail('/token', 'no')
    this.#issuerClosed = false
  }

  get keysAreDown(): boolean {
    return this.#jwksDown
  }

  pick<T>(from: readonly T[]): T {
    return pick(from, this.random)
  }

  /** Each host's clock minus true time at a true time, ms. */
  offsetAt(): (host: string, true_ms: number) => number {
    const byHost = new Map(this.services.map((service) => [service.plan.hostname, service]))
    const { gateway, issuer, clientHosts } = this.plan
    const steady = new Map(
      [gateway, issuer, ...clientHosts].map(({ hostname, clock }) => [hostname, clock.offset_s * 1000]),
    )
    return (host, true_ms) => {
      const service = byHost.get(host)
      if (service !== undefined) return this.offsetOf(service.plan, service.child, true_ms) * 1000
      return steady.get(host) ?? 0
    }
  }

  clocks(): TrueClock[] {
    const { gateway, issuer, services } = this.plan
    return [...services, gateway, issuer].map(({ hostname, clock }) => ({
      host: hostname,
      sort: clock.rate !== 1 ? 'drifts' : clock.offset_s > 1 ? 'ahead' : clock.offset_s < -1 ? 'behind' : 'good',
      drift_ppm: (clock.rate - 1) * 1e6,
      resolution_ms: hostname === gateway.hostname ? 1000 : 1,
    }))
  }

  /** Clock minus true time at a true time, s. */
  offsetOf({ clock }: Pick<ServicePlan, 'clock'>, child: Child, true_ms: number): number {
    return clock.offset_s + ((clock.rate - 1) * (true_ms - child.started_ms)) / 1000
  }

  /** A request to a resource server through the gateway. */
  async call(
    from: ClientHost,
    client: Credentials,
    service: RunningService,
    presented: Presented,
    method: 'GET' | 'POST' = 'GET',
  ): Promise<Answer> {
    while (this.#quiet.has(service)) await sleep(20)
    service.underWay++
    const id = randomUUID()
    const began_ms = Date.now()
    const url = `http://127.0.0.1:${this.#gatewayPort}/${service.plan.route}/${1000 + Math.floor(this.random() * 9000)}`
    const answer = await from.do('call', {
      ...{ id, client, method, url, token: presented.token, to: service.port },
      user_agent: from.logs ? 'node' : 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    })
    service.underWay--
    const ended_ms = Date.now()
    const validator = this.#validatorState(service, presented.kid, (began_ms + ended_ms) / 2, began_ms)
    const span = { from_s: began_ms / 1000, to_s: ended_ms / 1000 }
    const { contradiction, ...outcome } = reasonOf(presented, method, validator, span, answer.status >= 400)
    if (contradiction !== undefined) this.contradictions.push(contradiction)
    if (answer.status < 400 && presented.kid !== undefined) service.provenKids.add(presented.kid)
    this.truth.push({
      ...{
        from_ms: began_ms,
        to_ms: ended_ms,
        request_id: id,
        host: service.plan.hostname,
        client_id: client.client_id,
      },
      witnesses: [this.plan.gateway.hostname, from.hostname],
      ...outcome,
    })
    return answer
  }

  /** A request to the token endpoint. `reason`: why it must fail; null = it must not. */
  async token(
    from: ClientHost,
    client: Credentials,
    grant_type: 'client_credentials' | 'refresh_token' | 'authorization_code',
    form: Record<string, string>,
    reason: Reason | null = null,
  ): Promise<Answer> {
    const silent = reason?.fault === 'issuer down'
    while (this.#issuerClosed && !silent) await sleep(20)
    this.#tokensUnderWay++
    const id = randomUUID()
    const began_ms = Date.now()
    const answer = await from.do('token', { id, client, grant_type, form })
    this.#tokensUnderWay--
    if ((answer.status === 200) !== (reason === null))
      throw new Error(
        `${grant_type} for ${client.client_id}: ${JSON.stringify(answer)}, expected ${JSON.stringify(reason)}`,
      )
    this.truth.push({
      ...{ from_ms: began_ms, to_ms: Date.now(), request_id: id, client_id: client.client_id, reason, inDoubt: false },
      host: silent ? from.hostname : this.plan.issuer.hostname,
      witnesses: silent ? [] : [from.hostname],
    })
    return answer
  }

  async revoke(from: ClientHost, client: Credentials, token: string): Promise<void> {
    await from.do('revoke', { id: randomUUID(), client, token })
  }

  /** A code as a user's consent would have led to. */
  async code(client_id: string, resource: string, scope: string): Promise<string> {
    return (await this.#control('code', { client_id, redirect_uri: CALLBACK, resource, scope })) as string
  }

  /** Makes an endpoint of the issuer fail, or work again. */
  async fail(
    path: '/jwks' | '/token' | '/token/introspection',
    how: 'bad gateway' | 'unavailable' | 'closed' | 'no',
  ): Promise<void> {
    if (path === '/jwks') this.#jwksDown = true
    await this.#control('fail', { path, how })
    if (path === '/jwks' && how === 'no') setTimeout(() => (this.#jwksDown = false), KEY_DOUBT_MS)
  }

  /** Takes a service out of the traffic while its state is in between. */
  async quietly(service: RunningService, change: () => Promise<void>): Promise<void> {
    this.#quiet.add(service)
    while (service.underWay > 0) await sleep(10)
    await change()
    this.#quiet.delete(service)
  }

  async rotateKey(): Promise<void> {
    await this.#control('rotate', {})
    this.#signing++
    this.#rotated_ms = Date.now()
    for (const service of this.services) if (service.plan.keys === 'remote') service.knownKids = this.#publishedKids()
  }

  /** Has a service load other settings, as a deploy does. */
  async deploy(service: RunningService, change: { audience?: string; wrongIssuer?: boolean }): Promise<void> {
    Object.assign(service, change)
    this.#writeInput(service)
    const loaded = once(service.child.process.stdout!, 'data')
    service.child.process.kill('SIGHUP')
    await loaded
    service.knownKids = this.#publishedKids()
    service.provenKids.clear()
  }

  #publishedKids(): ReadonlySet<string> {
    return new Set(this.#keys.slice(0, this.#signing + 1).map(({ kid }) => kid as string))
  }

  #keyState(
    { plan, knownKids, provenKids, keysUnreachable }: RunningService,
    kid: string | undefined,
    began_ms: number,
  ): KeyState {
    if (keysUnreachable) return 'unreachable'
    // Some libraries forget the keys they have when they fail to fetch those they lack (PyJWT 2.6 does).
    if (plan.keys === 'remote' && this.#jwksDown) return 'perhaps unreachable'
    if (kid === undefined || provenKids.has(kid)) return 'known'
    if (!knownKids.has(kid)) return 'stale'
    return began_ms - this.#rotated_ms < KEY_DOUBT_MS ? 'perhaps stale' : 'known'
  }

  #validatorState(service: RunningService, kid: string | undefined, true_ms: number, began_ms: number): ValidatorState {
    const { library, route, leeway_s, trouble } = service.plan
    const { audience, wrongIssuer } = service
    return {
      ...{ library, route, leeway_s, audience, wrongIssuer, keys: this.#keyState(service, kid, began_ms) },
      offset_s: this.offsetOf(service.plan, service.child, true_ms),
      clockFault: CLOCK_FAULTS[trouble as keyof typeof CLOCK_FAULTS] ?? null,
      introspectionDown: this.introspectionDown,
    }
  }

  async #control(name: string, parameters: Record<string, string>): Promise<unknown> {
    const response = await fetch(`${this.issuer}/-/${name}?${new URLSearchParams(parameters)}`)
    return response.json()
  }

  async #startIssuer(): Promise<void> {
    this.#issuerPort = await freePort()
    const { hostname, clock, logsIssuance } = this.plan.issuer
    const codes = ['authorization_code', 'refresh_token', 'client_credentials']
    const scope = this.plan.services.flatMap(({ route }) => [`${route}:read`, `${route}:write`]).join(' ')
    const input = {
      ...{ port: this.#issuerPort, issuer: this.issuer, keys: this.#keys, logsIssuance },
      clients: [
        ...Object.values(CLIENTS).map((client) => ({
          ...{ ...client, redirect_uris: [CALLBACK], grant_types: codes, response_types: ['code'] },
        })),
        { ...INTROSPECTOR, redirect_uris: [], grant_types: [], response_types: [] },
      ],
      resources: {
        [API]: { format: 'jwt', scope },
        [OTHER_API]: { format: 'jwt', scope },
        [OPAQUE_API]: { format: 'opaque', scope },
      },
      lifetimes: {
        default: LONG_LIFE_S,
        code: CODE_LIFE_S,
        ...Object.fromEntries(SHORT_LIVED.map((client_id) => [client_id, SHORT_LIFE_S])),
      },
    }
    this.#launch('issuer', [process.execPath, 'issuer.mjs'], hostname, 'auth', clock, input)
    await untilListening(this.#issuerPort)
  }

  async #startService(plan: ServicePlan): Promise<RunningService> {
    if (plan.library === 'mod_auth_openidc') return this.#startApache(plan)
    const service = {
      ...{ plan, port: await freePort(), audience: plan.library === 'introspection' ? OPAQUE_API : API },
      ...{
        wrongIssuer: false,
        knownKids: this.#publishedKids(),
        keysUnreachable: false,
        provenKids: new Set<string>(),
        underWay: 0,
      },
    }
    const input = this.#inputOf(service)
    const child = this.#launch(plan.hostname, SCRIPTS[plan.library], plan.hostname, plan.service, plan.clock, input)
    await once(child.process.stdout!, 'data')
    return { ...service, child }
  }

  async #startApache(plan: ServicePlan): Promise<RunningService> {
    const pems = this.#keys.map(({ kid, n, e }): [string, string] => {
      const key = createPublicKey({ key: { kty: 'RSA', n, e } as JsonWebKey, format: 'jwk' })
      return [kid as string, key.export({ type: 'spki', format: 'pem' }) as string]
    })
    const folder = join(this.logs, plan.hostname)
    const state = join(this.#state, plan.hostname)
    const child = await startApache({ folder, state, clock: plan.clock, zone: this.plan.zone, keys: new Map(pems) })
    this.#children.push(child)
    return {
      ...{
        plan,
        child,
        port: child.port,
        audience: API,
        wrongIssuer: false,
        keysUnreachable: false,
        provenKids: new Set<string>(),
        underWay: 0,
      },
      ...{ provenKids: new Set<string>(), underWay: 0 },
      knownKids: new Set(this.#keys.map(({ kid }) => kid as string)),
    }
  }

  async #startClientHost({ hostname, layout, ids, clock }: BenchPlan['clientHosts'][number]): Promise<ClientHost> {
    const input = { issuer: this.issuer, layout, ids, hostname }
    const child = this.#launch(hostname, [process.execPath, 'client.mjs'], hostname, 'client', clock, input)
    await once(child.process.stdout!, 'data')
    return new ClientHost(hostname, layout !== 'none', child)
  }

  #launch(
    name: string,
    [interpreter, script]: readonly string[],
    hostname: string,
    log: string,
    clock: ServicePlan['clock'],
    input: object,
  ): Child {
    mkdirSync(join(this.logs, hostname), { recursive: true })
    const inputFile = this.#inputFile(name)
    writeFileSync(inputFile, JSON.stringify(input))
    const command = [interpreter!, join(import.meta.dirname, 'software', script!), inputFile]
    const child = startChild({
      command: [...command, join(this.logs, hostname, `${log}.log`)],
      ...{ clock, zone: this.plan.zone, errors: join(this.#state, `${name}.stderr`), ends: 'end of input' },
    })
    this.#children.push(child)
    return child
  }

  #inputFile = (name: string): string => join(this.#state, `${name}.input.json`)

  #inputOf({ plan, port, audience, wrongIssuer }: Omit<RunningService, 'child'>): object {
    return {
      ...{ ...plan, port, audience, ...INTROSPECTOR, issuer: wrongIssuer ? `${this.issuer}/` : this.issuer },
      ...{ jwksUri: `${this.issuer}/jwks`, introspectionUri: `${this.issuer}/token/introspection` },
    }
  }

  #writeInput(service: RunningService): void {
    writeFileSync(this.#inputFile(service.plan.hostname), JSON.stringify(this.#inputOf(service)))
  }
}

const CLOCK_FAULTS = {
  'clock ahead': 'validator ahead',
  'clock behind': 'validator behind',
  'clock drifts': 'drift',
} as const

function signingKey(kid: string): JsonWebKey & { kid: string } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }
}
