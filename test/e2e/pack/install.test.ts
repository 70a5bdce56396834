/** The package as it is published: packed, installed globally elsewhere, and run from there. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'authtop-pack-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (command: string, args: string[], input = '') =>
  execFileSync(command, args, { encoding: 'utf8', cwd: folder, input, stdio: ['pipe', 'pipe', 'pipe'] })

describe('the packed package', () => {
  let authtop = ''

  beforeAll(() => {
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, stdio: 'pipe' })
    const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
    run('npm', [
      'install',
      '--global',
      '--prefix',
      join(folder, 'global'),
      '--prefer-offline',
      '--no-audit',
      join(folder, tarball!),
    ])
    authtop = join(folder, 'global/bin/authtop')
  })

  test('holds the code and the data, and none of the sources or tests', () => {
    const files = run('tar', ['-tzf', readdirSync(folder).find((name) => name.endsWith('.tgz'))!]).split('\n')
    expect(files).toContain('package/dist/src/cli/entry.js')
    expect(files).toContain('package/dist/src/signatures/packs.compiled.json')
    expect(files).toContain('package/dist/collectors/formats/formats.compiled.json')
    expect(files).toContain('package/LICENSE')
    expect(files.filter((name) => /package\/(?:src|test|bench)\//.test(name))).toEqual([])
  })

  test('runs after a global install', () => {
    expect(run(authtop, ['--version'])).toMatch(/^\d+\.\d+\.\d+\n$/)
    const log = join(folder, 'app.log')
    writeFileSync(log, '2026-11-16T09:12:01.123Z warn: authentication failed: jwt expired\n')
    const db = join(folder, 'store.db')
    run(authtop, ['collect', '--once', '--db', db, log])
    expect(JSON.parse(run(authtop, ['failures', '--json', '--db', db]))).toMatchObject({ cause: 'expiry' })
    expect(run(authtop, ['check', '--db', db])).toMatch(/packs: \d+ packs/)
  })
})
