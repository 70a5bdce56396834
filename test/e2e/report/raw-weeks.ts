/**
 * Weeks of raw service logs with their truth: a small fleet logs one line per request (pino, JSON), and every line is
 * also kept as plain facts, so that a test can count again without the product. Seeded; times are the writers'.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Cause, Subcause } from '../../../src/core/cause.ts'
import { createRandom } from '../../simulation/clock/random.ts'

export interface Fact {
  time_ms: number
  host: string
  service: string
  client_id: string
  subject: string
  cause: Cause | null
  subcause: Subcause | null
}

export interface RawWeeks {
  /** For `authtop collect`. */
  paths: string
  facts: readonly Fact[]
}

/** What jsonwebtoken (verify.js) says, and what it means without further evidence. */
const FAULTS = [
  { name: 'TokenExpiredError', message: 'jwt expired', cause: 'expiry', subcause: 'access_token' },
  { name: 'JsonWebTokenError', message: 'invalid signature', cause: 'malformed', subcause: 'signature' },
  {
    name: 'JsonWebTokenError',
    message: 'jwt audience invalid. expected: https://api.example',
    cause: 'misconfiguration',
    subcause: 'audience_mismatch',
  },
] as const

const CLIENTS = ['web', 'mobile', 'batch-3', 'partner-x', 'kiosk']
const SERVICES = ['orders', 'payments', 'reports']

export interface RawWeeksOptions {
  folder: string
  from_ms: number
  to_ms: number
  seed: number
  /** Requests per hour at noon; a tenth of it at night. */
  per_hour: number
  /** From here on batch-3 holds its tokens too long. */
  worse_from_ms: number
  /** Nothing is written from … to …: the logs of a night are lost. */
  silent?: { from_ms: number; to_ms: number }
  /** More client ids, for hostile names. */
  more_clients?: readonly string[]
}

const HOUR_MS = 3_600_000

export function writeRawWeeks(options: RawWeeksOptions): RawWeeks {
  const random = createRandom(options.seed).next
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const facts: Fact[] = []
  const lines = new Map<string, string[]>()
  const clients = [...CLIENTS, ...(options.more_clients ?? [])]
  for (let hour_ms = options.from_ms; hour_ms < options.to_ms; hour_ms += HOUR_MS) {
    const { silent } = options
    if (silent !== undefined && hour_ms >= silent.from_ms && hour_ms < silent.to_ms) continue
    const hour = new Date(hour_ms).getUTCHours()
    const requests = Math.max(
      2,
      Math.round(options.per_hour * (0.1 + 0.9 * Math.max(0, Math.sin(((hour - 5) / 16) * Math.PI)))),
    )
    // In order of time, as a log is; at least 3 s apart, so that no two requests could be taken for one.
    const gap_ms = HOUR_MS / requests
    for (let n = 0; n < requests; n++) {
      const time_ms = Math.floor(hour_ms + n * gap_ms + random() * (gap_ms - 3000))
      const service = pick(SERVICES)
      const host = `${service}-${1 + Math.floor(random() * 2)}`
      const client_id = pick(clients)
      const worse = client_id === 'batch-3' && time_ms >= options.worse_from_ms
      const failed = random() < (worse ? 0.35 : 0.03)
      const fault = failed ? (worse ? FAULTS[0] : pick(FAULTS)) : null
      const subject = `u-${Math.floor(random() * 400)}`
      facts.push({
        time_ms,
        host,
        service,
        client_id,
        subject,
        cause: fault?.cause ?? null,
        subcause: fault?.subcause ?? null,
      })
      const said =
        fault === null
          ? {
              level: 30,
              msg: 'token accepted',
              iat: Math.floor(time_ms / 1000) - 60,
              exp: Math.floor(time_ms / 1000) + 240,
            }
          : {
              level: 40,
              err: {
                type: fault.name,
                message: fault.message,
                ...(fault.subcause === 'access_token' && { expiredAt: new Date(time_ms - 600_000).toISOString() }),
              },
              msg: 'token refused',
            }
      const line = {
        time: time_ms,
        pid: 1,
        hostname: host,
        name: service,
        req: { id: `${facts.length.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000` },
        client_id,
        sub: subject,
        ...said,
      }
      const path = join(options.folder, host, `${service}.log`)
      const file = lines.get(path)
      if (file === undefined) lines.set(path, [JSON.stringify(line)])
      else file.push(JSON.stringify(line))
    }
  }
  for (const [path, content] of lines) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${content.join('\n')}\n`)
  }
  return { paths: join(options.folder, '{host}', '*.log'), facts }
}
