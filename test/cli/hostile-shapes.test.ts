/** Files that nobody should write: what a collector makes of them ends, and every loss has a number. */
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { authtop, scratch } from './authtop.ts'

const home = scratch()
const MIB = 1024 * 1024

test('a line of many megabytes without an end is cut once and counted once, and the next line is read', async () => {
  const log = join(home, 'endless.log')
  const file = createWriteStream(log)
  for (let i = 0; i < 64; i++) file.write(Buffer.alloc(MIB, 'a'))
  file.end('\n{"level":50,"time":1795000000000,"msg":"x","err":{"type":"TokenExpiredError","message":"jwt expired"}}\n')
  await finished(file)
  const db = join(home, 'endless.db')
  const { code, stderr } = await authtop(home, ['collect', '--once', '--db', db, log])
  expect(code, stderr).toBe(0)
  expect(stderr).toContain('1 record cut at the length limit')
  const sql = 'SELECT records, recognised, cut_records, cut_bytes FROM sources'
  const { stdout } = await authtop(home, ['query', '--json', '--db', db, sql])
  expect(JSON.parse(stdout)).toEqual([{ records: 2, recognised: 1, cut_records: 1, cut_bytes: 63 * MIB + 1 }])
})
