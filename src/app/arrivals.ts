/** Everything that arrives, from whatever source, one at a time: what was read and what was pushed, in turn. */
import type { Delivery, PushSource } from '../core/ports/push-source.ts'
import type { ByteBatch, LogSource } from '../core/ports/source.ts'
import { inTurns } from './in-turns.ts'

export type Arrival = ByteBatch | Delivery

export function isDelivery(arrival: Arrival): arrival is Delivery {
  return 'parts' in arrival
}

export function arrivals(
  source: LogSource | null,
  pushed: readonly PushSource[],
  signal: AbortSignal,
): AsyncGenerator<Arrival> {
  return inTurns<Arrival>([
    ...(source === null ? [] : [source.batches(signal)]),
    ...pushed.map((each) => each.deliveries(signal)),
  ])
}
