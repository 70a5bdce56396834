/**
 * How much young garbage a thread may gather before it is collected. V8's default suits a server that has the machine for
 * itself. The process is given the same as the collecting thread where it starts (cli/entry.ts).
 * The old generation is not limited: a thread that needs more than expected is slow, not dead.
 */
import type { ResourceLimits } from 'node:worker_threads'

/** Of the thread that collects: a quarter of V8's default (three semi-spaces); MB. */
export const COLLECTING_MEMORY: ResourceLimits = { maxYoungGenerationSizeMb: 24 }

/** Of one that answers a question now and then, half of that: more it would only hold; MB. */
export const ANSWERING_MEMORY: ResourceLimits = { maxYoungGenerationSizeMb: 12 }
