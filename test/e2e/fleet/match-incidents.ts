/**
 * Pairs incidents with the failed requests they speak of, one to one: by request id where an incident has one, else by host,
 * client and time on the true clock. Requests that share host and second cannot be told apart by anybody; among those an
 * incident goes to one whose cause it names, so that only what is truly mistaken counts as mistaken.
 */
import type { Failure } from '../emitters/authtop-cli.ts'
import type { TruthRow } from './truth-row.ts'

export interface Told extends Failure {
  client_id?: string
  signature: string
  message: string
}

/** Clock minus true time of a host at a true time, ms. */
export type OffsetOf = (host: string, true_ms: number) => number

export interface Matching {
  /** Failed row → its incidents; the first is the one that counts, the others are doubles. */
  told: Map<TruthRow, Told[]>
  /** Incidents near no failed request. */
  invented: Told[]
}

/** Offsets of drifting clocks are rounded, and a client writes its line a little after the answer; ms. */
const NEAR_MS = 1_300

export function matchIncidents(rows: readonly TruthRow[], incidents: readonly Told[], offsetOf: OffsetOf): Matching {
  const failed = rows.filter(({ reason }) => reason !== null)
  const told = new Map<TruthRow, Told[]>()
  const byId = new Map(failed.map((row) => [row.request_id, row]))
  const rest: Timed[] = []
  for (const incident of incidents) {
    const row = incident.request_id === undefined ? undefined : byId.get(incident.request_id)
    if (row !== undefined) told.set(row, [...(told.get(row) ?? []), incident])
    else rest.push({ incident, at_ms: trueTimes(incident, offsetOf) })
  }
  for (const list of told.values()) list.sort((a, b) => quality(b) - quality(a))

  const left = new Set(rest)
  for (const atWhich of [isServer, isWitness])
    for (const agrees of [agreesInSubcause, agreesInCause, () => true])
      for (const { row, one } of pairs(failed, left, (r, i) => atWhich(r, i) && agrees(r, i)))
        if (!told.has(row) && left.has(one)) {
          told.set(row, [one.incident])
          left.delete(one)
        }
  const invented: Told[] = []
  for (const one of left) {
    const double = failed.find(
      (r) => near(r, one) <= NEAR_MS && (isServer(r, one.incident) || isWitness(r, one.incident)),
    )
    if (double === undefined) invented.push(one.incident)
    else told.set(double, [...(told.get(double) ?? []), one.incident])
  }
  return { told, invented }
}

/** A clock that was set back shows some times twice: all true times at which it showed this one. */
function trueTimes({ host = '', time_ms }: Told, offsetOf: OffsetOf): number[] {
  const day_ms = 24 * 3_600_000
  const guesses = new Set([0, -day_ms, day_ms].map((by) => time_ms - offsetOf(host, time_ms + by)))
  for (const guess of guesses) if (guesses.size < 8) guesses.add(time_ms - offsetOf(host, guess))
  const apart = (ms: number): number => Math.abs(ms + offsetOf(host, ms) - time_ms)
  return [...guesses].filter((ms) => apart(ms) < 1)
}

type Timed = { incident: Told; at_ms: readonly number[] }

/** A stamp on the whole second is mostly cut down to it; ms. */
const cutDown = ({ time_ms }: Told): number => (time_ms % 1_000 === 0 ? 999 : 0)

/** Candidates, nearest first. */
function pairs(
  rows: readonly TruthRow[],
  incidents: Iterable<Timed>,
  may: (row: TruthRow, incident: Told) => boolean,
): { row: TruthRow; one: Timed }[] {
  const found: { row: TruthRow; one: Timed; apart: number }[] = []
  const byHost = Map.groupBy(incidents, ({ incident }) => incident.host ?? '')
  for (const row of rows)
    for (const host of [row.host, ...row.witnesses])
      for (const one of byHost.get(host) ?? []) {
        const apart = near(row, one)
        if (apart <= NEAR_MS && may(row, one.incident)) found.push({ row, one, apart })
      }
  return found.sort(
    (a, b) => a.apart - b.apart || a.row.from_ms - b.row.from_ms || a.one.incident.time_ms - b.one.incident.time_ms,
  )
}

const near = ({ from_ms, to_ms }: TruthRow, { incident, at_ms }: Timed): number =>
  Math.min(...at_ms.map((ms) => Math.max(from_ms - ms - cutDown(incident), ms - to_ms, 0)))
const sameClient = (row: TruthRow, { client_id }: Told): boolean =>
  client_id === undefined || client_id === row.client_id
const isServer = (row: TruthRow, incident: Told): boolean => incident.host === row.host && sameClient(row, incident)
const isWitness = (row: TruthRow, incident: Told): boolean =>
  row.witnesses.includes(incident.host ?? '') && sameClient(row, incident)

export function agreesInCause({ reason }: TruthRow, { cause }: Told): boolean {
  return reason?.cause === cause
}

export function agreesInSubcause(row: TruthRow, told: Told): boolean {
  return agreesInCause(row, told) && row.reason!.subcauses.includes(told.subcause)
}

/** An incident with a reason speaks for the request before one that only has a status. */
const quality = ({ cause, observations }: Told): number => (cause === 'unknown' ? 0 : 1000) + observations
