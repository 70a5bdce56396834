/**
 * Alerting beside a running ingest: feeds the engine with what was committed, saves alerts and notices together, sends.
 * History that is read first is not alerted piece by piece: once it is in, it is replayed in order, as a backtest would, and
 * only what is recent is told. Invariant: one engine, fed with what the store keeps, so that live equals backtest.
 */
import { Dispatcher } from '../../alerts/dispatcher.ts'
import { AlertEngine, type SavedEngine, type Transition } from '../../alerts/engine.ts'
import { ACTIVITY_DELAY_MS, ACTIVITY_STEP_MS, type Fact, type FailureFact } from '../../alerts/fact.ts'
import type { Notice, Sink } from '../../alerts/notice.ts'
import { Notifier, type SavedNotifier } from '../../alerts/notifier.ts'
import { createRules, type RuleSettings } from '../../alerts/rules/index.ts'
import { silencedBy } from '../../alerts/silenced.ts'
import { type SavedWitness, SkewWitness } from '../../analyze/skew-proof/skew-witness.ts'
import type { Alert } from '../../core/alert.ts'
import type { AlertChanges, NewDelivery } from '../../core/ports/alert-store.ts'
import type { Steward } from '../../core/ports/shared-store.ts'
import type { SourceNotice } from '../../core/ports/source.ts'
import { type IncidentChange, mayPass, type StoreReader, type StoreWriter } from '../../core/ports/store.ts'
import { type TimeService, WATCH_STEP_MS, type WatchStep } from '../../core/watch-step.ts'
import { traced } from '../../telemetry/own-telemetry.ts'
import { activityFacts, clockFacts, factsOfChanges, failureFact, storedFacts, watchFact, watchFacts } from './facts.ts'
import { ArrivalFeed, CommitFeed, type FailureFeed } from './failure-feed.ts'
import type { OpenSink } from './open-sinks.ts'
import { type Seen, SourceWatch } from './source-watch.ts'

export interface AlertingOptions {
  writer: StoreWriter
  /** On the same store. */
  reader: StoreReader
  /** Where collectors share a store and this runs the rules for all: they watch their sources themselves. */
  steward?: Steward
  rules: RuleSettings
  sinks: ReadonlyMap<string, OpenSink>
  repeat_ms: number
  now(): number
  /** Whoever is to end at once does not finish catching up: nothing of it is saved, and the next start begins it anew. */
  signal: AbortSignal
  /** One sentence for the log; failed deliveries, refused alerts. */
  note(text: string): void
}

/** Baselines learn from so much history when there is no saved state; ms. */
const LEARN_MS = 35 * 86_400_000
/** What ended or began longer ago is history and told nobody; ms. */
const RECENT_MS = 3_600_000
/** The engine runs this far behind the clock, ms: a commit takes its time. */
const GRACE_MS = 2_000
const BEAT_MS = 1_000
/** Collectors write down what they watched within this long of a step's end; ms. */
const WATCHED_LATE_MS = 60_000
/** State is saved this often when nothing happens; ms. */
const SAVE_MS = 30_000
/** What the store refused for now is saved again after this; ms. */
const SAVE_AGAIN_MS = 1_000
/** Alerts alive in the store that are looked up for acknowledgements. */
const ALIVE_LIMIT = 500
/** Learning from a large store takes longer than this, and says how far it is this often; ms. */
const TELL_MS = 3_000
/** Running deliveries may take this long at the end; ms. */
const STOP_MS = 2_000

interface SavedState {
  version: 1
  /** Place of the {@link FailureFeed} up to which all failures are in the engine. */
  failure_id: unknown
  activity_ms: number
  engine: SavedEngine
  notifier: SavedNotifier
}

