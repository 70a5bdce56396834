/**
 * The steward's work on what collectors hand over: joins what they saw of one request, measures clocks across them, and decides anew
 * with all that is known. Leaves alerting to whoever is told of the changes.
 * Invariant: bounded work per call; what was not yet looked at is looked at again by the next steward.
 */
import type { Arrived, Steward } from '../../core/ports/shared-store.ts'
import type { AppendBatch, IncidentChange } from '../../core/ports/store.ts'
import { Attribution, changeOf } from '../attributing.ts'
import { Reattribution } from '../reattribute.ts'
import { Settling } from '../settling.ts'
import { SharedClocks } from './shared-clocks.ts'

/** Incidents met at once: their neighbours are some thousands, and few MB. */
const PAGE = 500
/** Name of the state in which it is kept how far arrivals have been looked at. */
const ARRIVED_STATE = 'arrived'
/** What is kept of it is at most this old, ms: as much is looked at once more after a kill. */
const SAVE_MS = 10_000

export class Joining {
  readonly #steward: Steward
  readonly #clocks: SharedClocks
  readonly #attribution: Attribution
  readonly #settling: Settling
  readonly #now: () => number
  readonly #changed: (changes: readonly IncidentChange[]) => void
  #arrived: Arrived
  #saved_ms = 0
  #unsaved = false

  private constructor(
    steward: Steward,
    clocks: SharedClocks,
    arrived: Arrived,
    now: () => number,
    changed: (changes: readonly IncidentChange[]) => void,
  ) {
    this.#steward = steward
    this.#clocks = clocks
    this.#arrived = arrived
    this.#now = now
    this.#changed = changed
    const lookup = () => clocks.lookup
    this.#attribution = new Attribution(steward.writer, lookup)
    const append = (batch: AppendBatch) => this.#append(batch)
    this.#settling = new Settling(() => new Reattribution(steward.writer, append, lookup, now), now)
  }

  /** @param changed told of every revision */
  static async begin(
    steward: Steward,
    now: () => number,
    changed: (changes: readonly IncidentChange[]) => void,
  ): Promise<Joining> {
    const saved = await steward.writer.alertState(ARRIVED_STATE)
    const arrived = saved === null ? {} : (JSON.parse(saved) as Arrived)
    return new Joining(steward, await SharedClocks.open(steward, now), arrived, now, changed)
  }

  /** One page of what is new, or one of what is looked at again; true while more of what is new is known to wait. */
  async some(): Promise<boolean> {
    await this.#clocks.refresh(false)
    const more = await this.#arrivals()
    if (!more) await this.#settling.some()
    await this.#save(false)
    return more
  }

  /** Everything that was handed over, looked at with all that is known by now. */
  async all(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.#arrivals()));
    await this.#writeClocks(true)
    await this.#clocks.refresh()
    await this.#settling.all(signal)
    await this.close()
  }

  /** What is known and not yet written. */
  async close(): Promise<void> {
    await this.#writeClocks(true)
    await this.#save(true)
  }

  async #arrivals(): Promise<boolean> {
    const { incidents, arrived } = await this.#steward.arrivals(this.#arrived, PAGE)
    if (incidents.length > 0) {
      const { drafts, met } = await this.#attribution.meetArrivals(incidents)
      this.#clocks.take(drafts, [...met, ...incidents])
      if (drafts.length > 0) await this.#append({ ...NOTHING, incidents: drafts.map(changeOf), now_ms: this.#now() })
      this.#settling.committed(incidents.map(({ incident: { time_ms } }) => time_ms))
    }
    const more = JSON.stringify(arrived) !== JSON.stringify(this.#arrived)
    this.#unsaved ||= more
    this.#arrived = arrived
    await this.#writeClocks(false)
    return more
  }

  async #writeClocks(always: boolean): Promise<void> {
    for (let clocks = this.#clocks.due(always); clocks !== null; clocks = always ? this.#clocks.due(true) : null)
      await this.#steward.writer.append({ ...NOTHING, clocks, now_ms: this.#now() })
  }

  async #append(batch: AppendBatch): Promise<void> {
    await this.#steward.writer.append(batch)
    this.#changed(batch.incidents)
  }

  async #save(always: boolean): Promise<void> {
    const at_ms = performance.now()
    if (!this.#unsaved || (!always && at_ms - this.#saved_ms < SAVE_MS)) return
    this.#saved_ms = at_ms
    this.#unsaved = false
    const state = { [ARRIVED_STATE]: JSON.stringify(this.#arrived) }
    await this.#steward.writer.saveAlerts({ alerts: [], state, deliveries: [] })
  }
}

const NOTHING: Omit<AppendBatch, 'now_ms'> = {
  successes: [],
  incidents: [],
  unrecognised: [],
  history: [],
  streams: [],
}
