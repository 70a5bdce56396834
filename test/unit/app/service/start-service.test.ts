import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { grafanaDashboard } from '../../../../dashboards/grafana/dashboard.ts'
import { prometheusRules } from '../../../../dashboards/grafana/prometheus-rules.ts'
import { NO_CONFIG } from '../../../../src/app/config/config.ts'
import { startService } from '../../../../src/app/service/start-service.ts'
import { openReader, openWriter } from '../../../../src/store/index.ts'
import { ingestMeters } from '../../../../src/telemetry/own-telemetry.ts'
import { OFFSET_HOSTS } from '../../../../src/telemetry/prometheus.ts'
import { alert } from '../../../contract/store/alert-questions.ts'
import { batch, START_MS, success } from '../../../contract/store/made-up.ts'

const undo: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

it('a service shows its metrics to who has the token, and its health to everybody', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'authtop-service-'))
  undo.push(() => rmSync(directory, { recursive: true, force: true }))
  const writer = await openWriter(join(directory, 'store.db'))
  undo.push(() => writer.close())
  const reader = await openReader(join(directory, 'store.db'))
  undo.push(() => reader.close())
  const readings = Array.from({ length: 600 }, (_, i) => ({
    ...{ at_ms: START_MS, host: `h-${String(i).padStart(3, '0')}`, reference: 'issuer i' },
    ...{ offset_s: i, low_s: i - 1, high_s: i + 1, drift_ppm: 0 },
  }))
  await writer.append(batch({ successes: [success()], clocks: { rows: [], gone: [], readings } }))
  const posted = { sink: 'ops', dedupe: 'x', body: '{}', created_ms: START_MS }
  await writer.saveAlerts({ alerts: [alert()], state: {}, deliveries: [posted] })

  const state = { ready: false, stalled: null as string | null }
  const service = await startService(
    { ...NO_CONFIG, service: { listen: '127.0.0.1:0', token: { env: 'TOKEN' } } },
    { TOKEN: 'letmein' },
    { reader, now: () => START_MS + 5_001, ready: () => state.ready, healthy: () => state.stalled },
  )
  undo.push(() => service!.close())
  ingestMeters().incident('skew', false)
  const get = async (path: string, token?: string) => {
    const response = await fetch(
      service!.url + path,
      token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
    )
    return { status: response.status, text: await response.text() }
  }

  expect(await get('/readyz')).toEqual({ status: 503, text: 'reading history\n' })
  state.ready = true
  expect((await get('/readyz')).status).toBe(200)
  expect((await get('/healthz')).status).toBe(200)
  state.stalled = 'disk full at /var/lib/x'
  expect(await get('/healthz')).toEqual({ status: 503, text: 'not healthy\n' })
  expect((await get('/metrics')).status).toBe(401)
  expect((await get('/metrics', 'wrong')).status).toBe(401)
  expect((await get('/elsewhere')).status).toBe(404)
  const { status, text } = await get('/metrics', 'letmein')
  expect(status).toBe(200)
  expect(text).toMatch(/^authtop_alert_firing\{[^}]*rule="skew_spike"[^}]*\} 1$/m)
  expect(text).toMatch(/^authtop_notice_waiting\{[^}]*sink="ops"[^}]*\} 1$/m)
  expect(text).toMatch(/^authtop_collector_lag_seconds 5$/m)
  expect(text).toMatch(/^authtop_incidents_total\{[^}]*cause="skew"[^}]*\} 1$/m)

  const accept = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2'
  const open = await fetch(`${service!.url}/metrics`, { headers: { authorization: 'Bearer letmein', accept } })
  expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
  const exposition = await open.text()
  expect(exposition).toMatch(/^# TYPE authtop_incidents counter$/m)
  expect(exposition).toMatch(/^authtop_incidents_total\{[^}]*cause="skew"[^}]*\} 1$/m)
  expect(exposition).toMatch(
    /^# TYPE authtop_collector_lag_seconds gauge\n# UNIT authtop_collector_lag_seconds seconds$/m,
  )
  expect(exposition.endsWith('\n# EOF\n')).toBe(true)
  const strict = spawnSync('/usr/bin/python3', ['-c', STRICT_PARSER], { input: exposition, encoding: 'utf8' })
  if (!strict.stderr?.includes('ModuleNotFoundError') && strict.error === undefined) expect(strict.stderr).toBe('')

  // What is exported for Grafana and Prometheus asks for metrics that are served, all of them.
  ingestMeters().record('failure')
  ingestMeters().commit(0.01)
  const full = (await get('/metrics', 'letmein')).text
  const served = new Set([...full.matchAll(/^(authtop_\w+?)(?:\{[^}]*\})? /gm)].map(([, name]) => name!))
  const asked = `${prometheusRules()} ${JSON.stringify(grafanaDashboard())}`
  const names = new Set([...asked.matchAll(/\bauthtop_[a-z_]+/g)].map(([name]) => name))
  expect(names.size).toBeGreaterThan(8)
  expect([...names].filter((name) => !served.has(name))).toEqual([])
  // Labels stay few however many hosts there are.
  expect(full.match(/^authtop_host_clock_offset_seconds\{/gm)).toHaveLength(OFFSET_HOSTS + 1)
  expect(full).toMatch(/^authtop_host_clock_offset_seconds\{host="\(other\)"\} -?599$/m)
  const promtool = spawnSync('promtool', ['check', 'metrics'], { input: full, encoding: 'utf8' })
  if (promtool.error === undefined) expect(`${promtool.stdout}${promtool.stderr}${promtool.status}`).toBe('0')
})

/** Prometheus' reference parser of OpenMetrics, where it is installed (Debian: python3-prometheus-client). */
const STRICT_PARSER = `
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
list(text_string_to_metric_families(sys.stdin.read()))`
