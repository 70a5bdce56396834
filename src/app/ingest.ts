/**
 * The use case behind every collecting command: pulls bytes from a source, takes them through steps 1–6 and commits what
 * they taught together with the positions they came from.
 * Back-pressure: the source is asked for more only when the last commit is done, so a slow disk slows the reading.
 * Invariant: a position is committed in the same transaction as everything read before it, and never without it.
 */

import { containerOf } from '../../collectors/file/container-path.ts'
import { streamId } from '../../collectors/push/identity.ts'
import { FactGatherer } from '../analyze/history/fact-gatherer.ts'
import { factsOf } from '../analyze/history/facts-of.ts'
import { formFacts } from '../analyze/history/form-facts.ts'
import type { Sighting } from '../analyze/incident/sighting.ts'
import type { SkewWitness } from '../analyze/skew-proof/skew-witness.ts'
import type { AuthEvent } from '../core/auth-event.ts'
import type { Delivery, PushSource } from '../core/ports/push-source.ts'
import { DELIVERIES_KEPT } from '../core/ports/push-source.ts'
import type { ByteBatch, LogSource, StreamInfo } from '../core/ports/source.ts'
import type {
  AppendBatch,
  ClockChanges,
  IncidentChange,
  StoreRefusal,
  StoreWriter,
  UnrecognisedRecord,
} from '../core/ports/store.ts'
import { Recent } from '../core/recent.ts'
import type { StreamState } from '../core/source-status.ts'
import { type IngestMeters, ingestMeters } from '../telemetry/own-telemetry.ts'
import type { Seen } from './alerts/source-watch.ts'
import { arrivals, isDelivery } from './arrivals.ts'
import { Attribution, changeOf } from './attributing.ts'
import { type ClockKeeper, ROW_WAITS_MS } from './clock-keeper.ts'
import { PatientWriter } from './patient-writer.ts'
import { PushedReader } from './reading/pushed-reader.ts'
import type { Judged, Read } from './reading/read.ts'
import { type ReaderOptions, StreamReader } from './reading/stream-reader.ts'
import { Reattribution } from './reattribute.ts'
import { LOOK_AGAIN_MS, Settling } from './settling.ts'
import { HandingOver } from './sharing/handing-over.ts'
import { StreamBook } from './stream-book.ts'

export interface IngestOptions {
  /** What is read; null where everything is pushed. */
  source: LogSource | null
  /** What is pushed at us. */
  pushed?: readonly PushSource[]
  /** Digests of deliveries that are in the store. */
  delivered?: readonly string[]
  writer: StoreWriter
  reading: ReaderOptions
  clocks: ClockKeeper
  known: readonly StreamState[]
  /** Collector's clock, ms. */
  now(): number
  /** Told of every event in order; says of a failure whether right clocks would have let it pass. */
  witness?: Pick<SkewWitness, 'observe'>
  /** After each commit, with what changed; for lines that follow live. */
  committed?(changes: readonly IncidentChange[], seen: Seen): void
  /** The store refuses for now (disk full); told once per spell, null when it is over. */
  stalled?(refusal: StoreRefusal | null): void
  /** Called once, when all that was there at the start is read and committed. */
  caughtUp?(): void
}

/** How long data may wait uncommitted; ms. With the dashboard's frame this keeps a line on screen within a quarter of a second. */
const COMMIT_EVERY_MS = 100
/** …and how long while a sender waits for its acknowledgement; ms. Many wait together, so this bounds commits, not senders. */
const ACKNOWLEDGE_EVERY_MS = 20
/** …and longer, so many times what the last commit took, up to {@link COMMIT_EVERY_MS}: each looks through what was stored around its own time. */
const PAUSE = 3
/** Commit earlier when this much has gathered; records. Keeps a transaction under about 50 ms. */
const COMMIT_RECORDS = 4_000
/** A held multi-line record is complete when nothing followed for this long; ms. */
const HOLD_MS = 300
/** History is over when nothing but live records came for this long: every source has had its turn by then; ms. */
const LIVE_ONLY_MS = 2_000
/** Give other work a turn after this long; ms. */
const SLICE_MS = 20
/** Recognised pushed records remembered, for what arrives twice in different requests (an agent's new batches, two exporters); count. */
const IDENTITIES_KEPT = 200_000
/** Pushed streams counted apart; senders name them after services and hosts, and a stranger may name any number. Count. */
const PUSHED_STREAMS = 5_000
const OTHER_STREAM: StreamInfo = { stream: streamId('pushed', '(other)'), name: 'pushed (other)', identity: null }
export async function ingest(options: IngestOptions, signal: AbortSignal): Promise<void> {
  const run = new Ingest(options, signal)
  const arriving = arrivals(options.source, options.pushed ?? [], signal)
  let next = arriving.next()
  for (;;) {
    const step = await orTimeout(next, run.wait())
    if (step === 'timeout') {
      await run.flushHeld()
      await run.commit(signal)
      await run.idle(signal)
      continue
    }
    if (step.done) break
    if (isDelivery(step.value)) await run.takeDelivery(step.value)
    else await run.take(step.value)
    next = arriving.next()
    if (run.due()) {
      await run.commit(signal)
      await run.busy(signal)
      await run.settleSome()
    }
  }
  run.ended = true
  await run.flushAll()
  await run.commit(signal)
  await run.commitClocks(signal)
  await run.idle(signal)
  await run.settling.all(signal)
}

