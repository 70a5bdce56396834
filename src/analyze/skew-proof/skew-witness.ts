/**
 * Tells, failure by failure and at the moment it is read, whether it would have passed had the clocks been right.
 * Not-yet-valid: `iat` in the future of the host's stamp, or the host's stamps fallen behind, or the issuer's jumped ahead.
 * Expired: received before `exp`, or within what the host's stamps rose, or within what the issuer's stamps fell.
 * Leaves counting and alerting to src/alerts, and causes to attribution. Pure, O(1) per event, bounded, can be saved.
 * Invariant: delayed `nbf`, shipping backlogs, zone mistakes and steps of the collector's own clock prove nothing.
 */
import type { AuthEvent } from '../../core/auth-event.ts'
import type { ClockMover, ClockProof } from '../../core/clock-proof.ts'
import { zoneShift } from '../clock/time-zone-shift.ts'
import {
  addReceipt,
  baselineOf,
  createReceiptChannel,
  type Fall,
  fallOf,
  HOUR_SIZE,
  latestOf,
  newestSince,
  type ReceiptChannel,
  riseOf,
} from './receipt-channel.ts'
import { createTokenHabit, delayOf, observeHabit, type TokenHabit } from './token-habit.ts'

interface HostWitness {
  host: string
  channel: ReceiptChannel
}

interface IssuerWitness {
  issuer: string
  habit: TokenHabit
  /** Hosts whose log records this issuer's issuances. */
  logged_by: string[]
  /** Least receive time − iat of the present and the previous hour, ms: negative = the collector is behind the issuer. */
  hour: number
  floor_ms: number
  floor_before_ms: number
}

export interface SavedWitness {
  version: 1
  hosts: HostWitness[]
  issuers: IssuerWitness[]
}

/** Hosts and issuers are named by logs, which others write: past these the first known is given up. */
const HOST_LIMIT = 20_000
const ISSUER_LIMIT = 1_000
const LOGGED_BY_LIMIT = 8
const HOUR_MS = 3_600_000
/** The collector is compared with the fleet's middle from this many hosts on. */
const FLEET_FROM = 4
/** Hosts looked at for the fleet's middle, and how long it holds; count and ms. */
const FLEET_SAMPLE = 64
const FLEET_FRESH_MS = 5_000
/** Records per host whose greatest difference stands for it there. */
const FLEET_RECORDS = 4
/** A shift of the whole fleet below this is noise, ms. */
const FLEET_NOISE_MS = 700
/** A rise below this may be rounding, ms. */
const RISE_MS = 500
/** The same where the token's expiry is not shown: then only an evident jump counts. */
const BLIND_RISE_MS = 1_500
/** Margin between the collector's receive time and `exp`, ms: scheduling of both, and `exp` in whole seconds. */
const EXPIRY_MARGIN_MS = 250
/** Rounding of `exp` and of the stamp, ms. */
const ROUNDING_MS = 1_000
/** So many times the delay of an issuer's tokens: refusals of those alone would come from a host that is right, too. */
const BEYOND_DELAY = 5
/** A token further in the future than this, while both clocks stand still, was minted wrongly (ms). */
const MISMINTED_MS = 15 * 60_000
/** Beyond this no clock is meant: whole days are mistakes of units or dates; ms. */
const FURTHEST_MS = 24 * HOUR_MS

const NOT_YET: ReadonlySet<string> = new Set(['not_yet_valid', 'issued_in_future'])
const EXPIRING: ReadonlySet<string> = new Set(['access_token', 'id_token', 'assertion', 'fresh_token_expired'])

export class SkewWitness {
  readonly #hosts = new Map<string, HostWitness>()
  readonly #issuers = new Map<string, IssuerWitness>()
  #fleet = { at_ms: -Infinity, moved_ms: 0 }