export class Alerting {
  readonly witness: SkewWitness
  readonly #watch = new SourceWatch()
  /** Steps that are in the engine and not saved yet. */
  #watched: WatchStep[] = []
  readonly #o: AlertingOptions
  #engine: AlertEngine
  #notifier: Notifier
  #sinks: ReadonlyMap<string, OpenSink>
  readonly #dispatcher: Dispatcher
  readonly #restored: SavedState | null
  #live = false
  #stopped = false
  #activity_ms = 0
  readonly #feed: FailureFeed
  /** Steps of other collectors that began before this are in the engine, ms. */
  #watched_ms = 0
  #saved_ms = 0
  #work: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  private constructor(options: AlertingOptions, witness: SkewWitness, restored: SavedState | null, feed: FailureFeed) {
    this.#o = options
    this.witness = witness
    this.#restored = restored
    this.#feed = feed
    this.#engine = new AlertEngine(createRules(options.rules))
    this.#notifier = createNotifier(options.repeat_ms)
    this.#sinks = options.sinks
    this.#dispatcher = new Dispatcher({
      outbox: options.writer,
      sinkOf: (name) => this.#tracedSink(name),
      now: options.now,
      random: Math.random,
      failed: (sink, error, gaveUp) =>
        options.note(`sink ${sink}: ${error}${gaveUp ? '; given up' : '; will be tried again'}`),
      delivered: () => {},
    })
  }

  /** Before anything is ingested. */
  static async start(options: AlertingOptions): Promise<Alerting> {
    const [witness, saved] = await Promise.all([
      options.writer.alertState('witness'),
      options.writer.alertState('alerting'),
    ])
    return new Alerting(
      options,
      witness === null ? new SkewWitness() : SkewWitness.restore(JSON.parse(witness) as SavedWitness),
      saved === null ? null : (JSON.parse(saved) as SavedState),
      options.steward === undefined ? await CommitFeed.open(options.reader) : new ArrivalFeed(options.steward),
    )
  }

  /** After each commit. Until history is read nothing is done with it: it will be read from the store. */
  committed(changes: readonly IncidentChange[], seen?: Seen): void {
    if (seen !== undefined) this.#watch.take(seen)
    // What the catching up has read from the store already is not taken twice.
    const fresh = this.#feed.committed(changes, this.#live && changes.length > 0)
    if (!this.#live || changes.length === 0) return
    for (const fact of factsOfChanges(fresh)) this.#engine.take(fact)
    this.#enqueue(() => this.#process(false))
  }

  /** What a source says of itself: which files are followed. */
  sourceNotice(notice: SourceNotice): void {
    this.#watch.notice(notice)
  }

  /** What a host's time service says; told with the step it falls into. */
  hear(service: TimeService): void {
    this.#watch.hear(service)
  }

  /** History is in the store: catches up, then follows the clock. */
  caughtUp(): void {
    this.#enqueue(async () => {
      await traced('authtop.history.replay', {}, () => this.#catchUp())
      if (this.#stopped || !this.#live) return
      this.#watch.begin(this.#o.now())
      this.#timer = setInterval(() => this.#enqueue(() => this.#beat()), BEAT_MS)
      this.#timer.unref()
    })
  }

  /** Other rules and sinks from here on; what fires under rules that are kept goes on, what waits is sent by the new sinks. */
  reload({ rules, sinks, repeat_ms }: Pick<AlertingOptions, 'rules' | 'sinks' | 'repeat_ms'>): Promise<void> {
    this.#enqueue(async () => {
      const notifier = createNotifier(repeat_ms)
      notifier.restore(this.#notifier.save())
      const engine = new AlertEngine(createRules(rules))
      // Also before history is in: then it is fed from the store.
      if (this.#live) {
        await this.#process(false)
        engine.restore(JSON.parse(JSON.stringify(this.#engine.save())) as SavedEngine)
      }
      this.#engine = engine
      this.#notifier = notifier
      this.#sinks = sinks
      if (this.#live) await this.#process(true)
    })
    return this.#work
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    await this.#work
    if (this.#live) {
      await this.#process(true)
      await Promise.race([this.#dispatcher.kick(), new Promise((resolve) => setTimeout(resolve, STOP_MS).unref())])
    }
    await this.#dispatcher.stop(STOP_MS)
  }

  #enqueue(step: () => Promise<void>): void {
    this.#work = this.#work.then(step).catch((error) => this.#o.note(`alerting: ${(error as Error).message}`))
  }

  async #catchUp(): Promise<void> {
    const { reader, now, signal, note } = this.#o
    const now_ms = now()
    // What is committed from here on comes through `committed`; no await may stand between the two.
    const known = this.#restored
    if (known !== null) this.#feed.restore(known.failure_id)
    const since = known === null ? [] : await this.#next()
    const inOrder = known !== null && since.every((f) => f.at_ms >= (known.engine.tick_ms ?? 0) - GRACE_MS)
    if (known !== null) this.#notifier.restore(known.notifier)
    if (known !== null && inOrder) {
      this.#engine.restore(known.engine)
      this.#activity_ms = known.activity_ms
    } else {
      // Older history came in (or this is the first start): everything in order, as in a backtest.
      const before = await this.#feed.skip()
      since.length = 0
      const extent = (await reader.extent()) ?? { from_ms: now_ms, to_ms: now_ms }
      const newest_ms = Math.min(now_ms, extent.to_ms)
      const range = { from_ms: newest_ms - LEARN_MS, to_ms: Number.MAX_SAFE_INTEGER }
      const from_ms = Math.max(range.from_ms, extent.from_ms)
      let told = performance.now()
      for await (const facts of storedFacts(reader, range, before, this.#engine.traffic)) {
        for (const fact of facts) if (fact.at_ms <= now_ms) this.#engine.take(fact)
        await new Promise((resolve) => setImmediate(resolve))
        if (signal.aborted) return
        const at_ms = facts.at(-1)?.at_ms
        if (at_ms === undefined || performance.now() - told < TELL_MS) continue
        told = performance.now()
        const percent = Math.floor((100 * (at_ms - from_ms)) / Math.max(1, newest_ms - from_ms))
        note(`alerts learn from the history of the store: ${Math.max(0, Math.min(100, percent))} %`)
      }
      this.#activity_ms = Math.floor((now_ms - ACTIVITY_DELAY_MS) / ACTIVITY_STEP_MS) * ACTIVITY_STEP_MS
    }
    // What was committed meanwhile; from here on it comes through `committed`, which skips what is read here.
    const counts = await this.#counts(now_ms)
    const failures = [...since, ...(await this.#next())]
    this.#live = true
    for (const fact of [...counts, ...failures].sort((a, b) => a.at_ms - b.at_ms)) this.#engine.take(fact)
    this.#engine.advance(now_ms - GRACE_MS)
    await this.#process(true)
    void this.#dispatcher.kick()
  }

  async #next(): Promise<FailureFact[]> {
    return (await this.#feed.next()).map((row) => failureFact(row, false)).sort((a, b) => a.at_ms - b.at_ms)
  }

  /** What other collectors brought and watched since. */
  async #others(now_ms: number): Promise<Fact[]> {
    if (this.#o.steward === undefined) return []
    const to_ms = now_ms - WATCH_STEP_MS - WATCHED_LATE_MS
    const from_ms = Math.max(this.#watched_ms, to_ms - RECENT_MS)
    const steps = from_ms < to_ms ? await watchFacts(this.#o.reader, { from_ms, to_ms }) : []
    this.#watched_ms = Math.max(from_ms, to_ms)
    return [...(await this.#next()), ...steps]
  }

  async #beat(): Promise<void> {
    const now_ms = this.#o.now()
    const watched = this.#watch.over(now_ms)
    this.#watched.push(...watched)
    const facts = [...(await this.#counts(now_ms)), ...watched.map(watchFact), ...(await this.#others(now_ms))]
    for (const fact of facts.sort((a, b) => a.at_ms - b.at_ms)) this.#engine.take(fact)
    this.#engine.advance(now_ms - GRACE_MS)
    await this.#process(watched.length > 0 || now_ms - this.#saved_ms >= SAVE_MS)
    void this.#dispatcher.kick()
  }

  /** Traffic and clocks of the steps that are over by now and not in the engine yet. */
  async #counts(now_ms: number): Promise<Fact[]> {
    const until = Math.floor((now_ms - ACTIVITY_DELAY_MS - GRACE_MS) / ACTIVITY_STEP_MS) * ACTIVITY_STEP_MS
    if (until <= this.#activity_ms) return []
    const range = { from_ms: Math.max(this.#activity_ms, until - LEARN_MS), to_ms: until }
    this.#activity_ms = until
    const facts: Fact[] = [
      ...(await activityFacts(this.#o.reader, range, this.#engine.traffic)),
      ...(await clockFacts(this.#o.reader, range)),
    ]
    return facts.sort((x, y) => x.at_ms - y.at_ms)
  }

  /** Saves what changed and posts the notices about it, in one transaction. */
  async #process(always: boolean): Promise<void> {
    const { reader, now } = this.#o
    const transitions = this.#engine.drain()
    const now_ms = now()
    const silences = await reader.silences(now_ms)
    // An end is told however late: who was told of the beginning waits for it.
    const recent = transitions.filter((t) => t.kind === 'resolved' || now_ms - t.at_ms < RECENT_MS)
    const notices = this.#notifier.take(recent, silences, now_ms)
    if (always) notices.push(...this.#notifier.remind(await this.#firing(), silences, now_ms))
    if (transitions.length === 0 && notices.length === 0 && !always) return
    const changes: AlertChanges = {
      alerts: newest(transitions),
      state: {
        alerting: JSON.stringify({
          version: 1,
          failure_id: this.#feed.save(),
          activity_ms: this.#activity_ms,
          engine: this.#engine.save(),
          notifier: this.#notifier.save(),
        } satisfies SavedState),
        ...(always && { witness: JSON.stringify(this.witness.save()) }),
      },
      deliveries: notices.flatMap((n) => this.#deliveries(n)),
      watched: this.#watched,
    }
    await this.#save(changes)
    this.#watched = []
    this.#saved_ms = now_ms
    if (notices.length > 0) void this.#dispatcher.kick()
  }

  /** What the engine has let go of must get into the store: tried again while it may pass. */
  async #save(changes: AlertChanges): Promise<void> {
    for (let told = false; ; told = true) {
      try {
        return await this.#o.writer.saveAlerts(changes)
      } catch (error) {
        if (!mayPass(error) || this.#stopped || this.#o.signal.aborted) throw error
        if (!told) this.#o.note(`alerts wait for the store: ${error.message}`)
      }
      await new Promise((resolve) => setTimeout(resolve, SAVE_AGAIN_MS))
    }
  }

  /** Firing alerts, with what people said of them. */
  async #firing(): Promise<Alert[]> {
    const firing = this.#engine.alive().filter((a) => a.state === 'firing')
    if (firing.length === 0) return []
    const now_ms = this.#o.now()
    const stored = await this.#o.reader.alerts({ from_ms: now_ms, to_ms: now_ms + 1 }, ALIVE_LIMIT)
    const noted = new Map(stored.map((a) => [a.id, a.acknowledged_ms]))
    return firing.map((a) => ({ ...a, acknowledged_ms: noted.get(a.id) ?? null }))
  }

  #tracedSink(name: string): Sink | undefined {
    const sink = this.#sinks.get(name)?.sink
    if (sink === undefined) return undefined
    return {
      send: (notice, signal) =>
        traced('authtop.notice.send', { 'authtop.sink': name, 'authtop.rule': notice.alert.rule }, () =>
          sink.send(notice, signal),
        ),
    }
  }

  #deliveries(notice: Notice): NewDelivery[] {
    return [...this.#sinks]
      .filter(([, { severities }]) => severities === undefined || severities.includes(notice.alert.severity))
      .map(([sink]) => ({ sink, dedupe: notice.dedupe, body: JSON.stringify(notice), created_ms: notice.at_ms }))
  }
}

function createNotifier(repeat_ms: number): Notifier {
  return new Notifier({
    repeat_ms,
    silenced: (alert, silences, now) => silencedBy(alert, silences, now) !== undefined,
  })
}

/** The last word on each alert; one that was only pending and came to nothing is none. */
function newest(transitions: readonly Transition[]): Alert[] {
  const alerts = new Map<string, Alert>()
  for (const { kind, alert, at_ms } of transitions) {
    if (kind === 'dropped') alerts.set(alert.id, { ...alert, state: 'resolved', resolved_ms: at_ms })
    else alerts.set(alert.id, alert)
  }
  return [...alerts.values()]
}
