/** The use case behind `authtop reattribute`: opens the store for writing, looks at a period again, closes it. */
import { openWriter } from '../store/index.ts'
import { ClockKeeper } from './clock-keeper.ts'
import { type Reattributed, Reattribution } from './reattribute.ts'

/** After the last instant any record may bear. */
const ALWAYS_MS = 8.64e15

/** @param from_ms incidents before it are left alone; undefined: none is. */
export async function reattributeStore(
  location: string,
  from_ms: number | undefined,
  signal: AbortSignal,
): Promise<Reattributed> {
  const writer = await openWriter(location, 'whole')
  try {
    const clocks = await ClockKeeper.restore(await writer.clockRows())
    await clocks.catchUp(Date.now())
    const again = new Reattribution(
      writer,
      (batch) => writer.append(batch),
      () => clocks.lookup,
      Date.now,
    )
    return await again.all({ from_ms: from_ms ?? -ALWAYS_MS, to_ms: ALWAYS_MS }, signal)
  } finally {
    await writer.close()
  }
}
