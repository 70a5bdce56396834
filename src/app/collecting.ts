/**
 * Opens everything a collecting command needs (knowledge, store, source), runs the ingest and closes it again in order.
 * Used in the process itself (`collect`, pipes) and inside the dashboard's worker.
 */
import type { ReadBy } from '../../collectors/otlp/read-request.ts'
import type { SkewWitness } from '../analyze/skew-proof/skew-witness.ts'
import { COLLECTOR_STATE } from '../core/ports/alert-store.ts'
import type { PushSource, PushSourceOptions } from '../core/ports/push-source.ts'
import type { SourceNotice } from '../core/ports/source.ts'
import {
  type IncidentChange,
  mayPass,
  type RetentionPolicy,
  type StoreReader,
  type StoreRefusal,
  type StoreWriter,
} from '../core/ports/store.ts'
import type { Privacy } from '../core/privacy.ts'
import type { StreamState } from '../core/source-status.ts'
import type { TimeService } from '../core/watch-step.ts'
import { openReader, openWriter } from '../store/index.ts'
import { startOwnTelemetry } from '../telemetry/own-telemetry.ts'
import { Alerting, type AlertingOptions } from './alerts/alerting.ts'
import { openSinks } from './alerts/open-sinks.ts'
import { ruleSettings } from './alerts/rule-settings.ts'
import type { Seen } from './alerts/source-watch.ts'
import { askTimeServices } from './alerts/time-services.ts'
import { Classifier } from './classifier.ts'
import { ClockKeeper } from './clock-keeper.ts'
import { type Config, NO_CONFIG } from './config/config.ts'
import { ingest } from './ingest.ts'
import { loadKnowledge } from './knowledge.ts'
import { openSource } from './open-source.ts'
import { type Receivers, unchangeable } from './receivers.ts'
import type { Reloads, Settings } from './service/reloads.ts'
import type { ServiceManager } from './service/service-manager.ts'
import { startService } from './service/start-service.ts'
import { Stewarding } from './sharing/stewarding.ts'
import { Watching } from './sharing/watching.ts'
import { openWriterApart } from './writer-thread.ts'

export interface CollectOptions {
  /** Paths, globs, templates, `journal:…`; `-` alone is standard input; empty where everything is pushed. */
  paths: readonly string[]
  /** Where senders may push to; nowhere when absent. */
  receivers?: Receivers
  /** Store location. */
  store: string
  follow: boolean
  /** IANA zone for stamps without one. */
  zone: string
  /** Left out: `default`. */
  privacy?: Privacy
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
  /** Where word of a changed configuration comes from. */
  reloads?: Reloads
  /** Told how the service is. */
  manager?: ServiceManager
}

/** Retention works in slices under 50 ms, this often; ms. */
const RETAIN_EVERY_MS = 60_000

/** Resolves when the sources have ended or the signal aborts; everything read by then is committed. */
export async function collect(options: CollectOptions, signal: AbortSignal): Promise<void> {
  const stopTelemetry = await startOwnTelemetry(process.env)
  try {
    for (let round = options; ; ) {
      const next = await collectInto(round, signal)
      if (next === null) return
      round = { ...round, ...next }
    }
  } finally {
    await stopTelemetry()
  }
}

