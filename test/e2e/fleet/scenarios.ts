/**
 * What happens in the fleet, each fault a little story of its own, all at the same time and with healthy traffic between:
 * a mixed day in fast motion. Each story knows what it does wrong; what must come of it at a host is `reasonOf`'s affair.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { API, type Bench, CALLBACK, CLIENTS, CODE_LIFE_S, OPAQUE_API, OTHER_API, type RunningService } from './bench.ts'
import type { ClientHost, Credentials } from './client-host.ts'
import { LONG_LIFE_S, SHORT_LIFE_S } from './plan.ts'
import {
  foreign,
  garbage,
  jwtPresented,
  noToken,
  opaquePresented,
  type Presented,
  tampered,
  truncated,
} from './presented.ts'
import type { Reason } from './truth-row.ts'

export interface Day {
  bench: Bench
  /** Length, ms. */
  length_ms: number
  /** True epoch ms of its start. */
  start_ms: number
  /** Mean pause between two steps of one story, ms. */
  pace_ms: number
}

export async function liveThrough(bench: Bench, length_ms: number, pace_ms: number): Promise<void> {
  const day: Day = { bench, length_ms, pace_ms, start_ms: Date.now() }
  await Promise.all([
    ...[0, 1, 2, 3].map(() => browsing(day)),
    ...[runningOut, healing, tampering, wrongAudience, scopes, revoking, reusing, misconfigured, redeeming].map(
      (story) => story(day),
    ),
    ...[rotating, deploying, losingKeys, losingIntrospection, losingIssuer].map((story) => story(day)),
  ])
}

const over = ({ start_ms, length_ms }: Day): boolean => Date.now() >= start_ms + length_ms
const pause = ({ bench, pace_ms }: Day, times = 1): Promise<void> => sleep(pace_ms * times * (0.5 + bench.random()))
/** Until a share of the day has gone. */
const until = ({ start_ms, length_ms }: Day, share: number): Promise<void> =>
  sleep(Math.max(0, start_ms + share * length_ms - Date.now()))

const jwtServices = ({ services }: Bench) => services.filter(({ plan }) => plan.library !== 'introspection')
/** Hosts at which nothing but the injected fault can go wrong. */
const calm = (bench: Bench): RunningService[] => jwtServices(bench).filter(({ plan }) => plan.trouble === null)
const calmLooking = (bench: Bench): RunningService[] =>
  calm(bench).filter(({ plan }) => plan.library !== 'mod_auth_openidc')
const introspecting = ({ services }: Bench) => services.find(({ plan }) => plan.library === 'introspection')!
const readable = ({ services }: Bench): string =>
  [...new Set(services.map(({ plan }) => `${plan.route}:read`))].join(' ')

async function freshToken(
  bench: Bench,
  from: ClientHost,
  client: Credentials,
  { resource = API, scope = readable(bench) } = {},
): Promise<Presented> {
  const answer = await bench.token(from, client, 'client_credentials', { resource, scope })
  return jwtPresented(answer.access_token!)
}

const IS_DOWN: Reason = { fault: 'issuer down', cause: 'outage', subcauses: ['issuer_unavailable'] }
/** Healthy: fetches a token with a code, uses it everywhere, refreshes it long before its end. */
async function browsing(day: Day): Promise<void> {
  const { bench } = day
  const [from] = bench.clientHosts
  const client = CLIENTS.web
  const code = await bench.code(client.client_id, API, readable(bench))
  let answer = await bench.token(from!, client, 'authorization_code', { code, redirect_uri: CALLBACK, resource: API })
  for (let uses = 1; !over(day); uses++) {
    await bench.call(from!, client, bench.pick(jwtServices(bench)), jwtPresented(answer.access_token!))
    await pause(day)
    if (uses % 6 === 0)
      answer = await bench.token(from!, client, 'refresh_token', {
        refresh_token: answer.refresh_token!,
        resource: API,
      })
  }
}

