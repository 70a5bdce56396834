/** Who nobody asked for: a scanner that changes a stolen token, and probes that bring none. */
import { anyCall } from './any-call.ts'
import type { TokenRequest } from './issuer.ts'
import { WEB } from './people.ts'
import { strangersAbout } from './story.ts'
import { LIFETIME_S } from './token-habits.ts'
import type { World } from './world.ts'

export function startStrangers(world: World): void {
  const { timeline, random, issuer, gateway } = world
  const request: TokenRequest = {
    client_id: 'web',
    grant_type: 'authorization_code',
    scope: WEB.scope,
    lifetime_s: LIFETIME_S,
    subject: 'u-4711',
    nbf: true,
    offline: false,
  }
  const scan = async (): Promise<void> => {
    if (strangersAbout(timeline.now_ms)) {
      const token = await issuer.issue(request)
      const presented = { token, tampered: true }
      const from = { address: '192.0.2.66', user_agent: 'python-requests/2.32.5', traced: false, presented }
      for (let i = random.between(1, 4); i > 0; i--)
        timeline.after(random.between(100, 2_500), () => gateway.send({ ...anyCall(random), ...from }, () => {}))
    }
    timeline.after(random.wait(18_000), scan)
  }
  const probe = (): void => {
    if (strangersAbout(timeline.now_ms)) {
      const from = { address: `192.0.2.${random.between(1, 254)}`, user_agent: 'Mozilla/5.0 zgrab/0.x', traced: false }
      gateway.send({ ...anyCall(random), ...from, presented: null }, () => {})
    }
    timeline.after(random.wait(9_000), probe)
  }
  timeline.after(random.wait(18_000), scan)
  timeline.after(random.wait(9_000), probe)
}
