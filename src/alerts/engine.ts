/**
 * The one engine behind live alerting, backtests and rule tests: feeds rules, and turns their signals into alerts with a life
 * from pending over firing to resolved. Time is a parameter; ticks fall on whole minutes of the facts' own time line.
 * Leaves delivery to the outbox. Invariant: an alert's id follows from rule, labels and start, so that a replay after a
 * crash meets the same alerts and notifies nobody twice.
 */
import { createHash } from 'node:crypto'
import type { Alert } from '../core/alert.ts'
import type { Fact, TrafficLabel } from './fact.ts'
import { INHIBITIONS, inhibits } from './inhibition.ts'
import { type Rule, type Signal, TICK_MS } from './rule.ts'

/** `changed`: there is news worth another notice; `held`: only figures moved. */
export type TransitionKind = 'pending' | 'fired' | 'changed' | 'held' | 'resolved' | 'dropped'

export interface Transition {
  kind: TransitionKind
  at_ms: number
  alert: Alert
}

interface Live {
  alert: Alert
  for_ms: number
  keep_ms: number
  /** Last instant at which it held, ms. */
  held_ms: number
  holds: boolean
  /** How often in a row it came back soon after its end. */
  returns?: number
  /** When another alert last held it back, ms; null: never. */
  inhibited_ms: number | null
}

/** An alert that was over and may come back. */
interface Ended {
  ended_ms: number
  /** How often in a row it came back soon. */
  returns: number
}

export interface SavedEngine {
  version: 1
  tick_ms: number | null
  live: Live[]
  /** Left out in states of earlier versions. */
  ended?: [string, Ended][]
  rules: Record<string, unknown>
  /** `basis` of the rules that have one. */
  bases?: Record<string, string>
}

/** Alerts alive at a time; a rule that wants more has gone wrong, and the rest is counted. */
const LIVE_LIMIT = 2_000
/** What was held back stays so for this long after, ms: if it still holds then, it has a cause of its own. */
const SHADOW_MS = 45 * 60_000
/** An alert that comes back this soon after its end flaps; ms. */
const RETURN_MS = 3_600_000
/** What flaps outlives its condition by this, doubled with every return, up to the largest; ms. */
const PATIENCE_MS = 5 * 60_000
const PATIENCE_MAX_MS = 2 * 3_600_000
/** Ended alerts remembered at a time. */
const ENDED_LIMIT = 5_000
/** A gap longer than this is not walked through minute by minute; ms. */
const WALK_MS = 6 * 3_600_000
/** …where a rule looks for what does not come, this long is; ms. */
const RESTLESS_WALK_MS = 40 * 86_400_000

export class AlertEngine {
  readonly #rules: readonly Rule[]
  readonly #live = new Map<string, Live>()
  readonly #ended = new Map<string, Ended>()
  #transitions: Transition[] = []
  #tick_ms: number | null = null
  #now_ms = -Infinity
  /** Signals that found no room. */
  refused = 0

  /** By what its rules want traffic told apart, besides all of it together. */
  readonly traffic: readonly TrafficLabel[]

  constructor(rules: readonly Rule[]) {
    this.#rules = rules
    this.traffic = [...new Set(rules.flatMap(({ traffic }) => traffic ?? []))].sort()
  }

