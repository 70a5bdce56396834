/**
 * What others' code comes with authtop, and within which budget: a change of these figures is a decision, and stands in
 * docs/security.md with its reason.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const ROOT = join(import.meta.dirname, '../../..')

/** Direct dependencies at run time; all that they bring; and their size on disk, MB (echarts alone has 60). */
const DIRECT_BUDGET = 26
const PACKAGES_BUDGET = 190
const SIZE_BUDGET_MB = 180

interface Locked {
  version: string
  resolved?: string
  integrity?: string
  license?: string
  dev?: boolean
  devOptional?: boolean
  hasInstallScript?: boolean
}

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const manifest = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  allowScripts: Record<string, boolean>
}
const lock = JSON.parse(read('package-lock.json')) as { lockfileVersion: number; packages: Record<string, Locked> }
const packages = Object.entries(lock.packages).filter(([path]) => path !== '')
const runtime = packages.filter(([, { dev, devOptional }]) => !dev && !devOptional)
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

function bytesOf(path: string): number {
  let bytes = 0
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inside = join(path, entry.name)
    // Packages within a package are counted by their own entries in the lockfile.
    if (entry.isDirectory() && entry.name !== 'node_modules') bytes += bytesOf(inside)
    else if (entry.isFile()) bytes += statSync(inside).size
  }
  return bytes
}

describe('dependencies', () => {
  test('are pinned to one version each, and each package to its content', () => {
    const asked = Object.values({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(asked.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
    expect(lock.lockfileVersion).toBe(3)
    expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([])
    expect(packages.filter(([, p]) => p.resolved && !p.resolved.startsWith('https://registry.npmjs.org/'))).toEqual([])
  })

  test('run no script when they are installed but the runtime, which is a development dependency', () => {
    const scripted = packages.filter(([, p]) => p.hasInstallScript).map(([path]) => nameOf(path))
    expect(scripted.filter((name) => !Object.hasOwn(manifest.allowScripts, name))).toEqual([])
    expect(Object.entries(manifest.allowScripts).filter(([, allowed]) => allowed)).toEqual([['node', true]])
    expect(Object.keys(manifest.dependencies)).not.toContain('node')
  })

  test('stay within their budget', () => {
    expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(DIRECT_BUDGET)
    expect(runtime.length).toBeLessThanOrEqual(PACKAGES_BUDGET)
    const bytes = runtime.reduce(
      (sum, [path]) => sum + (existsSync(join(ROOT, path)) ? bytesOf(join(ROOT, path)) : 0),
      0,
    )
    expect(bytes / 1e6).toBeLessThanOrEqual(SIZE_BUDGET_MB)
    expect(read('docs/security.md')).toContain(
      `at most ${DIRECT_BUDGET} direct and ${PACKAGES_BUDGET} packages in all, of ${SIZE_BUDGET_MB} MB`,
    )
  })

  test('come under permissive licences', () => {
    const permissive =
      /^(?:MIT|MIT-0|ISC|0BSD|Apache-2\.0|BSD-[23]-Clause|BlueOak-1\.0\.0|CC0-1\.0|Unlicense|Python-2\.0)$/
    const words = (license = '') => license.replaceAll(/[()]/g, '').split(' OR ')
    expect(runtime.filter(([, p]) => !words(p.license).some((word) => permissive.test(word)))).toEqual([])
  })
})

test('a release is tested, described and published with provenance, by actions pinned to commits and with no other right', () => {
  const workflow = parse(read('.github/workflows/release.yml')) as {
    permissions: object
    jobs: { publish: { permissions: object; steps: { uses?: string; run?: string }[] } }
  }
  expect(workflow.permissions).toEqual({})
  const { permissions, steps } = workflow.jobs.publish
  expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' })
  expect(steps.flatMap(({ uses }) => (uses && !/^[\w./-]+@[0-9a-f]{40}$/.test(uses) ? [uses] : []))).toEqual([])
  const runs = steps.map(({ run = '' }) => run)
  const order = ['.ci/run', 'npm audit signatures', 'npm run --silent sbom', 'npm pack', 'npm publish'].map((word) =>
    runs.findIndex((run) => run.includes(word)),
  )
  expect(order).toEqual([...order].sort((a, b) => a - b))
  expect(Math.min(...order)).toBeGreaterThanOrEqual(0)
  expect(runs.find((run) => run.startsWith('npm publish'))).toContain('--provenance')
})
