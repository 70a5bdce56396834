/** History and story at once, ending now: for a summary without a terminal, and for tests. */
import type { DemoFleet, DemoOptions } from './demo-fleet.ts'
import { Fleet } from './fleet.ts'
import { STORY_MS } from './story.ts'

export async function writeStory(options: Omit<DemoOptions, 'speed'>): Promise<Omit<DemoFleet, 'run'>> {
  const { now = Date.now } = options
  const fleet = await Fleet.create(options, Math.floor((now() - STORY_MS) / 1000) * 1000)
  try {
    await fleet.live(STORY_MS)
  } finally {
    fleet.close()
  }
  return fleet.port()
}
