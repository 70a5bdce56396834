/** batch-3, the nightly job: one token for many requests, at times for far longer than it lives. */
import type { Call } from './gateway.ts'
import type { TokenRequest } from './issuer.ts'
import { carelessBatch, trafficShare } from './story.ts'
import { BATCH_LIFETIME_S, REFRESH_AT } from './token-habits.ts'
import type { World } from './world.ts'

export async function startBatch(world: World): Promise<void> {
  const { timeline, random, issuer, gateway } = world
  const request: TokenRequest = {
    client_id: 'batch-3',
    grant_type: 'client_credentials',
    scope: 'orders:read',
    lifetime_s: BATCH_LIFETIME_S,
    subject: 'batch-3',
    nbf: true,
    offline: false,
  }
  let token = await issuer.issue(request)
  let issued_ms = timeline.now_ms
  let page = 1
  const act = async (): Promise<void> => {
    const keep_ms = BATCH_LIFETIME_S * 1000 * (carelessBatch(timeline.now_ms) ? 2 : REFRESH_AT)
    if (timeline.now_ms - issued_ms >= keep_ms) {
      token = await issuer.issue(request)
      issued_ms = timeline.now_ms
    }
    const call: Call = {
      route: 'orders',
      method: 'GET',
      url: `/orders/export?page=${page++}`,
      scope: 'orders:read',
      presented: { token, tampered: false },
      address: '10.20.3.31',
      user_agent: 'node',
      traced: false,
    }
    gateway.send(call, () => {})
    timeline.after(random.between(250, 450) / trafficShare(timeline.now_ms), act)
  }
  await act()
}
