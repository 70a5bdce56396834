/**
 * authtop's own metrics in Prometheus' text format, made by the OpenTelemetry exporter from the same instruments that OTLP
 * would send. Starts no server: whoever serves `/metrics` asks for the text. Loaded only by a service that listens.
 */
import { metrics } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'

export interface PrometheusMetrics {
  text(): Promise<string>
  stop(): Promise<void>
}

/** Null where another exporter (OTLP) has the instruments already: then its backend has the metrics. */
export function startPrometheus(): PrometheusMetrics | null {
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const provider = new MeterProvider({ readers: [exporter] })
  if (!metrics.setGlobalMeterProvider(provider)) {
    void provider.shutdown()
    return null
  }
  // The target_info line would tell the path of the executable.
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true)
  return {
    text: async () => serializer.serialize((await exporter.collect()).resourceMetrics),
    stop: async () => {
      metrics.disable()
      await provider.shutdown()
    },
  }
}

export interface ServiceState {
  /** Firing alerts per rule. */
  firing: Readonly<Record<string, number>>
  /** Notices waiting per sink. */
  waiting: Readonly<Record<string, number>>
  /** Seconds that each host's clock is ahead of its reference, as last known. */
  offsets: Readonly<Record<string, number>>
  /** Seconds since the newest record, by its own stamp; null before the first. */
  lag_s: number | null
}

/** Hosts whose offset is a series of its own; the rest are left out, since labels must stay few. */
export const OFFSET_HOSTS = 500

/** Gauges of what the service knows; `read` is called once per collection. */
export function observeService(read: () => Promise<ServiceState>): void {
  const meter = metrics.getMeter('authtop')
  const firing = meter.createObservableGauge('authtop.alert.firing', { unit: '{alert}', description: 'Firing alerts' })
  const waiting = meter.createObservableGauge('authtop.notice.waiting', {
    unit: '{notice}',
    description: 'Notices not yet taken',
  })
  const offset = meter.createObservableGauge('authtop.host.clock.offset', {
    unit: 's',
    description: 'Host clock minus its reference',
  })
  const lag = meter.createObservableGauge('authtop.collector.lag', {
    unit: 's',
    description: 'Age of the newest record',
  })
  meter.addBatchObservableCallback(
    async (result) => {
      const state = await read()
      for (const [rule, n] of Object.entries(state.firing)) result.observe(firing, n, { rule })
      for (const [sink, n] of Object.entries(state.waiting)) result.observe(waiting, n, { sink })
      for (const [host, s] of Object.entries(state.offsets).slice(0, OFFSET_HOSTS)) result.observe(offset, s, { host })
      if (state.lag_s !== null) result.observe(lag, state.lag_s)
    },
    [firing, waiting, offset, lag],
  )
}