class Ingest {
  readonly #o: IngestOptions
  /** Streams of bytes. */
  readonly #works = new Map<string, StreamBook<StreamReader>>()
  readonly #known: Map<string, StreamState>
  #successes: AuthEvent[] = []
  #sightings: Sighting[] = []
  #history = new FactGatherer()
  #unrecognised: UnrecognisedRecord[] = []
  #records = 0
  /** This machine's clock may be set while we run: what is waited for is measured by one that is not, performance.now(), ms. */
  #uncommittedSince: number | null = null
  /** What the last commit took, joining included; ms. */
  #commit_ms = 0
  #caughtUp = false
  /** When history was last read; performance.now(), ms. */
  #history_ms = performance.now()
  readonly #meters: IngestMeters = ingestMeters()
  readonly #names = new Map<string, StreamInfo>()
  /** Streams of pushed records, at most {@link PUSHED_STREAMS} and one for all others. */
  readonly #books = new Map<string, StreamBook<PushedReader>>()
  readonly #delivered: Recent<string>
  readonly #identities = new Recent<number>(IDENTITIES_KEPT)
  /** Taken and not yet committed: their senders wait. */
  #waiting: Pick<Delivery, 'digest' | 'committed'>[] = []
  readonly #attribution: Attribution
  readonly #writer: PatientWriter
  readonly settling: Settling | HandingOver
  /** A steward tells of the clocks over time. */
  readonly #shared: boolean
  /** The sources have ended. */
  ended = false

  constructor(options: IngestOptions, signal: AbortSignal) {
    this.#o = options
    this.#delivered = new Recent(DELIVERIES_KEPT, options.delivered)
    this.#writer = new PatientWriter(options.writer, (refusal) => options.stalled?.(refusal))
    const clocks = () => options.clocks.lookup
    this.#attribution = new Attribution(options.writer, clocks)
    const append = (batch: AppendBatch) => this.#append(batch, signal)
    const { shared } = options.writer
    this.#shared = shared !== undefined
    this.settling =
      shared === undefined
        ? new Settling(() => new Reattribution(options.writer, append, clocks, options.now), options.now)
        : new HandingOver(shared)
    this.#known = new Map(options.known.map((s) => [s.stream, s]))
  }

