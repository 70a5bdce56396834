/**
 * Several iterations as one: what is ready is handed out, each in its turn.
 * Invariant: an iteration is asked for its next value only when the last one was taken, so back-pressure reaches each of them.
 */

interface Slot<T> {
  value: { of: T } | null
  /** Lets the iteration go on. */
  taken: () => void
  done: boolean
}

export async function* inTurns<T>(iterations: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  let wake = () => {}
  let failure: { error: unknown } | null = null
  const pump = async (slot: Slot<T>, from: AsyncIterable<T>) => {
    try {
      for await (const value of from) {
        const { promise, resolve } = Promise.withResolvers<void>()
        slot.taken = resolve
        slot.value = { of: value }
        wake()
        await promise
      }
    } catch (error) {
      failure ??= { error }
    }
    slot.done = true
    wake()
  }
  const slots = iterations.map((from) => {
    const slot: Slot<T> = { value: null, taken: () => {}, done: false }
    void pump(slot, from)
    return slot
  })
  for (let turn = 0; ; turn++) {
    if (failure !== null) throw (failure as { error: unknown }).error
    const order = slots.map((_, i) => slots[(turn + i) % slots.length]!)
    const ready = order.find((slot) => slot.value !== null)
    if (ready !== undefined) {
      const { of } = ready.value!
      ready.value = null
      yield of
      ready.taken()
    } else if (slots.every((slot) => slot.done)) return
    else {
      const { promise, resolve } = Promise.withResolvers<void>()
      wake = resolve
      await promise
    }
  }
}
