/** A process that appends the crash history as fast as it can, until it is killed. Argument: location of the store. */
import { openWriter } from '../../../src/store/index.ts'
import { nthBatch, STREAM } from './crash-history.ts'

const writer = await openWriter(process.argv[2]!)
const known = (await writer.streams()).find(({ stream }) => stream === STREAM)
for (let n = (known?.offset ?? 0) + 1; ; n++) {
  await writer.append(await nthBatch(writer, n))
  process.send?.(n)
}
