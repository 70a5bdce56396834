/** partner-x, a server of somebody else: careful with its token, until its grant is withdrawn and it keeps trying. */
import type { Call, Route } from './gateway.ts'
import type { IssuedToken, TokenRequest } from './issuer.ts'
import { InvalidGrant } from './oauth-error.ts'
import { partnerRevoked, trafficShare } from './story.ts'
import { LIFETIME_S, REFRESH_AT } from './token-habits.ts'
import type { World } from './world.ts'

/** Refused, it tries to refresh this often; ms. */
const RETRY_MS = 5_000

/** `withdrawn` is told the token whose grant was taken back, for the services' deny list. */
export async function startPartner(world: World, withdrawn: (token: IssuedToken) => void): Promise<void> {
  const { timeline, random, issuer, gateway } = world
  const request: TokenRequest = {
    client_id: 'partner-x',
    grant_type: 'authorization_code',
    scope: 'orders:read payments:read',
    lifetime_s: LIFETIME_S,
    subject: 'u-partner-x',
    nbf: false,
    offline: true,
  }
  let token = await issuer.issue(request)
  let tried_ms = timeline.now_ms
  const refresh = async (): Promise<void> => {
    tried_ms = timeline.now_ms
    try {
      token = await issuer.refresh(token.refresh_token, request)
    } catch (error) {
      if (!(error instanceof InvalidGrant)) throw error
    }
  }
  const act = async (): Promise<void> => {
    const revoked = partnerRevoked(timeline.now_ms)
    if (revoked && !token.grant.revoked) {
      issuer.revoke(token.grant)
      withdrawn(token)
    } else if (!revoked && token.grant.revoked) {
      issuer.forget(token.refresh_token)
      token = await issuer.issue(request)
    } else if (timeline.now_ms - tried_ms >= LIFETIME_S * 1000 * REFRESH_AT) await refresh()
    const route = random.pick<Route>(['orders', 'payments'])
    const call: Call = {
      route,
      method: 'GET',
      url: `/${route}/${random.between(1_000, 9_999)}`,
      scope: `${route}:read`,
      presented: { token, tampered: false },
      address: '198.51.100.17',
      user_agent: 'partner-x/2.3 (axios/1.13.2)',
      traced: true,
    }
    gateway.send(call, async (status) => {
      if (status === 401 && timeline.now_ms - tried_ms >= RETRY_MS) await refresh()
    })
    timeline.after(random.wait(600) / trafficShare(timeline.now_ms), act)
  }
  await act()
}