  async take(batch: ByteBatch): Promise<void> {
    const now = performance.now()
    const { stream } = batch
    let work = this.#works.get(stream)
    if (work === undefined) {
      const before = this.#known.get(stream)
      work = new StreamBook(stream, new StreamReader(this.#o.reading, stream, before), before)
      this.#works.set(stream, work)
    }
    if (!this.#names.has(stream)) this.#names.set(stream, await this.#checkpoint(stream, work.committable))
    this.#uncommittedSince ??= now
    if (batch.more || batch.received_collector_ms === undefined) this.#history_ms = now
    const read = await work.reader.read(batch)
    work.take(read, batch, now)
    await this.#learn(work, read)
  }

  /** What was delivered before is acknowledged again and counted no more. */
  async takeDelivery(delivery: Delivery): Promise<void> {
    const { digest, parts, received_collector_ms, committed } = delivery
    const waits = digest !== null && this.#waiting.some((other) => other.digest === digest)
    if (digest !== null && !waits && this.#delivered.has(digest)) {
      committed()
      return
    }
    this.#uncommittedSince ??= performance.now()
    // Its records are not held until the commit: they are many, and what they taught is.
    this.#waiting.push({ digest, committed })
    if (waits) return
    if (digest !== null) this.#delivered.add(digest)
    for (const { info: told, records, passed = 0, exchanges = [] } of parts) {
      const info = this.#books.has(told.stream) || this.#books.size < PUSHED_STREAMS ? told : OTHER_STREAM
      const { stream } = info
      this.#names.set(stream, info)
      let book = this.#books.get(stream)
      if (book === undefined) {
        const before = this.#known.get(stream)
        book = new StreamBook(stream, new PushedReader(this.#o.reading, stream, before), before)
        this.#books.set(stream, book)
      }
      const read = await book.reader.read(records, passed, received_collector_ms)
      book.take(read, { more: false, ended: false }, performance.now())
      await this.#learn(book, { ...read, exchanges })
    }
  }

  async #checkpoint(stream: string, offset: number): Promise<StreamInfo> {
    if (this.#o.source === null) throw new RangeError(`no source has the stream ${stream}`)
    return this.#o.source.checkpoint(stream, offset)
  }

  get #interval(): number {
    if (this.#waiting.length === 0) return COMMIT_EVERY_MS
    return Math.min(COMMIT_EVERY_MS, Math.max(ACKNOWLEDGE_EVERY_MS, PAUSE * this.#commit_ms))
  }

  /** How long the next batch may be waited for before something is due; ms. */
  wait(): number {
    const waiting = this.#uncommittedSince !== null || !this.#caughtUp || [...this.#works.values()].some((w) => w.holds)
    if (waiting) return this.#interval
    if (this.#o.clocks.waits) return ROW_WAITS_MS
    return this.settling.pending ? LOOK_AGAIN_MS : IDLE_MS
  }

  /** Nothing came for a while: history is done once no stream is known to have more and none is held. */
  async idle(signal: AbortSignal): Promise<void> {
    await this.settleSome()
    if (this.#caughtUp || !this.#rested || [...this.#works.values()].some((w) => w.more || w.holds)) return
    await this.#finishHistory(signal)
  }

  /** A slow disk is no end of history: the source says when it has handed out everything, at least once. */
  get #rested(): boolean {
    return this.ended || (this.#o.source?.rested ?? true)
  }

  /** Where something always comes nothing is ever idle: history is done once only live records came for a while. */
  async busy(signal: AbortSignal): Promise<void> {
    if (this.#caughtUp || !this.#rested || performance.now() - this.#history_ms < LIVE_ONLY_MS) return
    if ([...this.#works.values()].some((w) => w.more)) return
    await this.#finishHistory(signal)
  }

  async #finishHistory(signal: AbortSignal): Promise<void> {
    this.#caughtUp = true
    await this.#o.clocks.catchUp(this.#o.now())
    await this.settling.all(signal)
    this.#o.caughtUp?.()
  }

  async settleSome(): Promise<void> {
    if (this.#caughtUp) await this.settling.some()
  }

  due(): boolean {
    return (
      this.#records >= COMMIT_RECORDS ||
      (this.#uncommittedSince !== null && performance.now() - this.#uncommittedSince >= this.#interval)
    )
  }

  async flushHeld(): Promise<void> {
    const now = performance.now()
    for (const work of this.#works.values())
      if (work.holds && !work.more && now - work.touched_ms >= HOLD_MS) await this.#flush(work)
  }

  async flushAll(): Promise<void> {
    for (const work of this.#works.values()) if (work.holds) await this.#flush(work)
  }

  async #flush(work: StreamBook<StreamReader>): Promise<void> {
    const read = await work.reader.flush()
    work.take(read, work, work.touched_ms)
    await this.#learn(work, read)
  }

  async commit(signal: AbortSignal): Promise<void> {
    const dirty = [...this.#works.values()].filter((w) => w.dirty)
    const books = [...this.#books.values()].filter((b) => b.dirty)
    const waiting = this.#waiting
    this.#uncommittedSince = null
    const { clocks } = this.#o
    clocks.turn(this.#o.now())
    const known = this.#told(clocks.due(this.#o.now()))
    const brought = dirty.length > 0 || books.length > 0 || waiting.length > 0
    if (!brought && known === null) return
    const start = performance.now()
    const drafts = await this.#attribution.join(this.#sightings, this.#history)
    const incidents = drafts.map(changeOf)
    const streams: StreamState[] = []
    for (const work of dirty) {
      const info = await this.#checkpoint(work.stream, work.committable)
      this.#names.set(work.stream, info)
      streams.push(work.state(info))
    }
    for (const book of books) streams.push(book.state(this.#names.get(book.stream)!))
    const batch: AppendBatch = {
      successes: this.#successes,
      incidents,
      unrecognised: this.#unrecognised,
      history: this.#history.facts(),
      streams,
      deliveries: [...new Set(waiting.map(({ digest }) => digest).filter((digest) => digest !== null))],
      ...(known === null ? {} : { clocks: known }),
      now_ms: this.#o.now(),
    }
    await this.#append(batch, signal)
    this.#commit_ms = performance.now() - start
    if (brought) this.settling.committed(this.#sightings.map(({ time_ms }) => time_ms))
    for (const { id, incident } of incidents) this.#meters.incident(incident.cause, id !== undefined)
    this.#successes = []
    this.#sightings = []
    this.#history = new FactGatherer()
    const unrecognised = this.#unrecognised
    this.#unrecognised = []
    this.#records = 0
    this.#waiting = []
    for (const delivery of waiting) delivery.committed()
    for (const book of books) book.dirty = false
    const ended = dirty.filter((work) => work.ended).map((work) => work.stream)
    for (const work of dirty) {
      work.dirty = false
      if (work.ended) {
        this.#works.delete(work.stream)
        this.#names.delete(work.stream)
      }
    }
    if (brought) this.#o.committed?.(incidents, { streams, ended, unrecognised })
  }

  /** At the end: what the clocks still hold back. */
  async commitClocks(signal: AbortSignal): Promise<void> {
    const { clocks, now } = this.#o
    await clocks.catchUp(now())
    for (let known = this.#told(clocks.rest()); known !== null; known = this.#told(clocks.rest())) {
      await this.#append(
        { successes: [], incidents: [], unrecognised: [], history: [], streams: [], clocks: known, now_ms: now() },
        signal,
      )
    }
  }

  #told(known: ClockChanges | null): ClockChanges | null {
    return known === null || !this.#shared ? known : { ...known, readings: [] }
  }

  async #append(batch: AppendBatch, signal: AbortSignal): Promise<void> {
    this.#meters.commit(await this.#writer.append(batch, signal))
  }

  /** Takes over what records taught, and gives other work its turns. */
  async #learn(work: StreamBook, read: Omit<Read, 'standing'>): Promise<void> {
    this.#records += read.records
    if (read.none > 0) this.#meters.record('none', read.none)
    for (const exchange of read.exchanges) this.#o.clocks.takeExchange(exchange)
    for (const record of read.unrecognised) this.#unrecognised.push(record)
    let sliceEnd = performance.now() + SLICE_MS
    for (const [i, judged] of read.judged.entries()) {
      this.#takeEvent(work, judged)
      if ((i & 63) === 63 && performance.now() > sliceEnd) {
        await new Promise((resolve) => setImmediate(resolve))
        sliceEnd = performance.now() + SLICE_MS
      }
    }
  }

  #takeEvent(work: StreamBook, { event, tokens, origin, source, identity, ...judged }: Judged): void {
    this.#meters.record(event.outcome)
    if (identity !== undefined) {
      if (this.#identities.has(identity)) return
      this.#identities.add(identity)
    }
    work.recognised++
    const info = this.#names.get(work.stream)
    // What the user said about a path outranks what a container believes about its own name.
    const container = info === undefined ? null : containerOf(info.name)
    const host = info?.host ?? event.host ?? origin?.host ?? container?.pod
    const service = info?.service ?? event.service ?? origin?.service ?? container?.container
    if (host !== undefined) event.host = host
    if (service !== undefined) event.service = service
    this.#o.clocks.take(event)
    const proof = this.#o.witness?.observe(event) ?? null
    if (proof !== null) event.clock_proof = proof
    const time_ms = judged.time_ms ?? this.#o.now()
    for (const fact of factsOf(event, time_ms)) this.#history.add(fact)
    for (const fact of formFacts(tokens, event, time_ms)) this.#history.add(fact)
    if (event.outcome === 'success') this.#successes.push({ ...event, time_ms })
    else
      this.#sightings.push({
        event: event as Sighting['event'],
        source: source ?? info?.name ?? work.stream,
        time_ms,
      })
  }
}

/** Nothing is held and nothing waits: no need to wake up often; ms. */
const IDLE_MS = 60_000

async function orTimeout<T>(promise: Promise<T>, ms: number): Promise<T | 'timeout'> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), ms)
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}