/** A job that keeps its token for long after its end. */
async function runningOut(day: Day): Promise<void> {
  const { bench } = day
  const from = bench.clientHosts[1]!
  const client = CLIENTS.nightly
  const stable = jwtServices(bench).filter(({ plan }) => plan.trouble !== 'bad deploy')
  while (!over(day)) {
    const token = await freshToken(bench, from, client)
    const end_ms = Date.now() + SHORT_LIFE_S * 2_000
    while (Date.now() < end_ms && !over(day)) {
      await bench.call(from, client, bench.pick(stable), token)
      await pause(day)
    }
  }
}

/** An application that refreshes when it is refused, and tries again. */
async function healing(day: Day): Promise<void> {
  const { bench } = day
  const from = bench.clientHosts[0]!
  const client = CLIENTS.mobile
  const stable = calm(bench)
  const code = await bench.code(client.client_id, API, readable(bench))
  let answer = await bench.token(from, client, 'authorization_code', { code, redirect_uri: CALLBACK, resource: API })
  while (!over(day)) {
    const service = bench.pick(stable)
    const { status } = await bench.call(from, client, service, jwtPresented(answer.access_token!))
    if (status === 401) {
      answer = await bench.token(from, client, 'refresh_token', { refresh_token: answer.refresh_token!, resource: API })
      await bench.call(from, client, service, jwtPresented(answer.access_token!))
    }
    await pause(day, 2)
  }
}

/** Strangers try what they can think of; some callers send nothing at all. */
async function tampering(day: Day): Promise<void> {
  const { bench } = day
  const from = bench.clientHosts[0]!
  const client = CLIENTS.web
  const good = await freshToken(bench, from, client)
  const tricks = [tampered, tampered, truncated, garbage, foreign, noToken]
  while (!over(day)) {
    // Nobody can say of a stranger's key that it is none of the issuer's while the issuer's cannot be had.
    const trick = bench.pick(bench.keysAreDown ? tricks.filter((one) => one !== foreign) : tricks)
    await bench.call(from, client, bench.pick(calm(bench)), await trick(good))
    await pause(day)
  }
}

/** A client asks for a token for one API and takes it to another. */
async function wrongAudience(day: Day): Promise<void> {
  const { bench } = day
  const from = bench.clientHosts[2]!
  const token = await freshToken(bench, from, CLIENTS.partner, { resource: OTHER_API })
  while (!over(day)) {
    await bench.call(from, CLIENTS.partner, bench.pick(calmLooking(bench)), token)
    await pause(day, 2)
  }
}

/** A client that may read tries to write. */
async function scopes(day: Day): Promise<void> {
  const { bench } = day
  const from = bench.clientHosts[1]!
  const token = await freshToken(bench, from, CLIENTS.batch)
  while (!over(day)) {
    await bench.call(from, CLIENTS.batch, bench.pick(calmLooking(bench)), token, bench.pick(['GET', 'POST']))
    await pause(day, 1.5)
  }
}

/** Opaque tokens: good ones, withdrawn ones, such that ran out and such that never were. */
async function revoking(day: Day): Promise<void> {
  const { bench } = day
  const from = bench.clientHosts[2]!
  const service = introspecting(bench)
  const scope = `${service.plan.route}:read`
  const opaque = async (client: Credentials, life_s: number): Promise<Presented> => {
    const answer = await bench.token(from, client, 'client_credentials', { resource: OPAQUE_API, scope })
    return opaquePresented(answer.access_token!, OPAQUE_API, scope, life_s)
  }
  while (!over(day)) {
    const token = await opaque(CLIENTS.partner, LONG_LIFE_S)
    const short = await opaque(CLIENTS.nightly, SHORT_LIFE_S)
    const made_ms = Date.now()
    for (let uses = 0; uses < 3; uses++) {
      await bench.call(from, CLIENTS.partner, service, token)
      await pause(day)
    }
    await bench.revoke(from, CLIENTS.partner, token.token!)
    token.revoked = true
    for (let uses = 0; uses < 3; uses++) {
      await bench.call(from, CLIENTS.partner, service, token)
      await pause(day)
    }
    await bench.call(from, CLIENTS.partner, service, { ...garbage(), scope })
    await sleep(Math.max(0, made_ms + (SHORT_LIFE_S + 1.5) * 1000 - Date.now()))
    for (let uses = 0; uses < 2; uses++) await bench.call(from, CLIENTS.nightly, service, short)
  }
}

