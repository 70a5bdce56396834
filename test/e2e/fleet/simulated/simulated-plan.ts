/**
 * Draws a simulated fleet: several issuers, a dozen hosts and more, hours of traffic. Like the real bench's plan, with what a
 * minute of real time cannot show: slow drift, a stepping clock, ordinary lifetimes, more languages and layouts.
 */
import { pick, randomNumbers } from '../../emitters/workload.ts'
import type { Flavour } from './refusals.ts'
import type { AccessLayout, Layout } from './writers.ts'

export type SimulatedTrouble =
  | 'clock ahead'
  | 'clock slightly ahead'
  | 'clock behind'
  | 'clock drifts'
  | 'clock steps'
  | 'stale keys'
  | 'wrong audience deployed'
  | 'wrong issuer deployed'
  | 'keys unreachable'
  | 'introspection unreachable'

export interface SimulatedClock {
  offset_s: number
  drift_ppm: number
  /** At a share of the run the clock is set by so much. */
  step: { share: number; by_s: number } | null
}

export interface SimulatedHost {
  hostname: string
  service: string
  flavour: Flavour
  layout: Layout
  issuer: number
  gateway: number
  clock: SimulatedClock
  trouble: SimulatedTrouble | null
  /** Request ids, request with headers (pino), a line per success with instants, a line with the status. */
  ids: boolean
  headers: boolean
  accepts: boolean
  completes: boolean
  /** Only its gateway writes of its requests. */
  silent: boolean
  /** Logs `iat` and `exp` in milliseconds. */
  millisecondClaims: boolean
  /** Its stamps name no zone and are so many hours ahead of the one they are read in: a wrong TZ, a summer time that ended. */
  zone_h: number
  /** Relative share of the traffic. */
  weight: number
}

const ORDINARY = { silent: false, millisecondClaims: false, zone_h: 0 } as const

export interface SimulatedPlan {
  seed: number
  zone: string
  length_ms: number
  requests: number
  issuers: { name: string; hostname: string; life_s: number; logsIssuance: boolean }[]
  gateways: { hostname: string; layout: AccessLayout; clock: SimulatedClock }[]
  hosts: SimulatedHost[]
  /** Whether a path names its service, and where. */
  routes: 'named' | 'versioned' | 'nameless'
  /** Share of the requests that are followed at once by a few others. */
  bursts: number
  /** Share of refused requests that the caller sends again as they were. */
  retries: number
  clients: { client_id: string; issuer: number; hostname: string; logs: boolean; habit: ClientHabit }[]
}

/** `careful` refreshes in time, `late` when it is refused, `stubborn` long after. */
export type ClientHabit = 'careful' | 'late' | 'stubborn'

const ZONES = ['UTC', 'America/New_York', 'Asia/Tokyo', 'Europe/Berlin']
const LAYOUTS_OF: Readonly<Record<Flavour, readonly Layout[]>> = {
  jose: ['pino', 'winston-json', 'winston-printf'],
  jsonwebtoken: ['pino', 'winston-json', 'winston-printf'],
  introspecting: ['pino', 'winston-json'],
  pyjwt: ['python', 'python-seconds'],
  'ruby-jwt': ['ruby'],
  jjwt: ['logback'],
  'golang-jwt': ['golang'],
}
/** Layouts that the days before were not written in. */
const OTHER_LAYOUTS_OF: Readonly<Record<Flavour, readonly Layout[]>> = {
  jose: ['logfmt', 'winston-json'],
  jsonwebtoken: ['logfmt', 'winston-json'],
  introspecting: ['zap', 'logfmt', 'zerolog'],
  pyjwt: ['python-json', 'logfmt'],
  'ruby-jwt': ['logfmt', 'ruby'],
  jjwt: ['spring', 'logstash'],
  'golang-jwt': ['zap', 'zerolog', 'logfmt'],
}
const FLAVOURS = Object.keys(LAYOUTS_OF) as Flavour[]
const SERVICES = ['orders', 'reports', 'billing', 'stock', 'search', 'mail', 'media', 'ledger', 'cart', 'users', 'tax']
const TROUBLES: readonly SimulatedTrouble[] = [
  'clock ahead',
  'clock slightly ahead',
  'clock behind',
  'clock drifts',
  'clock steps',
  'stale keys',
  'wrong audience deployed',
  'wrong issuer deployed',
  'keys unreachable',
]
/** Which libraries never say that the key is missing, or are asked about nothing that a clock or a key could spoil. */
const UNABLE: Readonly<Partial<Record<SimulatedTrouble, readonly Flavour[]>>> = {
  'stale keys': ['jjwt', 'golang-jwt'],
  'keys unreachable': ['ruby-jwt', 'jjwt', 'golang-jwt'],
}

