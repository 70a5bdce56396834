/**
 * Everything that arrives, from whatever source, one at a time: what was read and what was pushed, in turn.
 * Invariant: a source is asked for its next batch only when the last one was taken, so back-pressure reaches each of them.
 */
import type { Delivery, PushSource } from '../core/ports/push-source.ts'
import type { ByteBatch, LogSource } from '../core/ports/source.ts'

export type Arrival = ByteBatch | Delivery

export function isDelivery(arrival: Arrival): arrival is Delivery {
  return 'parts' in arrival
}

interface Slot {
  arrival: Arrival | null
  /** Lets the source go on. */
  taken: () => void
  done: boolean
}

export async function* arrivals(
  source: LogSource | null,
  pushed: readonly PushSource[],
  signal: AbortSignal,
): AsyncGenerator<Arrival> {
  let wake = () => {}
  let failure: { error: unknown } | null = null
  const pump = async (slot: Slot, from: AsyncIterable<Arrival>) => {
    try {
      for await (const arrival of from) {
        const { promise, resolve } = Promise.withResolvers<void>()
        slot.taken = resolve
        slot.arrival = arrival
        wake()
        await promise
      }
    } catch (error) {
      failure ??= { error }
    }
    slot.done = true
    wake()
  }
  const start = (from: AsyncIterable<Arrival>) => {
    const slot: Slot = { arrival: null, taken: () => {}, done: false }
    void pump(slot, from)
    return slot
  }
  const slots = [
    ...(source === null ? [] : [start(source.batches(signal))]),
    ...pushed.map((each) => start(each.deliveries(signal))),
  ]
  for (let turn = 0; ; turn++) {
    if (failure !== null) throw (failure as { error: unknown }).error
    const order = slots.map((_, i) => slots[(turn + i) % slots.length]!)
    const ready = order.find((slot) => slot.arrival !== null)
    if (ready !== undefined) {
      const { arrival } = ready
      ready.arrival = null
      yield arrival!
      ready.taken()
    } else if (slots.every((slot) => slot.done)) return
    else {
      const { promise, resolve } = Promise.withResolvers<void>()
      wake = resolve
      await promise
    }
  }
}
