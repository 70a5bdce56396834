/**
 * Lets a collector of a shared store be its steward whenever nobody else is: then it joins, decides and alerts for all. Another one takes
 * over when this one ends, is killed or loses its way to the store. Failures here never stop collecting.
 */
import type { SharedStore, Steward } from '../../core/ports/shared-store.ts'
import { type IncidentChange, StoreRefusal } from '../../core/ports/store.ts'
import type { Alerting, AlertingOptions } from '../alerts/alerting.ts'
import { Joining } from './joining.ts'

/** New arrivals are looked for this often; ms. */
const LOOK_MS = 1_000
/** The role is asked for, and renewed, this often: a quarter of what it is kept for; ms. */
const HOLD_MS = 5_000

export interface StewardingOptions {
  shared: SharedStore
  now(): number
  /** Alerting for the whole store, not yet caught up. */
  alerting(steward: Steward): Promise<Alerting>
  note(text: string): void
}

interface Duty {
  steward: Steward
  joining: Joining
  alerting: Alerting
  /** Rules are under way. */
  alerts: boolean
}

export class Stewarding {
  readonly #o: StewardingOptions
  #duty: Duty | null = null
  #held_ms = -Infinity
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  /** This collector has read its history: its alerts would otherwise be told piece by piece. */
  #caughtUp = false
  #work: Promise<void> = Promise.resolve()
  #settings: Parameters<Alerting['reload']>[0] | null = null

  constructor(options: StewardingOptions) {
    this.#o = options
  }

  /** From now on, until {@link finish}. */
  start(): void {
    this.#later()
  }

  caughtUp(): void {
    this.#caughtUp = true
    if (this.#duty !== null) this.#alert(this.#duty)
  }

  /** Other rules and sinks, now and whenever this one is the steward. */
  async reload(settings: Pick<AlertingOptions, 'rules' | 'sinks' | 'repeat_ms'>): Promise<void> {
    this.#settings = settings
    await this.#duty?.alerting.reload(settings)
  }

  /** The end: what was handed over is joined as far as it has come, unless another one does it; then the role goes back. */
  async finish(signal: AbortSignal): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#work
    await this.#trying(async () => {
      if (!signal.aborted) this.#duty ??= await this.#take()
      if (this.#duty === null) return
      if (signal.aborted) return this.#duty.joining.close()
      await this.#duty.joining.all(signal)
      this.#alert(this.#duty)
    })
    await this.#lose()
  }

  #alert(duty: Duty): void {
    if (duty.alerts) return
    duty.alerts = true
    duty.alerting.caughtUp()
  }

  #later(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#work = this.#trying(() => this.#turn()).then(() => this.#later())
    }, LOOK_MS)
    this.#timer.unref()
  }

  async #turn(): Promise<void> {
    const now_ms = performance.now()
    if (now_ms - this.#held_ms >= HOLD_MS) {
      this.#held_ms = now_ms
      if (this.#duty === null) this.#duty = await this.#take()
      else if (!(await this.#duty.steward.hold())) await this.#lose()
    }
    // Bounded, so that the role is renewed in time.
    const until_ms = now_ms + HOLD_MS
    while (this.#duty !== null && !this.#stopped && performance.now() < until_ms && (await this.#duty.joining.some()));
  }

  async #take(): Promise<Duty | null> {
    const steward = await this.#o.shared.steward()
    if (steward === null) return null
    try {
      const alerting = await this.#o.alerting(steward)
      if (this.#settings !== null) await alerting.reload(this.#settings)
      const changed = (changes: readonly IncidentChange[]) => alerting.committed(changes)
      const joining = await Joining.begin(steward, this.#o.now, changed)
      const duty = { steward, joining, alerting, alerts: false }
      if (this.#caughtUp && !this.#stopped) this.#alert(duty)
      return duty
    } catch (error) {
      await steward.close().catch(() => {})
      throw error
    }
  }

  async #lose(): Promise<void> {
    const duty = this.#duty
    this.#duty = null
    if (duty === null) return
    await duty.alerting.stop().catch(() => {})
    await duty.steward.close().catch(() => {})
  }

  /** Another steward, or a store that is away: later. */
  async #trying(step: () => Promise<void>): Promise<void> {
    try {
      await step()
    } catch (error) {
      await this.#lose()
      const reason = error instanceof StoreRefusal ? error.reason : null
      if (reason !== 'second_writer' && reason !== 'unreachable')
        this.#o.note(`joining what several collectors brought: ${(error as Error).message}`)
    }
  }
}
