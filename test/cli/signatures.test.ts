import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { authtop, ndjson, scratch } from './authtop.ts'

const home = scratch()
const RECORD = '2026-11-16T09:12:01.123Z error: turnstile turned ticket 17 of zone B away'

describe('a signature of one’s own', () => {
  // Two full self-checks of all packs; a busy machine needs its time.
  test('goes from an unknown message over a skeleton to a recognised event', { timeout: 240_000 }, async () => {
    const skeleton = await authtop(home, ['signatures', 'new', '--pack', 'turnstile', RECORD])
    expect(skeleton.code).toBe(0)
    expect(skeleton.stdout).toContain('turnstile turned ticket')

    const folder = `${home}/config/authtop/packs`
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${folder}/turnstile.yaml`, skeleton.stdout)
    const unfinished = await authtop(home, ['check'])
    expect(unfinished.code).toBe(1)
    expect(unfinished.stdout).toContain('turnstile.yaml')

    writeFileSync(
      `${folder}/turnstile.yaml`,
      skeleton.stdout
        .replace(/cause: one of.*/, 'cause: revocation')
        .replace(/subcause: .*/, 'subcause: token_revoked'),
    )
    const finished = await authtop(home, ['check'])
    expect(finished.stdout).not.toContain('turnstile.yaml')
    const { stdout } = await authtop(home, ['classify'], `${RECORD}\n`)
    expect(ndjson(stdout)).toMatchObject([{ signature: 'turnstile/name-it', cause: 'revocation', system: 'turnstile' }])
  })

  test('messages nobody recognises are listed by shape', async () => {
    const lines = Array.from(
      { length: 14 },
      (_, i) => `2026-11-16T09:12:01.123Z error: bearer quux ${i * 7919} wobbled badly, error`,
    )
    await authtop(home, ['collect', '--once', '--db', `${home}/u.db`, '-'], `${lines.join('\n')}\n`)
    const { stdout } = await authtop(home, ['check', '--unknown', '--json', '--db', `${home}/u.db`])
    expect(JSON.parse(stdout)).toMatchObject([
      { count: 14, template: expect.stringContaining('bearer quux <n> wobbled badly') },
    ])
  })
})
