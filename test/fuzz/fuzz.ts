/** Runs one target over mutated inputs until told to stop; deterministic for a seed and a number of inputs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomOf } from '../e2e/secrets/random.ts'
import { BUDGET_MS, type FuzzTarget } from './fuzz-target.ts'
import { mutate } from './mutate.ts'

/** Inputs that once were findings, by target; every run begins with them. */
export const CORPUS = join(import.meta.dirname, 'corpus')

export interface Finding {
  input: Uint8Array
  error: Error
}

export function corpusOf({ name, seeds }: FuzzTarget): Uint8Array[] {
  const folder = join(CORPUS, name)
  const kept = existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((file) => readFileSync(join(folder, file)))
    : []
  return [...kept, ...seeds().map((seed) => Buffer.from(seed as string))]
}

/** @param more asked before every mutated input, with their number so far */
export async function fuzz(
  target: FuzzTarget,
  seed: number,
  more: (inputs: number) => boolean,
): Promise<Finding | null> {
  const corpus = corpusOf(target)
  const random = randomOf(seed)
  for (const input of corpus) {
    const error = await findingOf(target, input)
    if (error !== null) return { input, error }
  }
  for (let n = 0; more(n); n++) {
    const input = mutate(random, corpus)
    const error = await findingOf(target, input)
    if (error !== null) return { input, error }
  }
  return null
}

async function findingOf(target: FuzzTarget, input: Uint8Array): Promise<Error | null> {
  const before = process.cpuUsage()
  try {
    await target.run(input)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
  const spent_ms = process.cpuUsage(before).user / 1_000
  if (spent_ms > (target.budget_ms ?? BUDGET_MS))
    return new Error(`${input.length} bytes took ${Math.round(spent_ms)} ms of CPU`)
  return Object.hasOwn(Object.prototype, 'polluted') ? new Error('Object.prototype was changed') : null
}