  /** Takes any event, success or failure, in the order in which records come; the proof is null where there is none. */
  observe(event: AuthEvent): ClockProof | null {
    const { host, issuer, time_ms, received_collector_ms: received_ms, evidence } = event
    const known = host === undefined ? undefined : this.#host(host)
    if (known !== undefined && time_ms !== undefined && received_ms !== undefined)
      addReceipt(known.channel, received_ms, time_ms - received_ms)
    const from = issuer === undefined ? undefined : this.#issuer(issuer)
    if (from !== undefined) {
      observeHabit(from.habit, received_ms ?? time_ms ?? 0, evidence.iat_ms, evidence.nbf_ms)
      if (event.outcome === 'success' && evidence.iat_ms !== undefined && received_ms !== undefined)
        lowerFloor(from, received_ms, received_ms - evidence.iat_ms)
      const minted = (event.kind === 'issuance' || event.kind === 'refresh') && event.outcome === 'success'
      if (minted && host !== undefined && !from.logged_by.includes(host) && from.logged_by.length < LOGGED_BY_LIMIT)
        from.logged_by.push(host)
    }
    if (event.outcome !== 'failure' || event.subcause === null || known === undefined) return null
    const proof = NOT_YET.has(event.subcause)
      ? this.#early(event, known, from)
      : EXPIRING.has(event.subcause)
        ? this.#late(event, known, from)
        : null
    return proof === null || Math.abs(proof.offset_ms) > FURTHEST_MS || isZone(proof, event) ? null : proof
  }

  save(): SavedWitness {
    return { version: 1, hosts: [...this.#hosts.values()], issuers: [...this.#issuers.values()] }
  }

  /** Takes what `save` gave, also after a round trip through JSON. */
  static restore(saved: SavedWitness): SkewWitness {
    const witness = new SkewWitness()
    for (const host of saved.hosts) witness.#hosts.set(host.host, host)
    // JSON has no infinities.
    for (const issuer of saved.issuers)
      witness.#issuers.set(issuer.issuer, {
        ...issuer,
        hour: issuer.hour ?? -Infinity,
        floor_ms: issuer.floor_ms ?? Infinity,
        floor_before_ms: issuer.floor_before_ms ?? Infinity,
      })
    return witness
  }

