/** The package as it is published: packed, installed globally elsewhere, and run from there. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'authtop-pack-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (command: string, args: string[], input = '') =>
  execFileSync(command, args, { encoding: 'utf8', cwd: folder, input, stdio: ['pipe', 'pipe', 'pipe'] })

const tarball = () => readdirSync(folder).find((name) => name.endsWith('.tgz'))!

describe('the packed package', () => {
  let authtop = ''

  beforeAll(() => {
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, stdio: 'pipe' })
    run('npm', [
      'install',
      '--global',
      '--prefix',
      join(folder, 'global'),
      '--prefer-offline',
      '--no-audit',
      join(folder, tarball()),
    ])
    authtop = join(folder, 'global/bin/authtop')
  })

  test('holds the code and the data, and none of the sources or tests', () => {
    const files = run('tar', ['-tzf', tarball()]).split('\n')
    expect(files).toContain('package/dist/src/cli/entry.js')
    expect(files).toContain('package/dist/src/signatures/packs.compiled.json')
    expect(files).toContain('package/dist/collectors/formats/formats.compiled.json')
    expect(files).toContain('package/LICENSE')
    const notices = run('tar', ['-xzOf', tarball(), 'package/dist/THIRD-PARTY-NOTICES.txt'])
    for (const name of ['ink', 'react', 'date-fns', 'zod', 'yaml', 'commander'])
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'))
    expect(notices).toContain('Permission is hereby granted')
    // Code, types, data, their worth to read: nothing else, and nothing hidden.
    const wanted =
      /^package\/(?:package\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/THIRD-PARTY-NOTICES\.txt|dist\/(?:src|collectors|chunks)\/[\w./-]+\.(?:js|d\.ts|yaml|json|txt))$/
    expect(files.filter((name) => name !== '' && (!wanted.test(name) || name.includes('/.')))).toEqual([])
  })

  test('is described by an SBOM that names every package it brings, with its content', () => {
    const said = execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: root, encoding: 'utf8' })
    const bom = JSON.parse(said) as { bomFormat: string; components: { purl: string; hashes?: { alg: string }[] }[] }
    expect(bom.bomFormat).toBe('CycloneDX')
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const described = new Set(bom.components.map(({ purl }) => decodeURIComponent(purl)))
    for (const [name, version] of Object.entries(manifest.dependencies))
      expect(described).toContain(`pkg:npm/${name}@${version}`)
    expect([...described].filter((purl) => /npm\/(?:node|vitest|typescript)@/.test(purl))).toEqual([])
    expect(bom.components.filter(({ hashes }) => hashes?.[0]?.alg !== 'SHA-512')).toEqual([])
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
