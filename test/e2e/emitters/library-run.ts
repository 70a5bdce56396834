/** One run of a token library in a service of its own: make the requests, let the service log, collect, compare. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Failure, failuresIn } from './authtop-cli.ts'
import { expectTimes } from './expect-truth.ts'
import type { Fault, Truth } from './faults.ts'
import { type EmitterRun, runEmitter } from './run-emitter.ts'
import { openTokenForge } from './token-forge.ts'
import { makeWorkload } from './workload.ts'

export interface LibraryRun extends Omit<EmitterRun, 'input' | 'log'> {
  faults: readonly Fault[]
}

export interface LibraryResult {
  failures: Failure[]
  truth: Map<string, Truth>
}

/** Enough that every fault comes several times and close behind another; failed requests. */
const FAILED_REQUESTS = 120

export async function runLibrary({ faults, ...run }: LibraryRun): Promise<LibraryResult> {
  const folder = temporaryFolder()
  const forge = await openTokenForge()
  const { requests, truth } = await makeWorkload(forge, faults, FAILED_REQUESTS)
  const { issuer, audience, publicPem, jwks } = forge
  const log = join(folder, 'logs', 'orders-1', 'orders.log')
  const offset_ms = (run.clockOffset_s ?? 0) * 1_000
  const from_ms = Date.now() + offset_ms
  await runEmitter({ ...run, log, input: { issuer, audience, publicPem, jwks, requests } })
  const to_ms = Date.now() + offset_ms
  const failures = await failuresIn([join(folder, 'logs/{host}/{service}.log')], join(folder, 'store.db'), run.zone)
  expectTimes(failures, from_ms, to_ms)
  return { failures, truth }
}

/** Readable for daemons that drop their privileges; gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'authtop-emitters-'))
  chmodSync(folder, 0o755)
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