export function drawSimulatedPlan(seed: number, requests: number): SimulatedPlan {
  const random = randomNumbers(seed)
  const chance = (p: number): boolean => random() < p
  const between = (low: number, high: number): number => low + random() * (high - low)
  const right = (): SimulatedClock => ({ offset_s: between(0, 0.05), drift_ppm: 0, step: null })
  const hosts: SimulatedHost[] = Array.from({ length: 16 }, (_, i) => {
    const flavour = FLAVOURS[i % FLAVOURS.length]!
    const service = pick(SERVICES, random)
    return {
      ...{
        hostname: `${service}-${i + 1}`,
        service,
        flavour,
        layout: pick(LAYOUTS_OF[flavour], random),
        issuer: i % 3,
      },
      ...{ gateway: chance(0.5) ? 0 : 1, clock: right(), trouble: null, weight: between(0.5, 3) },
      ...{ ids: chance(0.6), headers: chance(0.4), accepts: chance(0.6), completes: chance(0.4) },
      ...ORDINARY,
    }
  })
  const able = hosts.filter(({ flavour }) => flavour !== 'introspecting')
  for (const trouble of TROUBLES) {
    const candidates = able.filter((h) => h.trouble === null && !UNABLE[trouble]?.includes(h.flavour))
    const host = pick(candidates, random)
    host.trouble = trouble
    if (trouble === 'clock ahead') host.clock.offset_s = between(320, 1_500)
    if (trouble === 'clock slightly ahead') host.clock.offset_s = between(20, 90)
    if (trouble === 'clock behind') host.clock.offset_s = -between(4, 400)
    if (trouble === 'clock drifts') Object.assign(host.clock, { offset_s: 0.2, drift_ppm: -between(300, 900) })
    if (trouble === 'clock steps')
      host.clock.step = { share: between(0.3, 0.6), by_s: pick([-1, 1], random) * between(8, 700) }
  }
  const layouts: AccessLayout[] = ['combined', 'combined with request id', 'json with request id', 'json']
  return {
    ...{ seed, zone: pick(ZONES, random), length_ms: 4 * 3_600_000, requests, hosts },
    ...{ routes: 'named', bursts: 0, retries: 0 },
    issuers: ['login', 'sso', 'id'].map((name, i) => ({
      ...{ name: `https://${name}.example.com`, hostname: `${name}-1`, life_s: [300, 900, 3600][i]! },
      logsIssuance: chance(0.7),
    })),
    gateways: [0, 1].map((i) => ({ hostname: `edge-${i + 1}`, layout: pick(layouts, random), clock: right() })),
    clients: Array.from({ length: 24 }, (_, i) => ({
      ...{ client_id: `client-${i + 1}`, issuer: i % 3, hostname: `app-${i + 1}`, logs: chance(0.3) },
      habit: pick(['careful', 'careful', 'late', 'stubborn'] as const, random),
    })),
  }
}

/** The other day, written by other loggers. */
export function drawLayoutsPlan(seed: number, requests: number): SimulatedPlan {
  const plan = drawOtherPlan(seed + 1_000, requests)
  const random = randomNumbers(seed)
  for (const host of plan.hosts) host.layout = pick(OTHER_LAYOUTS_OF[host.flavour], random)
  return plan
}

/** Layouts whose stamps name no zone; those of whole seconds first. */
const ZONELESS: Readonly<Partial<Record<Flavour, readonly Layout[]>>> = {
  pyjwt: ['python-seconds', 'python'],
  'ruby-jwt': ['ruby'],
  jjwt: ['logback'],
  'golang-jwt': ['golang'],
}

/**
 * The other day where logs are poor: whole seconds and stamps without a zone, hardly an id, some hosts of which only the gateway
 * writes, some that log milliseconds for seconds, some whose stamps are whole hours off.
 */
export function drawPoorPlan(seed: number, requests: number): SimulatedPlan {
  const plan = drawOtherPlan(seed + 2_000, requests)
  const random = randomNumbers(seed + 17)
  const chance = (p: number): boolean => random() < p
  for (const host of plan.hosts) {
    const zoneless = ZONELESS[host.flavour]
    if (zoneless !== undefined) host.layout = zoneless[0]!
    Object.assign(host, { ids: chance(0.1), headers: chance(0.15), silent: chance(0.1) })
    host.millisecondClaims = chance(0.15)
    if (zoneless !== undefined && chance(0.25)) host.zone_h = pick([-5, -1, 1, 2, 9], random)
  }
  for (const gateway of plan.gateways) gateway.layout = 'combined'
  return plan
}

