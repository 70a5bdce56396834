/** A journal written by systemd's own program, entry by entry, in a folder of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** Fields of an entry; https://systemd.io/JOURNAL_EXPORT_FORMATS/ */
export type Entry = Readonly<Record<string, string>>

export class Journal {
  readonly directory: string
  readonly #writer

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true })
    this.directory = directory
    this.#writer = spawn('/lib/systemd/systemd-journal-remote', ['-o', join(directory, 'api.journal'), '-'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
  }

  write(entry: Entry): void {
    const lines = Object.entries(entry).map(([name, value]) => {
      if (!value.includes('\n')) return Buffer.from(`${name}=${value}\n`)
      const length = Buffer.alloc(8)
      length.writeBigUInt64LE(BigInt(Buffer.byteLength(value)))
      return Buffer.concat([Buffer.from(`${name}\n`), length, Buffer.from(`${value}\n`)])
    })
    this.#writer.stdin.write(Buffer.concat([...lines, Buffer.from('\n')]))
  }

  /** Resolves when all of it is in the file. */
  async close(): Promise<void> {
    if (this.#writer.exitCode !== null) return
    this.#writer.stdin.end()
    await once(this.#writer, 'exit')
  }
}

/** 2026-11-16T09:12:00Z and so many ms, as the journal has it. */
export const at = (ms: number) => ({ __REALTIME_TIMESTAMP: String((1_794_820_320_000 + ms) * 1_000) })

/** A service's refusal of the n-th request. */
export const refusal = (n: number): Entry => ({
  ...at(n * 10),
  MESSAGE: JSON.stringify({
    level: 40,
    time: 1_794_820_320_000 + n * 10,
    reqId: `0b6b8a34-58a5-4d1e-9d0c-${String(n).padStart(12, '0')}`,
    err: {
      type: 'TokenExpiredError',
      message: 'jwt expired',
      stack: 'TokenExpiredError: jwt expired\n    at x.js:1:2',
    },
    msg: 'token rejected',
  }),
  PRIORITY: '4',
  _HOSTNAME: 'api-1',
  _SYSTEMD_UNIT: 'orders.service',
  SYSLOG_IDENTIFIER: 'orders',
  _PID: '7',
  _BOOT_ID: 'ab'.repeat(16),
})
