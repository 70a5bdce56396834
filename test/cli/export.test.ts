import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { grafanaDashboard } from '../../dashboards/grafana/dashboard.ts'
import { prometheusRules } from '../../dashboards/grafana/prometheus-rules.ts'
import { systemdUnit } from '../../src/app/service/systemd-unit.ts'
import { authtop, scratch } from './authtop.ts'

const home = scratch()
const DEPLOY = join(import.meta.dirname, '../../deploy')

/** Runs a program of the machine; null where it is not installed. */
function installed(program: string, args: readonly string[], input?: string): string | null {
  try {
    return execFileSync(program, args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${program}: ${stdout}${stderr}`)
  }
}

describe('what is exported', () => {
  test('is printed as files for their tools', async () => {
    const dashboard = await authtop(home, ['export', 'grafana'])
    expect(JSON.parse(dashboard.stdout)).toEqual(JSON.parse(JSON.stringify(grafanaDashboard())))
    const rules = await authtop(home, ['export', 'prometheus-rules'])
    expect(rules.stdout).toBe(prometheusRules())
  })

  test('Prometheus rules are taken by promtool', (context) => {
    const file = join(home, 'rules.yml')
    writeFileSync(file, prometheusRules())
    const said = installed('promtool', ['check', 'rules', file])
    if (said === null) return context.skip()
    expect(said).toContain('7 rules found')
  })

  test('a unit is taken by systemd-analyze, and hides nothing that it needs', async (context) => {
    const folder = join(home, 'unit')
    mkdirSync(folder)
    const file = join(folder, 'authtop.service')
    const { stdout } = await authtop(home, ['service', 'print', '-c', '/etc/authtop/authtop.yaml'])
    expect(stdout).toMatch(
      /^ExecStart=\S+ --permission \S.* \S+entry\.js collect --log json -c \/etc\/authtop\/authtop\.yaml$/m,
    )
    expect(stdout).toMatch(/^SupplementaryGroups=adm systemd-journal$/m)
    const options = {
      node: '/usr/bin/node',
      entry: '/home/me/it 100%/entry.js',
      config: '/etc/a.yaml',
      groups: [],
      readAll: true,
      programs: true,
    }
    const unit = systemdUnit(options)
    expect(unit).toMatch(/^ExecStart=\/usr\/bin\/node --permission .* "\/home\/me\/it 100%%\/entry\.js" collect/m)
    expect(unit).toContain('--allow-child-process')
    const silent = systemdUnit({ ...options, programs: false })
    expect(silent).not.toContain('--allow-child-process')
    expect(silent).toMatch(/^Type=exec\n(?:(?!Watchdog)[\s\S])*$/m)
    expect(unit).toContain('ProtectHome=read-only')
    expect(unit).toContain('CapabilityBoundingSet=CAP_DAC_READ_SEARCH')
    // Programs that are here, so that only the unit is looked at.
    writeFileSync(file, systemdUnit({ ...options, node: '/bin/true', entry: '/x.js' }))
    const said = installed('systemd-analyze', ['verify', '--man=no', file])
    if (said === null) return context.skip()
  })
})

describe('files for deployment', () => {
  test('the DaemonSet reads logs and nothing else, and is probed where the collector answers', () => {
    const text = readFileSync(join(DEPLOY, 'kubernetes.yaml'), 'utf8')
    const documents = parseAllDocuments(text)
    expect(documents.flatMap((d) => ('errors' in d ? d.errors : []))).toEqual([])
    const all = documents.map((d) => d.toJS() as { kind: string; data?: Record<string, string>; spec?: never })
    expect(all.map((d) => d.kind)).toEqual(['Namespace', 'ConfigMap', 'DaemonSet'])
    const config = parse(all[1]!.data!['authtop.yaml']!) as { store: string; service: { listen: string } }
    const pod = (all[2] as unknown as { spec: { template: { spec: Record<string, unknown> } } }).spec.template.spec
    const [container] = pod.containers as {
      volumeMounts: { mountPath: string; readOnly?: boolean }[]
      securityContext: object
    }[]
    expect(container!.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false })
    const writable = container!.volumeMounts.filter((m) => !m.readOnly).map((m) => m.mountPath)
    expect(writable).toHaveLength(1)
    expect(config.store.startsWith(`${writable[0]}/`)).toBe(true)
  })
})