const REUSED: Reason = { fault: 'refresh reuse', cause: 'revocation', subcauses: ['refresh_reused'] }
const REVOKED: Reason = { fault: 'revocation', cause: 'revocation', subcauses: ['token_revoked'] }

/** A refresh token used twice: the thief's refresh fails, and then the owner's, whose grant is gone. */
async function reusing(day: Day): Promise<void> {
  const { bench } = day
  const [browsers, , partner] = bench.clientHosts
  const redeem = async (client: Credentials) => {
    const code = await bench.code(client.client_id, API, readable(bench))
    return bench.token(browsers!, client, 'authorization_code', { code, redirect_uri: CALLBACK, resource: API })
  }
  const refresh = (from: ClientHost, client: Credentials, refresh_token: string, reason: Reason | null) =>
    bench.token(from, client, 'refresh_token', { refresh_token, resource: API }, reason)
  while (!over(day)) {
    const first = await redeem(CLIENTS.web)
    const second = await refresh(browsers!, CLIENTS.web, first.refresh_token!, null)
    await pause(day)
    await refresh(partner!, CLIENTS.web, first.refresh_token!, REUSED)
    await pause(day)
    await refresh(browsers!, CLIENTS.web, second.refresh_token!, REUSED)
    const withdrawn = await redeem(CLIENTS.partner)
    await pause(day)
    await bench.revoke(partner!, CLIENTS.partner, withdrawn.refresh_token!)
    await pause(day)
    await refresh(partner!, CLIENTS.partner, withdrawn.refresh_token!, REVOKED)
    await pause(day, 4)
  }
}

const SECRET: Reason = { fault: 'wrong secret', cause: 'misconfiguration', subcauses: ['client_credentials'] }
const UNKNOWN: Reason = { fault: 'unknown client', cause: 'misconfiguration', subcauses: ['client_unknown'] }

/** One client never had the right secret, one has it until somebody changes it, one does not exist. */
async function misconfigured(day: Day): Promise<void> {
  const { bench } = day
  const from = bench.clientHosts[1]!
  const form = { resource: API, scope: readable(bench) }
  const { batch, newcomer } = CLIENTS
  while (!over(day)) {
    const changed = Date.now() > day.start_ms + day.length_ms / 3
    await bench.token(from, { ...newcomer, client_secret: 'a-guess' }, 'client_credentials', form, SECRET)
    await pause(day)
    if (changed) await bench.token(from, { ...batch, client_secret: 'the-old-one' }, 'client_credentials', form, SECRET)
    else await bench.token(from, batch, 'client_credentials', form)
    await pause(day)
    await bench.token(from, { ...batch, client_id: 'batch-jbo' }, 'client_credentials', form, UNKNOWN)
    await pause(day, 4)
  }
}

const REDIRECT: Reason = { fault: 'wrong redirect', cause: 'misconfiguration', subcauses: ['redirect_uri'] }
const REPLAYED: Reason = { fault: 'code replayed', cause: 'misuse', subcauses: ['code_replayed'] }
const CODE_EXPIRED: Reason = { fault: 'code expired', cause: 'expiry', subcauses: ['authorization_code'] }

