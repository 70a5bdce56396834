/** What every scenario of kills is given and answers: `kill -9` at instants nobody chose, and the count of what is there after. */
import type { ChildProcess } from 'node:child_process'
import { copyFileSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface KillRun {
  /** How often to kill; count. */
  kills: number
  /** Numbers in [0, 1), the same every run. */
  next(): number
  /** An empty folder. */
  folder: string
}

export interface Differences {
  /** Records, failures or alerts that are not there. */
  lost: number
  /** Those that are there more than once. */
  doubled: number
}

export interface KillCount extends Differences {
  kills: number
  /** Those that there have to be. */
  expected: number
}

export type KillScenario = (run: KillRun) => Promise<KillCount>

/** Puts a copy of a store where the one that was killed, and its log, stood. */
export function putStore(from: string, to: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(to + ending, { force: true })
  copyFileSync(from, to)
}

export function kill(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20)
}

/** How long a process takes until `there`, ms: kills are spread over what it does on this machine, busy or not. */
export async function timeUntil(child: ChildProcess, there: () => boolean): Promise<number> {
  const start = performance.now()
  await until(there)
  const took = performance.now() - start
  await kill(child)
  return took
}
