/** Starts what a service shows of itself: metrics from the store and the alerts, health from the ingest. */
import { Secret } from '../../alerts/secret.ts'
import type { StoreReader } from '../../core/ports/store.ts'
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

/** Null where the configuration asks for none. Must be called before instruments are made. */
export async function startService(
  config: Config,
  env: NodeJS.ProcessEnv,
  watch: ServiceWatch,
): Promise<ServiceServer | null> {
  const { service } = config
  if (service === undefined) return null
  const { host, port } = parseListen(service.listen)!
  const { observeService, startPrometheus } = await import('../../telemetry/prometheus.ts')
  const prometheus = startPrometheus()
  if (prometheus !== null) observeService(() => readState(watch))
  const server = await startServiceServer({
    host,
    port,
    token: service.token === undefined ? null : Secret.read(service.token, env).reveal(),
    tls: service.tls ?? null,
    metrics: async () => (prometheus === null ? '# metrics leave by OTLP\n' : await prometheus.text()),
    ready: watch.ready,
    healthy: watch.healthy,
  })
  return {
    url: server.url,
    close: async () => {
      await server.close()
      await prometheus?.stop()
    },
  }
}

async function readState({ reader, now }: ServiceWatch) {
  const now_ms = now()
  const firing: Record<string, number> = {}
  for (const { rule, state } of await reader.alerts({ from_ms: now_ms, to_ms: now_ms + 1 }, ALERTS))
    if (state === 'firing') firing[rule] = (firing[rule] ?? 0) + 1
  const waiting = Object.fromEntries((await reader.waiting()).map(({ sink, count }) => [sink, count]))
  const offsets: Record<string, number> = {}
  for (const { host, offset_s } of await reader.clockReadings({
    from_ms: now_ms - OFFSETS_MS,
    to_ms: now_ms + OFFSETS_MS,
  }))
    if (offset_s !== null) offsets[host] = offset_s
  const extent = await reader.extent()
  return { firing, waiting, offsets, lag_s: extent === null ? null : (now_ms - extent.to_ms) / 1000 }
}