/** Codes taken to the wrong address, twice, or too late. */
async function redeeming(day: Day): Promise<void> {
  const { bench } = day
  const from = bench.clientHosts[2]!
  const client = CLIENTS.partner
  const redeem = (code: string, redirect_uri: string, reason: Reason | null) =>
    bench.token(from, client, 'authorization_code', { code, redirect_uri, resource: API }, reason)
  while (!over(day)) {
    const late = await bench.code(client.client_id, API, readable(bench))
    await redeem(await bench.code(client.client_id, API, readable(bench)), `${CALLBACK}/`, REDIRECT)
    await pause(day)
    const code = await bench.code(client.client_id, API, readable(bench))
    await redeem(code, CALLBACK, null)
    await pause(day)
    await redeem(code, CALLBACK, REPLAYED)
    await sleep((CODE_LIFE_S + 1.5) * 1000)
    await redeem(late, CALLBACK, CODE_EXPIRED)
    await pause(day, 2)
  }
}

/** The issuer takes a new key; the host that keeps its keys is only told much later. */
async function rotating(day: Day): Promise<void> {
  const { bench } = day
  await until(day, 0.4)
  await bench.rotateKey()
  await until(day, 0.85)
  for (const service of bench.services)
    if (service.plan.trouble === 'stale keys') await bench.quietly(service, () => bench.deploy(service, {}))
}

/** A deploy expects another audience or another issuer, until it is taken back. */
async function deploying(day: Day): Promise<void> {
  const { bench } = day
  const service = bench.services.find(({ plan }) => plan.trouble === 'bad deploy')!
  await until(day, 0.25)
  await bench.quietly(service, () =>
    bench.deploy(service, bench.pick([{ audience: `${API}/v2` }, { wrongIssuer: true }])),
  )
  await until(day, 0.55)
  await bench.quietly(service, () => bench.deploy(service, { audience: API, wrongIssuer: false }))
}

/** The key set cannot be had while a host needs it. */
async function losingKeys(day: Day): Promise<void> {
  const { bench } = day
  const service = bench.services.find(({ plan }) => plan.trouble === 'keys unreachable')!
  await until(day, 0.62)
  await bench.quietly(service, async () => {
    await bench.fail('/jwks', bench.pick(['bad gateway', 'unavailable', 'closed']))
    await bench.deploy(service, {})
    service.keysUnreachable = true
  })
  await until(day, 0.8)
  await bench.quietly(service, async () => {
    await bench.fail('/jwks', 'no')
    await bench.deploy(service, {})
    service.keysUnreachable = false
  })
}

async function losingIntrospection(day: Day): Promise<void> {
  const { bench } = day
  const service = introspecting(bench)
  const turn = (how: 'bad gateway' | 'unavailable' | 'closed' | 'no'): Promise<void> =>
    bench.quietly(service, async () => {
      await bench.fail('/token/introspection', how)
      bench.introspectionDown = how !== 'no'
    })
  await until(day, 0.45)
  await turn(bench.pick(['bad gateway', 'unavailable', 'closed']))
  const from = bench.clientHosts[2]!
  while (Date.now() < day.start_ms + 0.55 * day.length_ms) {
    const token = randomBytes(24).toString('base64url')
    await bench.call(from, CLIENTS.partner, service, opaquePresented(token, OPAQUE_API, '', LONG_LIFE_S))
    await pause(day)
  }
  await turn('no')
}

/** The token endpoint fails; only who leaves a trace of that in a log of its own asks then. */
async function losingIssuer(day: Day): Promise<void> {
  const { bench } = day
  await until(day, 0.86)
  await bench.closeIssuer(bench.pick(['bad gateway', 'unavailable']))
  const from = bench.clientHosts[1]!
  const form = { resource: API, scope: readable(bench) }
  while (Date.now() < day.start_ms + 0.92 * day.length_ms) {
    await bench.token(from, CLIENTS.batch, 'client_credentials', form, IS_DOWN)
    await pause(day)
  }
  await bench.openIssuer()
}
