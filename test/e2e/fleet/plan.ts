/**
 * Draws a fleet: which software runs on which host, how far each clock is off, who logs what in which layout, who is wrongly
 * set up. Everything follows from the seed; nothing here knows how authtop reads any of it.
 */
import { pick, randomNumbers } from '../emitters/workload.ts'

export type Library = 'jose' | 'jsonwebtoken' | 'pyjwt' | 'ruby-jwt' | 'introspection' | 'mod_auth_openidc'

/** What can be wrong with a host: at most one thing each, so that the truth of a failure is never in doubt. */
const TROUBLES = [
  'clock ahead',
  'clock behind',
  'clock drifts',
  'stale keys',
  'bad deploy',
  'keys unreachable',
] as const
export type Trouble = (typeof TROUBLES)[number]

export interface Clock {
  /** Ahead of true time when the process starts, s. */
  offset_s: number
  /** Seconds of this clock per true second. */
  rate: number
}

export interface Habits {
  ids: boolean
  headers: boolean
  accepts: boolean
  completes: boolean
  traces: boolean
}

export interface ServicePlan {
  library: Library
  hostname: string
  service: string
  route: string
  clock: Clock
  trouble: Trouble | null
  layout: string
  habits: Habits
  keys: 'remote' | 'startup'
  leeway_s: number
  /** jose's maxTokenAge: makes it look at `iat`. */
  maxAge_s?: number
  /** What an introspecting service says of an inactive token. */
  refusal: string
}

export interface ClientHostPlan {
  hostname: string
  layout: 'pino' | 'winston' | 'none'
  ids: boolean
  clock: Clock
}

export interface BenchPlan {
  seed: number
  /** IANA zone of the hosts that log local time without a zone. */
  zone: string
  issuer: { hostname: string; clock: Clock; logsIssuance: boolean }
  gateway: { hostname: string; clock: Clock; layout: GatewayLayout }
  services: ServicePlan[]
  clientHosts: ClientHostPlan[]
}

export type GatewayLayout = 'combined' | 'combined with request id' | 'json with request id' | 'json'

/** Lives of access tokens, s: a short one that can run out while the bench looks on, an ordinary one. */
export const SHORT_LIFE_S = 8
export const LONG_LIFE_S = 300

const ZONES = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Europe/Paris']
const LAYOUTS: Readonly<Record<Library, readonly string[]>> = {
  jose: ['pino', 'winston-json', 'winston-printf', 'pino'],
  jsonwebtoken: ['pino', 'winston-json', 'winston-printf', 'winston-simple'],
  introspection: ['pino', 'winston-json'],
  pyjwt: ['python', 'python-zone', 'python-seconds'],
  'ruby-jwt': ['ruby', 'ruby-iso'],
  mod_auth_openidc: ['apache'],
}
const REFUSALS = ['Token is not active', 'token inactive', 'The access token is inactive']
const NAMES = ['orders', 'reports', 'billing', 'stock', 'profile', 'search', 'mail', 'media', 'ledger', 'cart']
const SUFFIXES = ['-1', '-2', '-a', '.eu.example.net', '-7f9c4-x2k', '01']

export function drawPlan(seed: number): BenchPlan {
  const random = randomNumbers(seed)
  const chance = (p: number): boolean => random() < p
  const between = (low: number, high: number): number => low + random() * (high - low)
  const names = shuffled(NAMES, random)
  const suffix = pick(SUFFIXES, random)
  /** As right as NTP keeps them; never behind the issuer, or a token of this moment would be refused in earnest. */
  const right = (): Clock => ({ offset_s: round(between(0.005, 0.04)), rate: 1 })

  const habits = (): Habits => ({
    ids: chance(0.6),
    headers: chance(0.4),
    accepts: chance(0.6),
    completes: chance(0.5),
    traces: chance(0.4),
  })
  const service = (library: Library, route: string, n: number): ServicePlan => ({
    ...{ library, route, service: route, hostname: `${route}${n === 0 ? '' : `-n${n}`}${suffix}` },
    ...{ clock: right(), trouble: null, layout: pick(LAYOUTS[library], random), habits: habits() },
    ...{ keys: 'remote', leeway_s: 0, refusal: pick(REFUSALS, random) },
    ...(library === 'jose' && chance(0.5) ? { maxAge_s: 43_200 } : {}),
  })
  const services = [
    service('jose', names[0]!, 0),
    service('jsonwebtoken', names[0]!, 1),
    service('jose', names[1]!, 0),
    service('pyjwt', names[1]!, 1),
    service('ruby-jwt', names[2]!, 0),
    service('jsonwebtoken', names[2]!, 1),
    service('pyjwt', names[3]!, 0),
    service('introspection', names[4]!, 0),
    service('mod_auth_openidc', names[5]!, 0),
  ]
  const jwt = shuffled(
    services.filter(({ library }) => library !== 'introspection' && library !== 'mod_auth_openidc'),
    random,
  )
  for (const [i, trouble] of TROUBLES.entries()) give(jwt[i]!, trouble, between)
  const issuer = { hostname: `auth${suffix}`, clock: { offset_s: 0, rate: 1 }, logsIssuance: chance(0.7) }
  const layouts: GatewayLayout[] = ['combined', 'combined with request id', 'json with request id', 'json']
  const clientHost = (name: string, layout: ClientHostPlan['layout']): ClientHostPlan => ({
    ...{ hostname: `${name}${suffix}`, layout, ids: chance(0.5), clock: right() },
  })
  return {
    ...{ seed, zone: pick(ZONES, random), issuer, services },
    gateway: { hostname: `gw${suffix}`, clock: right(), layout: pick(layouts, random) },
    clientHosts: [
      clientHost('browsers', 'none'),
      clientHost('batch', pick(['pino', 'winston'] as const, random)),
      clientHost('partner', pick(['pino', 'winston', 'none'] as const, random)),
    ],
  }
}

function give(service: ServicePlan, trouble: Trouble, between: (low: number, high: number) => number): void {
  service.trouble = trouble
  if (trouble === 'clock ahead') service.clock = { offset_s: round(LONG_LIFE_S + between(5, 900)), rate: 1 }
  if (trouble === 'clock behind') service.clock = { offset_s: -round(between(15, 240)), rate: 1 }
  if (trouble === 'clock drifts') service.clock = { offset_s: -round(between(0.3, 0.8)), rate: 0.97 }
  if (trouble === 'stale keys') service.keys = 'startup'
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value)
}