const OTHER_ZONES = ['UTC', 'Asia/Kolkata', 'America/Sao_Paulo', 'Australia/Adelaide']
const OTHER_SERVICES = [
  'payments',
  'inventory',
  'graph',
  'notify',
  'catalog',
  'pricing',
  'shipping',
  'auth-proxy',
  'crm',
]
const NAMINGS: readonly ((service: string, i: number, random: () => number) => string)[] = [
  (service, i) => `${service}${String(i).padStart(2, '0')}.eu.example.net`,
  (service, _, random) =>
    `${service}-${Math.floor(random() * 1e9).toString(36)}-${Math.floor(random() * 4e4).toString(36)}`,
  (_, i, random) => `ip-10-0-${Math.floor(random() * 250)}-${i}`,
]

/**
 * Another kind of day, on which nothing was tuned: other names, several clocks off in every way at once, gateways among them, paths
 * that name no service, bursts, callers that try again, fewer hosts and other lengths.
 */
export function drawOtherPlan(seed: number, requests: number): SimulatedPlan {
  const random = randomNumbers(seed * 7919 + 13)
  const chance = (p: number): boolean => random() < p
  const between = (low: number, high: number): number => low + random() * (high - low)
  const either = (): number => (chance(0.5) ? 1 : -1)
  const right = (): SimulatedClock => ({ offset_s: between(0, 0.08), drift_ppm: 0, step: null })
  const off: readonly (() => SimulatedClock)[] = [
    () => ({ ...right(), offset_s: either() * between(2, 600) }),
    () => ({ ...right(), offset_s: either() * between(2, 30) }),
    () => ({ ...right(), offset_s: between(0.1, 3), drift_ppm: either() * between(20, 300) }),
    () => ({ ...right(), step: { share: between(0.2, 0.8), by_s: either() * between(5, 300) } }),
    () => ({ offset_s: either() * between(5, 100), drift_ppm: either() * between(50, 300), step: null }),
  ]
  const naming = pick(NAMINGS, random)
  const gateways = 1 + Math.floor(between(0, 3))
  const issuers = 1 + Math.floor(between(0, 3))
  const hosts: SimulatedHost[] = Array.from({ length: 6 + Math.floor(between(0, 9)) }, (_, i) => {
    const flavour = pick(FLAVOURS, random)
    const service = pick(OTHER_SERVICES, random)
    return {
      ...{ hostname: naming(service, i + 1, random), service, flavour, layout: pick(LAYOUTS_OF[flavour], random) },
      ...{ issuer: i % issuers, gateway: Math.floor(between(0, gateways)), trouble: null, weight: between(0.3, 3) },
      ...{ clock: chance(0.3) ? pick(off, random)() : right(), ids: chance(0.4), headers: chance(0.3) },
      ...{ accepts: chance(0.6), completes: chance(0.5) },
      ...ORDINARY,
    }
  })
  for (const host of hosts) {
    const troubles: SimulatedTrouble[] =
      host.flavour === 'introspecting'
        ? ['introspection unreachable']
        : (['stale keys', 'wrong audience deployed', 'wrong issuer deployed', 'keys unreachable'] as const).filter(
            (one) => !UNABLE[one]?.includes(host.flavour),
          )
    if (chance(0.4)) host.trouble = pick(troubles, random)
  }
  const layouts: AccessLayout[] = ['combined', 'combined with request id', 'json with request id', 'json', 'json in ms']
  return {
    ...{ seed, zone: pick(OTHER_ZONES, random), length_ms: pick([1, 2.5, 6], random) * 3_600_000, requests, hosts },
    ...{
      routes: pick(['named', 'versioned', 'nameless'] as const, random),
      bursts: between(0, 0.1),
      retries: between(0, 0.3),
    },
    issuers: Array.from({ length: issuers }, (_, i) => ({
      ...{ name: `https://idp${i}.corp.example`, hostname: `idp${i}`, life_s: pick([120, 300, 600, 1800], random) },
      logsIssuance: chance(0.6),
    })),
    gateways: Array.from({ length: gateways }, (_, i) => ({
      ...{ hostname: `lb${i}`, layout: pick(layouts, random), clock: chance(0.25) ? pick(off, random)() : right() },
    })),
    clients: Array.from({ length: 6 + Math.floor(between(0, 20)) }, (_, i) => ({
      ...{ client_id: `app_${i}`, issuer: i % issuers, hostname: `caller-${i}`, logs: chance(0.3) },
      habit: pick(['careful', 'careful', 'late', 'stubborn'] as const, random),
    })),
  }
}
