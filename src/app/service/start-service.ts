/** Starts what a service shows of itself: metrics from the store and the alerts, health from the ingest. */
import { Secret } from '../../alerts/secret.ts'
import type { StoreReader } from '../../core/ports/store.ts'
import type { ClockState, ServiceState } from '../../telemetry/prometheus.ts'
import type { Config } from '../config/config.ts'
import { parseListen, type ServiceServer, startServiceServer } from './service-server.ts'

export interface ServiceWatch {
  reader: StoreReader
  now(): number
  ready(): boolean
  healthy(): string | null
}

/** Offsets are those of the last hour; older ones say nothing of now; ms. */
const OFFSETS_MS = 3_600_000
const ALERTS = 1_000

export interface Service extends Pick<ServiceServer, 'url' | 'close'> {
  /** Reads token and certificate again. */
  renew(config: Config): void
}

/** Null where the configuration asks for none. Must be called before instruments are made. */
export async function startService(
  config: Config,
  env: NodeJS.ProcessEnv,
  watch: ServiceWatch,
): Promise<Service | null> {
  const { service } = config
  if (service === undefined) return null
  const { host, port } = parseListen(service.listen)!
  const { observeService, startPrometheus } = await import('../../telemetry/prometheus.ts')
  const prometheus = startPrometheus()
  if (prometheus !== null) observeService(() => readState(watch))
  const server = await startServiceServer({
    host,
    port,
    ...secretsOf(service, env),
    metrics: async () => (prometheus === null ? '# metrics leave by OTLP\n' : await prometheus.text()),
    ready: watch.ready,
    healthy: watch.healthy,
  })
  return {
    url: server.url,
    renew: ({ service: again }) => {
      if (again !== undefined) server.renew(secretsOf(again, env))
    },
    close: async () => {
      await server.close()
      await prometheus?.stop()
    },
  }
}

function secretsOf({ token, tls }: NonNullable<Config['service']>, env: NodeJS.ProcessEnv) {
  return { token: token === undefined ? null : Secret.read(token, env).reveal(), tls: tls ?? null }
}

async function readState({ reader, now }: ServiceWatch): Promise<ServiceState> {
  const now_ms = now()
  const firing = new Map<string, { rule: string; severity: string; count: number }>()
  for (const { rule, severity, state } of await reader.alerts({ from_ms: now_ms, to_ms: now_ms + 1 }, ALERTS)) {
    if (state !== 'firing') continue
    const key = `${rule} ${severity}`
    firing.set(key, { rule, severity, count: (firing.get(key)?.count ?? 0) + 1 })
  }
  const waiting = Object.fromEntries((await reader.waiting()).map(({ sink, count }) => [sink, count]))
  const clocks: Record<string, ClockState> = {}
  const lately = { from_ms: now_ms - OFFSETS_MS, to_ms: now_ms + OFFSETS_MS }
  for (const { host, offset_s, low_s, high_s } of await reader.clockReadings(lately))
    if (offset_s !== null) clocks[host] = { offset_s, low_s, high_s }
  const sources = await reader.sources()
  const unreadable = sources.filter((s) => s.error !== undefined).length
  const { reached } = await reader.limits()
  const extent = await reader.extent()
  return {
    firing: [...firing.values()],
    waiting,
    clocks,
    sources: { readable: sources.length - unreadable, unreadable },
    limits: Object.fromEntries(reached.map(({ name, count }) => [name, count])),
    lag_s: extent === null ? null : (now_ms - extent.to_ms) / 1000,
  }
}
