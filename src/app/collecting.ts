/**
 * Opens everything a collecting command needs (knowledge, store, source), runs the ingest and closes it again in order.
 * Used in the process itself (`collect`, pipes) and inside the dashboard's worker.
 */
import { openFileSource } from '../../collectors/file/file-source.ts'
import type { OtlpListening } from '../../collectors/otlp/otlp-source.ts'
import type { Listening } from '../../collectors/push/listening.ts'
import { openStdinSource } from '../../collectors/stdin/stdin-source.ts'
import type { SyslogListening } from '../../collectors/syslog/syslog-source.ts'
import type { PushSource } from '../core/ports/push-source.ts'
import type { LogSource, SourceNotice, SourceOptions } from '../core/ports/source.ts'
import type { IncidentChange, RetentionPolicy, StoreRefusal, StoreWriter } from '../core/ports/store.ts'
import type { StreamState } from '../core/source-status.ts'
import { openReader, openWriter } from '../store/index.ts'
import { startOwnTelemetry } from '../telemetry/own-telemetry.ts'
import { Alerting } from './alerts/alerting.ts'
import { openSinks } from './alerts/open-sinks.ts'
import { ruleSettings } from './alerts/rule-settings.ts'
import { Classifier } from './classifier.ts'
import { ClockKeeper } from './clock-keeper.ts'
import { type Config, NO_CONFIG } from './config/config.ts'
import { ingest } from './ingest.ts'
import { loadKnowledge } from './knowledge.ts'
import { startService } from './service/start-service.ts'

/** Each part is plain data: it crosses to the collecting thread. */
export interface Receivers {
  otlp?: OtlpListening
  webhook?: Listening
  syslog?: Omit<SyslogListening, 'zone'>
}

export interface CollectOptions {
  /** Paths, globs, templates; `-` alone is standard input; empty where everything is pushed. */
  paths: readonly string[]
  /** Where senders may push to; nowhere when absent. */
  receivers?: Receivers
  /** Store location. */
  store: string
  follow: boolean
  /** IANA zone for stamps without one. */
  zone: string
  retention: RetentionPolicy
  /** Rules and sinks; left out: the built-in rules, and nobody is told. */
  config?: Config
  /** Failed deliveries and the like, one sentence. */
  alertNote?(text: string): void
  notice(notice: SourceNotice): void
  committed?(changes: readonly IncidentChange[], streams: readonly StreamState[]): void
  stalled?(refusal: StoreRefusal | null): void
  /** History is read; what comes now is live. */
  caughtUp?(): void
}

/** By its descriptor, because a worker thread's `process.stdin` is not the process's. */
const STDIN = 0

/** Retention works in slices under 50 ms, this often; ms. */
const RETAIN_EVERY_MS = 60_000

/** Resolves when the sources have ended or the signal aborts; everything read by then is committed. */
export async function collect(options: CollectOptions, signal: AbortSignal): Promise<void> {
  const stopTelemetry = await startOwnTelemetry(process.env)
  try {
    await collectInto(options, signal)
  } finally {
    await stopTelemetry()
  }
}

async function collectInto(options: CollectOptions, signal: AbortSignal): Promise<void> {
  const knowledge = await loadKnowledge(process.env)
  const writer = await openWriter(options.store)
  const undo: (() => Promise<void>)[] = []
  try {
    const reader = await openReader(options.store)
    undo.push(() => reader.close())
    const config = options.config ?? NO_CONFIG
    const alerting = await Alerting.start({
      writer,
      reader,
      rules: ruleSettings(config),
      sinks: openSinks(config, process.env, Date.now),
      repeat_ms: config.alerts.repeat,
      now: Date.now,
      note: (text) => options.alertNote?.(text),
    })
    undo.push(() => alerting.stop())
    const state = { ready: false, stalled: null as string | null }
    const service = await startService(config, process.env, {
      reader,
      now: Date.now,
      ready: () => state.ready,
      healthy: () => state.stalled,
    })
    if (service !== null) {
      undo.push(() => service.close())
      options.alertNote?.(`metrics and health at ${service.url}`)
    }
    const known = await writer.streams()
    const classifier = new Classifier(knowledge, await writer.fingerprintKey(), options.zone)
    const notice = (told: SourceNotice) => {
      alerting.sourceNotice(told)
      options.notice(told)
    }
    const sourceOptions = { follow: options.follow, known, notice, now: Date.now }
    const delivered = await writer.deliveries()
    const source = await openSource(options.paths, sourceOptions)
    const pushed: PushSource[] = []
    const stopRetention = keepRetention(writer, options.retention)
    try {
      pushed.push(...(await openReceivers(options, sourceOptions)))
      await ingest(
        {
          source,
          pushed,
          delivered,
          writer,
          classifier,
          clocks: await ClockKeeper.restore(await writer.clockRows()),
          formats: knowledge.formats,
          zone: options.zone,
          known,
          now: Date.now,
          witness: alerting.witness,
          committed: (changes, seen) => {
            alerting.committed(changes, seen)
            options.committed?.(changes, seen.streams)
          },
          stalled: (refusal) => {
            state.stalled = refusal?.message ?? null
            options.stalled?.(refusal)
          },
          caughtUp: () => {
            // A collector that is stopped while it reads history catches up when it is started again.
            if (!options.follow || !signal.aborted) alerting.caughtUp()
            state.ready = true
            options.caughtUp?.()
          },
        },
        signal,
      )
    } finally {
      stopRetention()
      await Promise.all([source, ...pushed].map((each) => each?.close()))
    }
  } finally {
    for (const step of undo.reverse()) await step()
    await writer.close()
  }
}

async function openSource(paths: readonly string[], options: SourceOptions): Promise<LogSource | null> {
  if (paths.length === 0) return null
  return paths.length === 1 && paths[0] === '-' ? openStdinSource(STDIN, options) : await openFileSource(paths, options)
}

/** Each is loaded only where it is asked for: their libraries would slow down every start. */
async function openReceivers({ receivers, zone }: CollectOptions, options: SourceOptions): Promise<PushSource[]> {
  const { otlp, webhook, syslog } = receivers ?? {}
  const opened: PushSource[] = []
  try {
    if (otlp !== undefined) {
      const { openOtlpSource } = await import('../../collectors/otlp/otlp-source.ts')
      opened.push(await openOtlpSource(otlp, options))
    }
    if (webhook !== undefined) {
      const { openWebhookSource } = await import('../../collectors/webhook/webhook-source.ts')
      opened.push(await openWebhookSource(webhook, options))
    }
    if (syslog !== undefined) {
      const { openSyslogSource } = await import('../../collectors/syslog/syslog-source.ts')
      opened.push(await openSyslogSource({ ...syslog, zone }, options))
    }
    return opened
  } catch (error) {
    await Promise.all(opened.map((source) => source.close()))
    throw error
  }
}

/** Old detail goes while collecting goes on; between two slices the ingest gets its turn. */
function keepRetention(writer: StoreWriter, policy: RetentionPolicy): () => void {
  let stopped = false
  const slice = async () => {
    while (!stopped && (await writer.retain(policy, Date.now()))) await new Promise((resolve) => setImmediate(resolve))
  }
  const timer = setInterval(() => void slice(), RETAIN_EVERY_MS)
  timer.unref()
  return () => {
    stopped = true
    clearInterval(timer)
  }
}
