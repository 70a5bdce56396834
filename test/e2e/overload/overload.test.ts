/** The short variant of `npm run overload`: what arrives faster than it is stored waits, is refused so that it is sent again, or is counted. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratch } from '../../cli/authtop.ts'
import { overload } from './overload.ts'

test.skipIf(process.platform !== 'linux')(
  'ten times too much is stored once, refused or counted, in bounded memory',
  { timeout: 180_000 },
  async () => {
    const folder = join(scratch(), 'overload')
    mkdirSync(folder)
    const { peak_mb, written, read, stored, otlp, syslog } = await overload(folder, 8, 120)
    expect(peak_mb).toBeGreaterThan(20)
    expect(peak_mb).toBeLessThan(400)
    expect(stored).toBe(read)
    expect(read).toBe(written)
    expect(otlp.other).toBe(0)
    // An answer that came too late to be heard is stored all the same; it would be sent again and known.
    expect(otlp.stored).toBeGreaterThanOrEqual(otlp.accepted)
    expect(syslog.stored + syslog.dropped).toBe(syslog.sent)
  },
)
