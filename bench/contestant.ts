/** One tool of a comparison, how it is run and what it took; and the two that every comparison has. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Contestant {
  name: string
  command: string
  args: (file: string, scratch: string) => string[]
  /** Inputs it can read. */
  reads?: readonly string[]
}

const AUTHTOP = join(import.meta.dirname, '../dist/src/cli/entry.js')
/** How often memory is read, ms; the kernel keeps the peak, so only what comes after the last look is missed. */
const LOOK_MS = 20

/** What is measured: the whole job. */
export const JOB: Contestant = {
  name: 'authtop collect --once',
  command: process.execPath,
  args: (file, scratch) => [AUTHTOP, 'collect', '--once', '--db', join(scratch, `${Math.random()}.db`), file],
}

/** What it is compared with; reads `literals.txt`. */
export const YARDSTICK: Contestant = {
  name: 'rg -i -j1',
  command: 'rg',
  args: (file, scratch) => ['-i', '-j1', '-c', '-F', '-f', join(scratch, 'literals.txt'), file],
}

/** What a person greps for on a bad night. */
export const LITERALS = [
  'jwt expired',
  'jwt not active',
  'jwt malformed',
  'jwt audience invalid',
  'jwt issuer invalid',
  'invalid signature',
  'signature verification failed',
  'signature has expired',
  'token has expired',
  'token is expired',
  'token expired',
  'token is not active',
  'token is not yet valid',
  'not yet valid',
  'token used before issued',
  'issued in the future',
  'token revoked',
  'token has been revoked',
  'invalid_token',
  'invalid_grant',
  'invalid_client',
  'invalid_scope',
  'unauthorized_client',
  'insufficient_scope',
  'access_denied',
  'login_required',
  'bearer token rejected',
  'token rejected',
  'failed to authenticate since the jwt',
  'unable to authenticate the request',
  'unable to find a signing key',
  'no matching key',
  'no applicable key found',
  'unexpected "aud" claim',
  'unexpected "iss" claim',
  'JWTExpired',
  'TokenExpiredError',
  'JsonWebTokenError',
  'ExpiredSignatureError',
  'REFRESH_TOKEN_ERROR',
] as const

export interface Run {
  seconds: number
  peak_mb: number
}

export async function run({ command, args }: Contestant, file: string, scratch: string): Promise<Run> {
  const start = performance.now()
  const child = spawn(command, args(file, scratch), { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000)
  })
  let peak_kb = 0
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      peak_kb = Math.max(peak_kb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
    } catch {
      // It has ended.
    }
  }, LOOK_MS)
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  clearInterval(look)
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${errors}`)
  return { seconds: (performance.now() - start) / 1000, peak_mb: peak_kb / 1024 }
}

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!
