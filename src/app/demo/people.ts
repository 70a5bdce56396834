/**
 * People with the web and the mobile application. The web application refreshes in time; the mobile one waits until its
 * token is refused, refreshes and tries again, so that its expiries heal by themselves.
 */
import { anyCall, type Errand } from './any-call.ts'
import type { TokenRequest } from './issuer.ts'
import { trafficShare } from './story.ts'
import { LIFETIME_S, REFRESH_AT } from './token-habits.ts'
import type { World } from './world.ts'

/** A client whose fresh token is refused does not ask for another one at once; ms. */
const REFRESH_PAUSE_MS = 20_000

interface PeopleOptions {
  client_id: string
  user_agent: string
  scope: string
  /** How many are logged in at a time. */
  sessions: number
  /** Mean length of a session and mean pause between two requests of it at full traffic, ms. */
  session_ms: number
  pause_ms: number
  /** Refreshes before expiry; the others wait for the first 401 and then try again. */
  careful: boolean
  traced: boolean
}

export const WEB: PeopleOptions = {
  client_id: 'web',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  scope: 'openid orders:read reports:read payments:read payments:write',
  sessions: 26,
  session_ms: 70_000,
  pause_ms: 2_200,
  careful: true,
  traced: true,
}

export const MOBILE: PeopleOptions = {
  client_id: 'mobile',
  user_agent: 'DemoShop/4.12.0 (iOS 26.1; iPhone17,1)',
  scope: 'openid orders:read reports:read payments:read',
  sessions: 18,
  session_ms: 280_000,
  pause_ms: 2_600,
  careful: false,
  traced: false,
}

/** Keeps `options.sessions` people logged in, one after the other. */
export function startPeople(world: World, options: PeopleOptions): void {
  const { timeline, random } = world
  for (let i = 0; i < options.sessions; i++)
    timeline.after(random.between(0, 8_000), () => startSession(world, options))
}

async function startSession(world: World, options: PeopleOptions): Promise<void> {
  const { timeline, random, issuer, gateway } = world
  const { client_id, user_agent, scope, careful, traced } = options
  const address = `203.0.113.${random.between(1, 254)}`
  const request: TokenRequest = {
    client_id,
    grant_type: 'authorization_code',
    scope,
    lifetime_s: LIFETIME_S,
    subject: `u-${random.between(1_000, 9_999)}`,
    nbf: true,
    offline: true,
  }
  let token = await issuer.issue(request)
  let refreshed_ms = timeline.now_ms
  let loggedOut = false
  const ends_ms = timeline.now_ms + random.wait(options.session_ms)

  const refresh = async (): Promise<void> => {
    token = await issuer.refresh(token.refresh_token, request)
    refreshed_ms = timeline.now_ms
  }
  const send = (call: Errand, again: boolean): void => {
    const presented = { token, tampered: false }
    gateway.send({ ...call, presented, address, user_agent, traced }, async (status) => {
      const refreshes = !careful && !again && !loggedOut && timeline.now_ms - refreshed_ms >= REFRESH_PAUSE_MS
      if (status !== 401 || !refreshes) return
      await refresh()
      timeline.after(random.between(30, 90), () => send(call, true))
    })
  }
  const act = async (): Promise<void> => {
    if (timeline.now_ms >= ends_ms) {
      loggedOut = true
      issuer.forget(token.refresh_token)
      timeline.after(random.wait(4_000), () => startSession(world, options))
      return
    }
    if (careful && timeline.now_ms - refreshed_ms >= LIFETIME_S * 1000 * REFRESH_AT) await refresh()
    send(anyCall(random), false)
    timeline.after(random.wait(options.pause_ms / trafficShare(timeline.now_ms)), act)
  }
  timeline.after(random.between(120, 900), act)
}
