/** What a client of the demo can reach: the time, the dice, the issuer and the gateway. */
import type { Gateway } from './gateway.ts'
import type { Issuer } from './issuer.ts'
import type { Random } from './random.ts'
import type { Timeline } from './timeline.ts'

export interface World {
  timeline: Timeline
  random: Random
  issuer: Issuer
  gateway: Gateway
}