  /** Refused as not yet valid. */
  #early(event: AuthEvent, known: HostWitness, from: IssuerWitness | undefined): ClockProof | null {
    const { evidence, time_ms, received_collector_ms: received_ms } = event
    const seen_ms = evidence.validator_ms ?? time_ms
    const moves = received_ms === undefined ? null : this.#moves(known, from, received_ms)
    const delay_ms = from === undefined ? null : delayOf(from.habit)
    const iat_ms =
      evidence.iat_ms ?? (evidence.nbf_ms === undefined || delay_ms === null ? undefined : evidence.nbf_ms - delay_ms)
    if (iat_ms !== undefined && seen_ms !== undefined) {
      const ahead_ms = iat_ms - seen_ms
      // A start that was not delayed states the issuer's "now": refusing it is disagreement whatever the log's stamp lost.
      const undelayed =
        evidence.nbf_ms !== undefined && evidence.iat_ms !== undefined && evidence.nbf_ms <= evidence.iat_ms
      if (ahead_ms <= 0 && !(undelayed && ahead_ms > -ROUNDING_MS)) return null
      const mover = moverOf(moves, Math.max(ahead_ms, ROUNDING_MS), -1)
      const still = moves?.settled === true && mover !== 'host' && moves.issuer_ms < ahead_ms / 2
      if (ahead_ms > MISMINTED_MS && still) return null
      return { kind: 'issued_ahead', offset_ms: -Math.max(ahead_ms, 1), mover }
    }
    if (moves === null) return null
    // A delayed start explains the refusal without any clock, unless the host fell behind by far more.
    const delayed_ms = delay_ms ?? 0
    if (delayed_ms > 0 && -moves.host_ms < BEYOND_DELAY * delayed_ms) return null
    if (moves.host_ms < 0) return { kind: 'host_behind', offset_ms: moves.host_ms, mover: 'host' }
    if (moves.issuer_ms > BLIND_RISE_MS) return { kind: 'issuer_ahead', offset_ms: -moves.issuer_ms, mover: 'issuer' }
    return null
  }

  /** Refused as expired. */
  #late(event: AuthEvent, known: HostWitness, from: IssuerWitness | undefined): ClockProof | null {
    const { evidence, time_ms, received_collector_ms: received_ms } = event
    const seen_ms = evidence.validator_ms ?? time_ms
    if (received_ms === undefined || seen_ms === undefined) return null
    const moves = this.#moves(known, from, received_ms)
    const { exp_ms } = evidence
    if (exp_ms === undefined) {
      if (moves.host_ms < BLIND_RISE_MS) return null
      return { kind: 'host_ahead', offset_ms: moves.host_ms, mover: 'host' }
    }
    const behind_ms = from === undefined ? 0 : Math.min(0, floorOf(from))
    const true_ms = received_ms + moves.collector_ms - behind_ms
    if (true_ms + EXPIRY_MARGIN_MS < exp_ms) {
      const ahead_ms = seen_ms - true_ms
      const least_ms = Math.max(ahead_ms, exp_ms - true_ms)
      return {
        kind: 'received_before_expiry',
        offset_ms: Math.max(least_ms, moves.host_ms),
        // A stamp from the future of its own arrival needs no history to tell whose clock it is.
        mover: ahead_ms >= Math.max(least_ms / 2, RISE_MS) ? 'host' : moverOf(moves, least_ms, 1),
      }
    }
    if (moves.host_ms >= RISE_MS && seen_ms - moves.host_ms - ROUNDING_MS < exp_ms)
      return { kind: 'host_ahead', offset_ms: moves.host_ms, mover: 'host' }
    if (moves.issuer_ms < 0 && seen_ms + moves.issuer_ms - ROUNDING_MS < exp_ms)
      return { kind: 'issuer_behind', offset_ms: -moves.issuer_ms, mover: 'issuer' }
    return null
  }

  /** How far host and issuer have moved against their usual, and the collector against the fleet, ms. */
  #moves(known: HostWitness, from: IssuerWitness | undefined, now_ms: number): Moves {
    const collector_ms = this.#collectorMoved(now_ms)
    const log = from?.logged_by.find((name) => this.#hosts.has(name))
    const issuer = log === undefined ? undefined : this.#hosts.get(log)!
    const baseline = baselineOf(known.channel)
    return {
      host_ms: this.#moveOf(known, now_ms, -collector_ms),
      issuer_ms: issuer === undefined ? 0 : this.#moveOf(issuer, now_ms, -collector_ms),
      collector_ms: -collector_ms === 0 ? 0 : -collector_ms,
      // In the first hour the usual is made of the same records as the incident: that a clock stands still cannot be seen.
      settled: baseline !== null && known.channel.hours.length > HOUR_SIZE,
      latest_ms: (latestOf(known.channel, now_ms, 1) ?? 0) - (baseline ?? 0) + collector_ms,
    }
  }

  #moveOf(known: HostWitness, now_ms: number, moved_ms: number): number {
    const fall = fallOf(known.channel, now_ms, moved_ms)
    if (fall === null) return riseOf(known.channel, now_ms, moved_ms)
    return this.#othersFellToo(known, fall, moved_ms) ? 0 : -fall.fall_ms
  }

  /** Whether most of those heard since fell as well: then it was the collector's clock, before the fleet's middle shows it. */
  #othersFellToo(known: HostWitness, { fall_ms, since_ms }: Fall, moved_ms: number): boolean {
    const stride = Math.max(1, Math.ceil(this.#hosts.size / FLEET_SAMPLE))
    let i = 0
    let heard = 0
    let fell = 0
    for (const other of this.#hosts.values()) {
      if (i++ % stride !== 0 || other === known) continue
      const newest_ms = newestSince(other.channel, since_ms)
      if (newest_ms === null) continue
      heard++
      if (newest_ms - moved_ms <= -fall_ms / 2) fell++
    }
    return heard >= FLEET_FROM - 1 && 2 * fell > heard
  }

  /** By how much this machine's clock was set: most hosts then seem to move the other way together; ms, positive = forward. */
  #collectorMoved(now_ms: number): number {
    if (Math.abs(now_ms - this.#fleet.at_ms) < FLEET_FRESH_MS) return this.#fleet.moved_ms
    const shifts: number[] = []
    const stride = Math.max(1, Math.ceil(this.#hosts.size / FLEET_SAMPLE))
    let i = 0
    for (const { channel } of this.#hosts.values()) {
      if (i++ % stride !== 0) continue
      const latest = latestOf(channel, now_ms, FLEET_RECORDS)
      const baseline = baselineOf(channel)
      if (latest !== null && baseline !== null) shifts.push(latest - baseline)
    }
    shifts.sort((a, b) => a - b)
    const middle = shifts.length >= FLEET_FROM ? shifts[shifts.length >> 1]! : 0
    this.#fleet = { at_ms: now_ms, moved_ms: Math.abs(middle) < FLEET_NOISE_MS ? 0 : -middle }
    return this.#fleet.moved_ms
  }

  #host(name: string): HostWitness {
    return recall(this.#hosts, name, HOST_LIMIT, () => ({ host: name, channel: createReceiptChannel() }))
  }

  #issuer(name: string): IssuerWitness {
    return recall(this.#issuers, name, ISSUER_LIMIT, () => ({
      issuer: name,
      habit: createTokenHabit(),
      logged_by: [],
      hour: -Infinity,
      floor_ms: Infinity,
      floor_before_ms: Infinity,
    }))
  }
}

