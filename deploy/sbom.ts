/**
 * `npm run sbom`: describes what comes with authtop at run time in CycloneDX, from the lockfile alone. npm makes it; but its
 * `--omit dev` also leaves out what both sides need, so it is given a lockfile without the development side.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Lock {
  packages: Record<string, { dev?: boolean; devOptional?: boolean; devDependencies?: object }>
}

const { devDependencies: _, ...manifest } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, unknown>
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock
delete lock.packages['']!.devDependencies
lock.packages = Object.fromEntries(Object.entries(lock.packages).filter(([, p]) => !p.dev && !p.devOptional))

const folder = mkdtempSync(join(tmpdir(), 'authtop-sbom-'))
try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock))
  const options = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only']
  process.stdout.write(execFileSync('npm', ['sbom', ...options], { cwd: folder, encoding: 'utf8' }))
} finally {
  rmSync(folder, { recursive: true })
}
