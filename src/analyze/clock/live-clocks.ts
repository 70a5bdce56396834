/**
 * Clocks while records stream in: takes samples, answers attribution and joining at once, and keeps its estimates fresh
 * with a bounded amount of work per turn, however many hosts there are.
 * Invariant: an answer costs a few look-ups; fitting happens only in `turn`.
 */
import type { ClockLookup, OffsetInterval } from '../../core/clock-lookup.ts'
import type { ClockSample } from '../../core/clock-sample.ts'
import { type ClockBook, hostParty, issuerParty, linkKey } from './clock-book.ts'
import type { LinkState } from './clock-link.ts'
import { ClockReading } from './clock-table.ts'

/** One fit, 5 to 20 ms of a free processor and 40 on a crowded one, per so much of the collector's time, ms. */
const FIT_EVERY_MS = 100
/** … but no more of them in one turn, which must not hold up the event loop. */
const FITS_PER_TURN = 1
/** … nor in a step at the end. */
const FITS_PER_STEP = 4
/** Time without need saves up fits for a burst, such as the first records of many hosts. */
const FITS_SAVED = 24
/** Judging all clocks anew takes about 10 µs a host: not every turn where they are many. */
const HOSTS_PER_TURN = 200

type StampPlace = NonNullable<ReturnType<ClockReading['stampOffset']>>

export class LiveClocks implements ClockLookup {
  readonly book: ClockBook
  readonly #pending: Set<LinkState>
  /** Links that just saw a refusal: these are asked about next. */
  readonly #urgent = new Set<LinkState>()
  #fits = FITS_SAVED
  #turned_ms = Number.NaN
  #turns = 0
  #read_turn = -Infinity
  #changed = true
  #reading: ClockReading | null = null
  #issuersOf = new Map<string, string[]>()
  #accused = new Map<string, boolean>()
  /** Where each host stood when last asked: one incident is compared with many others at one time. */
  readonly #stamps = new Map<string, { at_ms: number; place: StampPlace | null }>()

  constructor(book: ClockBook) {
    this.book = book
    this.#pending = new Set(book.links.values())
  }

  add(sample: ClockSample): void {
    this.book.add(sample)
    if (sample.source === 'token') {
      const link = this.book.links.get(linkKey(hostParty(sample.host), issuerParty(sample.issuer ?? '')))
      if (link === undefined) return
      if (sample.decision === 'expired' || sample.decision === 'not_yet_valid') this.#urgent.add(link)
    }
  }

  /** Called once per commit, before anything is asked: makes the estimates that have waited longest. `now_ms`: collector's clock. */
  turn(now_ms: number): void {
    this.#turns++
    const earned = Number.isFinite(this.#turned_ms) ? Math.max(0, now_ms - this.#turned_ms) / FIT_EVERY_MS : 0
    this.#turned_ms = now_ms
    this.#fits = Math.min(FITS_SAVED, this.#fits + earned)
    for (const link of this.book.changed.links) this.#pending.add(link)
    const left = this.#fit(this.#urgent, FITS_PER_TURN)
    this.#fit(this.#pending, left)
    const patience = this.book.hosts.size / HOSTS_PER_TURN
    if (!this.#changed || this.#turns - this.#read_turn <= patience) return
    this.#read(now_ms)
  }

  offset(host: string, issuer: string | undefined, at_ms: number): OffsetInterval | null {
    const name = issuer ?? this.#only(host)
    const difference = name === undefined ? null : (this.#reading?.between(host, name, at_ms) ?? null)
    if (difference === null) return null
    const { kind, low_ms, high_ms } = difference
    const offset_ms = kind === 'value' ? difference.offset_ms : Math.min(Math.max(0, low_ms), high_ms)
    return { offset_ms, low_ms, high_ms }
  }

  between(host: string, other: string, at_ms: number): OffsetInterval | null {
    if (host === other) return { offset_ms: 0, low_ms: 0, high_ms: 0 }
    const a = this.#stamp(host, at_ms)
    const b = a === null ? null : this.#stamp(other, at_ms)
    if (a === null || b === null || a.reference !== b.reference) return null
    return {
      offset_ms: a.offset_ms - b.offset_ms,
      low_ms: a.low_ms - b.high_ms,
      high_ms: a.high_ms - b.low_ms,
    }
  }

  atFault(host: string, issuer: string | undefined): 'host' | 'issuer' | null {
    const name = issuer ?? this.#only(host)
    if (this.#accused.get(hostParty(host)) === true) return 'host'
    return name !== undefined && this.#accused.get(issuerParty(name)) === true ? 'issuer' : null
  }

  /** Everything that waits, a few fits a step, and one judgement of all clocks at the end, also where the steps are broken off. */
  *catchUp(now_ms: number): Generator<void> {
    try {
      while (this.behind) {
        this.#fits = FITS_SAVED
        this.#fit(this.#pending, this.#fit(this.#urgent, FITS_PER_STEP))
        yield
      }
    } finally {
      if (this.#changed) this.#read(now_ms)
    }
  }

  /** Do estimates wait for their turn? */
  get behind(): boolean {
    return this.#pending.size + this.#urgent.size > 0
  }

  /** As last judged; null before the first turn. */
  get reading(): ClockReading | null {
    return this.#reading
  }

  #stamp(host: string, at_ms: number): StampPlace | null {
    const known = this.#stamps.get(host)
    if (known?.at_ms === at_ms) return known.place
    const place = this.#reading?.stampOffset(host, at_ms) ?? null
    if (known === undefined) this.#stamps.set(host, { at_ms, place })
    else {
      known.at_ms = at_ms
      known.place = place
    }
    return place
  }

  #only(host: string): string | undefined {
    const issuers = this.#issuersOf.get(host)
    return issuers?.length === 1 ? issuers[0] : undefined
  }

  /** How many of `allowed` are left. */
  #fit(waiting: Set<LinkState>, allowed: number): number {
    let left = allowed
    for (const link of waiting) {
      if (this.#fits < 1 || left < 1) break
      waiting.delete(link)
      if (!this.book.isOutdated(link)) continue
      this.book.estimate(link)
      this.#fits--
      left--
      this.#changed = true
    }
    return left
  }

  #read(now_ms: number): void {
    this.#read_turn = this.#turns
    this.#changed = false
    const reading = new ClockReading(this.book, { now_ms }, (link) => this.book.keptEstimate(link))
    this.#reading = reading
    this.#stamps.clear()
    this.#accused = new Map([
      ...reading.table.hosts.map((h) => [hostParty(h.host), h.at_fault] as const),
      ...reading.table.issuers.map((i) => [issuerParty(i.name), i.at_fault] as const),
    ])
    this.#issuersOf = new Map()
    for (const { first, second } of this.book.links.values()) {
      if (!first.startsWith('host ') || !second.startsWith('issuer ')) continue
      const host = first.slice('host '.length)
      const known = this.#issuersOf.get(host)
      if (known === undefined) this.#issuersOf.set(host, [second.slice('issuer '.length)])
      else known.push(second.slice('issuer '.length))
    }
  }
}
