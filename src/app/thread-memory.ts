/**
 * How much young garbage a thread that answers a question now and then may gather before it is collected. V8's default
 * suits a server that has the machine for itself; the thread that collects needs it, the others only hold it.
 * The old generation is not limited: a thread that needs more than expected is slow, not dead.
 */
import type { ResourceLimits } from 'node:worker_threads'

/** A quarter of V8's default; MB. */
export const ANSWERING_MEMORY: ResourceLimits = { maxYoungGenerationSizeMb: 12 }
