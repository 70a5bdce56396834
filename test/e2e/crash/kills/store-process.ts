/** Works on a store until it is killed. Arguments: `migrate` or `retain`, location of the store, now in ms. */
import { openWriter } from '../../../../src/store/index.ts'

const [work, location, now_ms] = process.argv.slice(2)
process.send?.('begins')
const writer = await openWriter(location!)
if (work === 'retain') {
  process.send?.('retains')
  while (await writer.retain({ detail_days: 1, rollup_days: 400 }, Number(now_ms)));
}
await writer.close()
process.send?.('done')