/** Returns the settings to begin anew with; null: the end. Nothing that was read is lost between two rounds. */
async function collectInto(options: CollectOptions, end: AbortSignal): Promise<Settings | null> {
  const round = new AbortController()
  const signal = AbortSignal.any([end, round.signal])
  let next: Settings | null = null
  const knowledge = await loadKnowledge(process.env)
  // Who pushes, and who asks for its health, is answered while a disk hangs; where nobody does the thread would only cost.
  const hasVisitors = options.receivers !== undefined || options.config?.service !== undefined
  const writer = await (hasVisitors ? openWriterApart : openWriter)(options.store)
  const undo: (() => Promise<void>)[] = []
  try {
    const reader = await openReader(options.store, 'collector')
    undo.push(() => reader.close())
    const config = options.config ?? NO_CONFIG
    const alerting = await startRules(options, writer, reader, config, signal)
    undo.push(() => alerting.stop())
    const ask = (of: Config) =>
      askTimeServices(of, { hear: (s) => alerting.hear(s), note: (text) => options.alertNote?.(text) })
    let stopAsking = ask(config)
    undo.push(async () => stopAsking())
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
    // So that "authtop reload" finds whom to ask, and asks nobody else.
    const pid = options.reloads === undefined ? '' : String(process.pid)
    await writer.saveAlerts({ alerts: [], state: { [COLLECTOR_STATE]: pid }, deliveries: [] })
    const known = await writer.streams()
    const classifier = new Classifier(knowledge, await writer.fingerprintKey(), options.zone, {
      privacy: options.privacy,
    })
    const notice = (told: SourceNotice) => {
      alerting.sourceNotice(told)
      options.notice(told)
    }
    const sourceOptions = { follow: options.follow, known, notice, now: Date.now }
    const delivered = await writer.deliveries()
    const source = await openSource(options.paths, sourceOptions)
    const pushed = new Map<keyof Receivers, PushSource>()
    let retention = options.retention
    const stopRetention = keepRetention(writer, () => retention)
    const stopTelling = tellAway(writer, (text) => options.alertNote?.(text))
    try {
      await openReceivers(options, sourceOptions, classifier.telemetry, pushed)
      options.reloads?.handle(async (settings) => {
        options.manager?.reloading()
        const anew = needsNewRound(options, settings)
        if (anew !== null && (pushed.size > 0 || options.paths.includes('-'))) {
          options.alertNote?.(
            `${anew} changed: it takes a restart, because what is pushed or piped meanwhile would be lost; the rest is in force`,
          )
        } else if (anew !== null) {
          next = settings
          round.abort()
          return 'restart'
        }
        await alerting.reload({
          rules: ruleSettings(settings.config),
          sinks: openSinks(settings.config, process.env, Date.now),
          repeat_ms: settings.config.alerts.repeat,
        })
        retention = settings.retention
        if (anew === null) for (const [name, receiver] of pushed) await receiver.renew(settings.receivers?.[name] ?? {})
        stopAsking()
        stopAsking = ask(settings.config)
        service?.renew(settings.config)
        options.manager?.ready('collecting')
        return 'taken'
      })
      options.manager?.ready(state.ready ? 'collecting' : 'reading history')
      await ingest(
        {
          source,
          pushed: [...pushed.values()],
          delivered,
          writer,
          reading: { classifier, formats: knowledge.formats, zone: options.zone, now: Date.now },
          clocks: await ClockKeeper.restore(await writer.clockRows()),
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
            options.manager?.status('collecting')
            options.caughtUp?.()
          },
        },
        signal,
      )
      await alerting.finish()
    } finally {
      options.reloads?.stop()
      if (next === null) await options.manager?.stopping()
      stopRetention()
      stopTelling()
      await Promise.all([source, ...pushed.values()].map((each) => each?.close()))
    }
  } finally {
    // A step that fails must not keep the store open, and with it the process.
    try {
      for (const step of undo.reverse()) await step()
    } finally {
      await writer.close()
    }
  }
  return end.aborted ? null : next
}

/** What the rest of collecting tells the rules, wherever these run. */
interface Rules {
  witness: SkewWitness
  committed(changes: readonly IncidentChange[], seen: Seen): void
  sourceNotice(notice: SourceNotice): void
  hear(service: TimeService): void
  caughtUp(): void
  reload(settings: Pick<AlertingOptions, 'rules' | 'sinks' | 'repeat_ms'>): Promise<void>
  /** Everything is read and committed, or the process is to end. */
  finish(): Promise<void>
  stop(): Promise<void>
}