  /** Takes a fact; earlier ticks come first. A fact that comes late counts at the last tick. */
  take(fact: Fact): void {
    this.advance(fact.at_ms)
    this.#now_ms = Math.max(this.#now_ms, fact.at_ms)
    for (const rule of this.#rules) rule.take(fact, this.#raise)
  }

  /** Lets the minutes up to `to_ms` pass. */
  advance(to_ms: number): void {
    if (this.#tick_ms === null) {
      this.#tick_ms = Math.floor(to_ms / TICK_MS) * TICK_MS
      return
    }
    const walk_ms = this.#rules.some((r) => r.restless) ? RESTLESS_WALK_MS : WALK_MS
    if (to_ms - this.#tick_ms > walk_ms && this.#live.size === 0) {
      // Nothing is alive: rules look at the last minute only, and make up for the gap themselves.
      this.#tick_ms = Math.floor(to_ms / TICK_MS) * TICK_MS - TICK_MS
    }
    while (this.#tick_ms + TICK_MS <= to_ms) {
      this.#tick_ms += TICK_MS
      this.#now_ms = this.#tick_ms
      for (const rule of this.#rules) rule.tick(this.#tick_ms, this.#raise)
      for (const [key, live] of this.#live) this.#age(key, live)
    }
  }

  /** What changed since the last call, in order. */
  drain(): Transition[] {
    const transitions = this.#transitions
    this.#transitions = []
    return transitions
  }

  /** Pending and firing alerts. */
  alive(): Alert[] {
    return [...this.#live.values()].map((l) => l.alert)
  }

  save(): SavedEngine {
    return {
      version: 1,
      tick_ms: this.#tick_ms,
      live: [...this.#live.values()],
      ended: [...this.#ended],
      rules: Object.fromEntries(this.#rules.map((r) => [r.name, r.save()])),
      bases: Object.fromEntries(this.#rules.flatMap((r) => (r.basis === undefined ? [] : [[r.name, r.basis]]))),
    }
  }

  /** Takes what `save` gave, also after a round trip through JSON; rules that are new or others start cold, alerts of gone ones end. */
  restore(saved: SavedEngine): void {
    this.#tick_ms = saved.tick_ms
    this.#now_ms = saved.tick_ms ?? -Infinity
    const same = this.#rules.filter((r) => saved.rules[r.name] !== undefined && saved.bases?.[r.name] === r.basis)
    for (const rule of same) rule.restore(saved.rules[rule.name])
    for (const [key, ended] of saved.ended ?? []) this.#ended.set(key, ended)
    const known = new Set(same.map((r) => r.name))
    for (const live of saved.live) {
      this.#live.set(keyOf(live.alert.rule, live.alert.labels), live)
      if (!known.has(live.alert.rule)) live.holds = false
    }
  }

  readonly #raise = (signal: Signal): void => {
    const key = keyOf(signal.rule, signal.labels)
    const now = this.#now_ms
    let live = this.#live.get(key)
    if (!signal.holds) {
      if (live?.holds) {
        live.holds = false
        live.held_ms = now
        live.keep_ms = signal.keep_ms
        live.alert = told(live.alert, signal)
        this.#age(key, live)
      }
      return
    }
    if (live === undefined) {
      if (this.#live.size >= LIVE_LIMIT) {
        this.refused++
        return
      }
      live = {
        alert: begin(signal),
        for_ms: signal.for_ms,
        keep_ms: signal.keep_ms,
        held_ms: now,
        holds: true,
        returns: this.#returns(key),
        inhibited_ms: null,
      }
      this.#live.set(key, live)
      this.#log('pending', live.alert)
    } else {
      live.holds = true
      live.held_ms = now
      live.alert = told(live.alert, signal)
      if (live.alert.state === 'firing') this.#log(signal.news ? 'changed' : 'held', live.alert)
    }
    this.#age(key, live)
  }

  #age(key: string, live: Live): void {
    const now = this.#now_ms
    const { alert } = live
    if (alert.state === 'pending') {
      if (!live.holds) {
        this.#live.delete(key)
        this.#log('dropped', alert)
      } else if (now - alert.started_ms >= live.for_ms) {
        if (this.#isInhibited(alert)) live.inhibited_ms = now
        // A shadow is longer than what casts it: retries and empty caches follow an outage.
        if (live.inhibited_ms !== null && now - live.inhibited_ms < SHADOW_MS) return
        live.alert = { ...alert, state: 'firing', fired_ms: now }
        this.#log('fired', live.alert)
      }
    } else if (!live.holds && now - live.held_ms >= patience(live)) {
      this.#live.delete(key)
      this.#remember(key, live.returns ?? 0)
      this.#log('resolved', { ...alert, state: 'resolved', resolved_ms: now })
    }
  }

  /** Damps flapping: what keeps coming back is one long alert by and by, instead of ever new ones. */
  #returns(key: string): number {
    const ended = this.#ended.get(key)
    return ended !== undefined && this.#now_ms - ended.ended_ms < RETURN_MS ? ended.returns + 1 : 0
  }

  #remember(key: string, returns: number): void {
    this.#ended.delete(key)
    this.#ended.set(key, { ended_ms: this.#now_ms, returns })
    for (const [old, { ended_ms }] of this.#ended) {
      if (this.#ended.size <= ENDED_LIMIT && this.#now_ms - ended_ms < RETURN_MS) break
      this.#ended.delete(old)
    }
  }

  #isInhibited(alert: Alert): boolean {
    const rules = INHIBITIONS.filter((i) => i.of === alert.rule)
    if (rules.length === 0) return false
    for (const { alert: other } of this.#live.values())
      if (other.state === 'firing' && rules.some((i) => inhibits(i, other, alert))) return true
    return false
  }

  #log(kind: TransitionKind, alert: Alert): void {
    this.#transitions.push({ kind, at_ms: this.#now_ms, alert })
  }
}

/** How long it outlives its condition, ms. */
function patience({ keep_ms, returns = 0 }: Live): number {
  if (returns === 0) return keep_ms
  return Math.max(keep_ms, Math.min(PATIENCE_MAX_MS, PATIENCE_MS * 2 ** (returns - 1)))
}

function begin(signal: Signal): Alert {
  const { rule, severity, labels, since_ms, value, summary, why, fix, command } = signal
  return {
    id: idOf(rule, labels, since_ms),
    rule,
    severity,
    labels,
    state: 'pending',
    started_ms: since_ms,
    fired_ms: null,
    resolved_ms: null,
    peak: value,
    summary,
    why,
    fix,
    command,
    acknowledged_ms: null,
  }
}

/** The alert with what its rule says now. */
function told(alert: Alert, { severity, value, summary, why, fix, command }: Signal): Alert {
  return { ...alert, severity, peak: Math.max(alert.peak, value), summary, why, fix, command }
}

function keyOf(rule: string, labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort()
  return JSON.stringify([rule, ...names.map((n) => [n, labels[n]])])
}

function idOf(rule: string, labels: Readonly<Record<string, string>>, since_ms: number): string {
  return createHash('sha256')
    .update(`${keyOf(rule, labels)} ${since_ms}`)
    .digest('hex')
    .slice(0, 16)
}
