/**
 * authtop's own metrics in Prometheus' text format, made by the OpenTelemetry exporter from the same instruments that OTLP
 * would send; views give them the names Prometheus' conventions ask for (base units as suffixes). Starts no server: whoever
 * serves `/metrics` asks for the text. Loaded only by a service that listens.
 */
import { metrics } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { AggregationType, MeterProvider, type ViewOptions } from '@opentelemetry/sdk-metrics'

export interface PrometheusMetrics {
  text(): Promise<string>
  stop(): Promise<void>
}

/** Commits take milliseconds; s. */
const COMMIT_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]

/** Instrument → name, where the exporter's own would not do. */
const VIEWS: readonly ViewOptions[] = [
  { instrumentName: 'authtop.record.count', name: 'authtop.records' },
  { instrumentName: 'authtop.incident.count', name: 'authtop.incidents' },
  {
    instrumentName: 'authtop.commit.duration',
    name: 'authtop.commit.duration.seconds',
    aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: COMMIT_BUCKETS_S } },
  },
  ...['host.clock.offset', 'host.clock.offset.low', 'host.clock.offset.high', 'collector.lag'].map((name) => ({
    instrumentName: `authtop.${name}`,
    name: `authtop.${name}.seconds`,
  })),
]

/** Null where another exporter (OTLP) has the instruments already: then its backend has the metrics. */
export function startPrometheus(): PrometheusMetrics | null {
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const provider = new MeterProvider({ readers: [exporter], views: [...VIEWS] })
  if (!metrics.setGlobalMeterProvider(provider)) {
    void provider.shutdown()
    return null
  }
  // The target_info line would tell the path of the executable.
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true)
  return {
    // UNIT belongs to OpenMetrics, where it must repeat the suffix; the text format has no such line.
    text: async () => serializer.serialize((await exporter.collect()).resourceMetrics).replace(/^# UNIT .*\n/gm, ''),
    stop: async () => {
      metrics.disable()
      await provider.shutdown()
    },
  }
}

/** What is known of one clock, s; positive = ahead of its reference. */
export interface ClockState {
  offset_s: number
  low_s: number | null
  high_s: number | null
}

export interface ServiceState {
  /** Firing alerts per rule and severity. */
  firing: readonly { rule: string; severity: string; count: number }[]
  /** Notices waiting per sink. */
  waiting: Readonly<Record<string, number>>
  /** As last known, by host. */
  clocks: Readonly<Record<string, ClockState>>
  /** Followed sources: readable or not. */
  sources: { readable: number; unreadable: number }
  /** How often a limit was reached (records cut or dropped, names not told apart), by its name. */
  limits: Readonly<Record<string, number>>
  /** Seconds since the newest record, by its own stamp; null before the first. */
  lag_s: number | null
}

/** Hosts whose offset is a series of its own; of all others the one furthest off is told as `(other)`: labels must stay few. */
export const OFFSET_HOSTS = 500
const OTHER = '(other)'

/** Gauges of what the service knows; `read` is called once per collection. */
export function observeService(read: () => Promise<ServiceState>): void {
  const meter = metrics.getMeter('authtop')
  const gauge = (name: string, unit: string, description: string) =>
    meter.createObservableGauge(`authtop.${name}`, { unit, description })
  const firing = gauge('alert.firing', '{alert}', 'Firing alerts')
  const waiting = gauge('notice.waiting', '{notice}', 'Notices not yet taken by their sink')
  const offset = gauge('host.clock.offset', 's', 'Host clock minus its reference')
  const low = gauge('host.clock.offset.low', 's', 'Lower end of the interval of the offset')
  const high = gauge('host.clock.offset.high', 's', 'Upper end of the interval of the offset')
  const lag = gauge('collector.lag', 's', 'Age of the newest record')
  const sources = gauge('source.followed', '{source}', 'Sources by whether they can be read')
  const limits = gauge(
    'limit.reached',
    '{time}',
    'How often something was cut, dropped or not told apart since the store was made',
  )
  meter.addBatchObservableCallback(
    async (result) => {
      const state = await read()
      for (const { rule, severity, count } of state.firing) result.observe(firing, count, { rule, severity })
      for (const [sink, n] of Object.entries(state.waiting)) result.observe(waiting, n, { sink })
      for (const [host, clock] of bounded(state.clocks)) {
        result.observe(offset, clock.offset_s, { host })
        if (clock.low_s !== null) result.observe(low, clock.low_s, { host })
        if (clock.high_s !== null) result.observe(high, clock.high_s, { host })
      }
      result.observe(sources, state.sources.readable, { state: 'readable' })
      result.observe(sources, state.sources.unreadable, { state: 'unreadable' })
      for (const [limit, n] of Object.entries(state.limits)) result.observe(limits, n, { limit })
      if (state.lag_s !== null) result.observe(lag, state.lag_s)
    },
    [firing, waiting, offset, low, high, lag, sources, limits],
  )
}

function bounded(clocks: Readonly<Record<string, ClockState>>): [string, ClockState][] {
  const all = Object.entries(clocks)
  const rest = all.slice(OFFSET_HOSTS)
  const furthest = rest.reduce<ClockState | null>(
    (far, [, clock]) => (far === null || Math.abs(clock.offset_s) > Math.abs(far.offset_s) ? clock : far),
    null,
  )
  return [...all.slice(0, OFFSET_HOSTS), ...(furthest === null ? [] : [[OTHER, furthest] as [string, ClockState]])]
}
