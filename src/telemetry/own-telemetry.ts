/**
 * authtop's own traces and metrics: sent by the OpenTelemetry SDK when the standard environment asks for it
 * (`OTEL_EXPORTER_OTLP_ENDPOINT` or one of its per-signal forms), otherwise the API's no-ops, which cost nothing.
 * The SDK is loaded only then: it is large.
 */
import { metrics, SpanStatusCode, trace } from '@opentelemetry/api'

/** Starts exporting if the environment asks for it; the returned function flushes and stops. */
export async function startOwnTelemetry(env: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  const wanted = Object.keys(env).some((name) =>
    /^OTEL_EXPORTER_OTLP_(?:(?:TRACES|METRICS|LOGS)_)?ENDPOINT$/.test(name),
  )
  if (!wanted || env.OTEL_SDK_DISABLED === 'true') return async () => {}
  const { NodeSDK } = await import('@opentelemetry/sdk-node')
  // The SDK reads exporters, protocol, headers and resource from the standard variables; metrics are off unless named.
  env.OTEL_METRICS_EXPORTER ??= 'otlp'
  env.OTEL_LOGS_EXPORTER ??= 'none'
  const sdk = new NodeSDK({ serviceName: env.OTEL_SERVICE_NAME ?? 'authtop', instrumentations: [] })
  sdk.start()
  // What cannot be sent is lost with its receiver; collecting went well all the same.
  return () => sdk.shutdown().catch(() => {})
}

export interface IngestMeters {
  /** Records read, by `outcome`: success, failure, none. */
  record(outcome: 'success' | 'failure' | 'none', count?: number): void
  /** Incidents that a commit made or revised, by `cause`. */
  incident(cause: string, revised: boolean): void
  /** Seconds a commit took. */
  commit(seconds: number): void
}

/** Instruments named after the OpenTelemetry conventions: dots, singular units in braces, seconds. */
export function ingestMeters(): IngestMeters {
  const meter = metrics.getMeter('authtop')
  const records = meter.createCounter('authtop.record.count', { unit: '{record}', description: 'Records read' })
  const incidents = meter.createCounter('authtop.incident.count', {
    unit: '{incident}',
    description: 'Incidents made or revised',
  })
  const commits = meter.createHistogram('authtop.commit.duration', { unit: 's', description: 'Duration of a commit' })
  return {
    record: (outcome, count = 1) => records.add(count, { outcome }),
    incident: (cause, revised) => incidents.add(1, { cause, revised }),
    commit: (seconds) => commits.record(seconds),
  }
}

/** A piece of our own work as a span; a thrown error is its status. Costs nothing where no exporter asks for it. */
export function traced<T>(
  name: 'authtop.commit' | 'authtop.notice.send' | 'authtop.history.replay',
  attributes: Readonly<Record<string, string | number>>,
  work: () => Promise<T>,
): Promise<T> {
  return trace.getTracer('authtop').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work()
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message })
      throw error
    } finally {
      span.end()
    }
  })
}
