/**
 * A seeded list of requests, most with one fault; the truth stays here, the emitter gets ids and tokens only.
 * `E2E_SEED` picks another list; the default keeps runs alike. The seed is part of every failure message.
 */
import { randomUUID } from 'node:crypto'
import { createRandom } from '../../simulation/clock/random.ts'
import { FAULTS, type Fault, type Truth } from './faults.ts'
import type { TokenForge } from './token-forge.ts'

export const SEED = Number(process.env.E2E_SEED ?? 20261124)

export interface Request {
  id: string
  /** Absent: the request carries no token. */
  token?: string
}

export interface Workload {
  requests: Request[]
  /** By request id; requests that must succeed are not in it. */
  truth: Map<string, Truth>
}

/** Every fault of the list at least once, then at random, with about a third good requests in between. */
export async function makeWorkload(forge: TokenForge, faults: readonly Fault[], failures: number): Promise<Workload> {
  const random = randomNumbers(SEED)
  const list: (Fault | 'none')[] = [...faults]
  while (list.length < failures) list.push(pick(faults, random))
  for (let i = 0; i < failures / 2; i++) list.push('none')
  shuffle(list, random)
  const workload: Workload = { requests: [], truth: new Map() }
  for (const fault of list) {
    const id = randomUUID()
    const token = await forge.token(fault)
    workload.requests.push(token === undefined ? { id } : { id, token })
    if (fault !== 'none') workload.truth.set(id, FAULTS[fault])
  }
  return workload
}

/** Numbers in [0, 1). */
export const randomNumbers = (seed: number): (() => number) => createRandom(seed).next

export function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)]!
}

function shuffle(list: unknown[], random: () => number): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[list[i], list[j]] = [list[j], list[i]]
  }
}