/** Where several collectors share the store one of them alerts for all, so that nothing is told twice. */
async function startRules(
  options: CollectOptions,
  writer: StoreWriter,
  reader: StoreReader,
  config: Config,
  signal: AbortSignal,
): Promise<Rules> {
  const note = (text: string) => options.alertNote?.(text)
  const common = {
    rules: ruleSettings(config),
    sinks: openSinks(config, process.env, Date.now),
    repeat_ms: config.alerts.repeat,
    now: Date.now,
    signal,
    note,
  }
  if (writer.shared === undefined) {
    const alerting = await Alerting.start({ writer, reader, ...common })
    return Object.assign(alerting, { finish: async () => {} })
  }
  const watching = await Watching.start(writer, Date.now)
  const stewarding = new Stewarding({
    shared: writer.shared,
    now: Date.now,
    alerting: (steward) => Alerting.start({ writer: steward.writer, reader: steward.reader, steward, ...common }),
    note,
  })
  stewarding.start()
  return {
    witness: watching.witness,
    committed: (_, seen) => watching.committed(seen),
    sourceNotice: (notice) => watching.sourceNotice(notice),
    hear: (service) => watching.hear(service),
    caughtUp: () => {
      watching.caughtUp()
      stewarding.caughtUp()
    },
    reload: (settings) => stewarding.reload(settings),
    finish: () => stewarding.finish(signal),
    stop: async () => {
      await stewarding.finish(AbortSignal.abort())
      await watching.stop()
    },
  }
}

/** What changed that only a new round can take over; null: nothing. */
function needsNewRound(now: CollectOptions, next: Settings): string | null {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
  if (!same(now.paths, next.paths)) return 'paths'
  if (now.store !== next.store) return 'store'
  if (now.zone !== next.zone) return 'zone'
  if ((now.privacy ?? 'default') !== next.privacy) return 'privacy'
  if (!same(unchangeable(now.receivers ?? {}), unchangeable(next.receivers ?? {}))) return 'receivers'
  const listen = ({ service }: Config) => [service?.listen, service?.tls === undefined]
  return same(listen(now.config ?? NO_CONFIG), listen(next.config)) ? null : 'service'
}

/** Each is loaded only where it is asked for: their libraries would slow down every start. What is open is in `opened`, also after a throw. */
async function openReceivers(
  { receivers, zone }: CollectOptions,
  options: PushSourceOptions,
  telemetry: ReadBy,
  opened: Map<keyof Receivers, PushSource>,
): Promise<void> {
  const { otlp, webhook, syslog } = receivers ?? {}
  if (otlp !== undefined) {
    const { openOtlpSource } = await import('../../collectors/otlp/otlp-source.ts')
    opened.set('otlp', await openOtlpSource(otlp, options, telemetry))
  }
  if (webhook !== undefined) {
    const { openWebhookSource } = await import('../../collectors/webhook/webhook-source.ts')
    opened.set('webhook', await openWebhookSource(webhook, options))
  }
  if (syslog !== undefined) {
    const { openSyslogSource } = await import('../../collectors/syslog/syslog-source.ts')
    opened.set('syslog', await openSyslogSource({ ...syslog, zone }, options))
  }
}

/** Old detail goes while collecting goes on; between two slices the ingest gets its turn. */
function keepRetention(writer: StoreWriter, policy: () => RetentionPolicy): () => void {
  let stopped = false
  const slice = async () => {
    while (!stopped && (await writer.retain(policy(), Date.now())))
      await new Promise((resolve) => setImmediate(resolve))
  }
  const timer = setInterval(
    () =>
      slice().catch((error) => {
        // It is tried again in a minute.
        if (!mayPass(error)) throw error
      }),
    RETAIN_EVERY_MS,
  )
  timer.unref()
  return () => {
    stopped = true
    clearInterval(timer)
  }
}

/** How often it is looked whether a distant store is away; ms. */
const AWAY_EVERY_MS = 2_000

/** Tells when a distant store goes away and when all has arrived there, and at the end what has not. */
function tellAway(writer: StoreWriter, note: (text: string) => void): () => void {
  if (writer.away === undefined) return () => {}
  let told = false
  const timer = setInterval(() => {
    const away = writer.away!()
    if (away !== null && !told) note(`${away.why}; what comes waits on this machine`)
    if (away === null && told) note('the store is back, and everything that waited has arrived')
    told = away !== null
  }, AWAY_EVERY_MS)
  timer.unref()
  return () => {
    clearInterval(timer)
    const away = writer.away!()
    if (away !== null) note(`${away.why}; ${away.batches} batches wait on this machine for the next start`)
  }
}