interface Moves {
  /** Positive = ahead of its usual. */
  host_ms: number
  issuer_ms: number
  /** What to add to a receive time to have it on the collector's usual clock. */
  collector_ms: number
  settled: boolean
  /** The latest record alone against the usual, ms: too little to prove a move, enough to tell which of two clocks it was. */
  latest_ms: number
}

/** Who moved by at least half of what the failure shows. `sign`: of host minus issuer. */
function moverOf(moves: Moves | null, size_ms: number, sign: 1 | -1): ClockMover {
  if (moves === null) return 'unknown'
  const half = Math.max(size_ms / 2, RISE_MS)
  if (sign * moves.host_ms >= half || (moves.settled && sign * moves.latest_ms >= half)) return 'host'
  if (-sign * moves.issuer_ms >= half) return 'issuer'
  // The host's stamps stand still although the difference is wide enough to be seen: then it was not the host.
  return moves.settled && size_ms >= 2 * BLIND_RISE_MS ? 'issuer' : 'unknown'
}

/** Stamps in a wrong zone are whole half hours off; where the message states its own "now", that decides. */
function isZone(proof: ClockProof, event: AuthEvent): boolean {
  return event.evidence.validator_ms === undefined && zoneShift(proof.offset_ms) !== null
}

function lowerFloor(issuer: IssuerWitness, received_ms: number, difference_ms: number): void {
  const hour = Math.floor(received_ms / HOUR_MS)
  if (hour > issuer.hour) {
    issuer.floor_before_ms = hour === issuer.hour + 1 ? issuer.floor_ms : Infinity
    issuer.floor_ms = Infinity
    issuer.hour = hour
  }
  issuer.floor_ms = Math.min(issuer.floor_ms, difference_ms)
}

/** Least receive time − iat of the hour before (the present one may hold the incident itself), ms; Infinity = unknown. */
function floorOf(issuer: IssuerWitness): number {
  return issuer.floor_before_ms
}

function recall<T>(map: Map<string, T>, key: string, limit: number, create: () => T): T {
  const known = map.get(key)
  if (known !== undefined) return known
  if (map.size >= limit) map.delete(map.keys().next().value!)
  const made = create()
  map.set(key, made)
  return made
}
