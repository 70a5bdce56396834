/**
 * The demo live: the story plays while the caller's pipeline tails the files. At speed 1 the clock of the story is the
 * clock of this machine; faster stories begin in the past and go on in step once they have caught up.
 * The folder stays when the run ends; whoever chose it removes it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoFleet, DemoOptions } from './demo-fleet.ts'
import { Fleet } from './fleet.ts'
import { STORY_MS } from './story.ts'

/** Files grow in steps of this length: fine enough to look live, coarse enough to cost nothing; ms. */
const TICK_MS = 100

export async function createDemoFleet(options: DemoOptions): Promise<DemoFleet> {
  const { speed = 1, now = Date.now } = options
  const started_ms = now()
  const origin_ms = speed > 1 ? started_ms - STORY_MS : started_ms
  const base_ms = Math.ceil(origin_ms / 1000) * 1000
  const fleet = await Fleet.create(options, base_ms)
  return {
    ...fleet.port(),
    run: async (signal) => {
      try {
        while (!signal.aborted) {
          const read_ms = now()
          await fleet.live(Math.min(origin_ms + speed * (read_ms - started_ms), read_ms) - base_ms, signal)
          // Aborting is the ordinary end of a wait, not a failure.
          await sleep(TICK_MS, undefined, { signal }).catch(() => {})
        }
      } finally {
        fleet.close()
      }
    },
  }
}
