/** Counts, per fault and per kind of host, how many failed requests authtop told once, with the true cause, with the true subcause. */
import { causeByKeywords } from './keyword-reading.ts'
import {
  agreesInCause,
  agreesInSubcause,
  type Matching,
  matchIncidents,
  type OffsetOf,
  type Told,
} from './match-incidents.ts'
import { FAULT_NAMES, type TruthRow } from './truth-row.ts'

export interface Score {
  /** Failed requests. */
  truth: number
  /** Incidents that speak of them. */
  incidents: number
  cause: number
  subcause: number
  missed: number
  doubled: number
  /** True causes that the message's keywords alone would have told. */
  keywords: number
}

export interface Report {
  faults: Map<string, Score>
  /** The same by what {@link score} is told of a host: its library and layout. */
  kinds: Map<string, Score>
  total: Score
  /** Incidents that speak of no failed request. */
  invented: number
  /** What was mistaken for what, most frequent first: `natural expiry on orders-1: told as unknown/unspecified (http-status/401) ×12`. */
  mistakes: string[]
}

export function score(
  rows: readonly TruthRow[],
  incidents: readonly Told[],
  offsetOf: OffsetOf,
  kindOf: (host: string) => string | undefined = () => undefined,
): Report {
  const { told, invented } = matchIncidents(rows, incidents, offsetOf)
  const faults = new Map<string, Score>()
  const total = nothing()
  for (const fault of FAULT_NAMES) {
    const own = rows.filter(({ reason, inDoubt }) => reason?.fault === fault && !inDoubt)
    if (own.length === 0) continue
    const one = nothing()
    for (const row of own) for (const sum of [one, total]) count(sum, row, told.get(row) ?? [])
    faults.set(fault, one)
  }
  const kinds = new Map<string, Score>()
  for (const row of rows) {
    const kind = kindOf(row.host)
    if (kind === undefined || row.reason === null || row.inDoubt) continue
    const one = kinds.get(kind) ?? nothing()
    count(one, row, told.get(row) ?? [])
    kinds.set(kind, one)
  }
  return { faults, kinds, total, invented: invented.length, mistakes: mistakes(rows, { told, invented }) }
}

const nothing = (): Score => ({ truth: 0, incidents: 0, cause: 0, subcause: 0, missed: 0, doubled: 0, keywords: 0 })

function count(sum: Score, row: TruthRow, told: readonly Told[]): void {
  const [first] = told
  sum.truth++
  sum.incidents += told.length
  sum.doubled += Math.max(0, told.length - 1)
  if (first === undefined) sum.missed++
  else {
    if (agreesInCause(row, first)) sum.cause++
    if (agreesInSubcause(row, first)) sum.subcause++
    if (causeByKeywords(`${first.message} ${first.why.at(-1) ?? ''}`) === row.reason?.cause) sum.keywords++
  }
}

function mistakes(rows: readonly TruthRow[], { told, invented }: Matching): string[] {
  const counts = new Map<string, number>()
  const add = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1)
  const named = ({ cause, subcause, signature, host }: Told): string => `${cause}/${subcause} (${signature}, ${host})`
  for (const row of rows) {
    if (row.reason === null || row.inDoubt) continue
    const [first, ...doubles] = told.get(row) ?? []
    const truth = `${row.reason.fault} at ${row.host}`
    if (first === undefined) add(`${truth}: missed`)
    else if (!agreesInSubcause(row, first)) add(`${truth}: told as ${named(first)}`)
    for (const double of doubles) add(`${truth}: told again as ${named(double)}`)
  }
  for (const one of invented) add(`invented: ${named(one)}`)
  return [...counts].sort(([, a], [, b]) => b - a).map(([what, n]) => `${what} ×${n}`)
}

const COLUMNS = ['truth', 'incidents', 'cause', 'subcause', 'missed', 'doubled', 'keywords'] as const

export function tableOf({ faults, kinds, total, invented, mistakes: list }: Report): string {
  const line = (name: string, one: Score): string =>
    name.padEnd(26) + COLUMNS.map((column) => String(one[column]).padStart(column.length + 2)).join('')
  const share = (n: number): string => `${((100 * n) / total.truth).toFixed(1)} %`
  return [
    'fault'.padEnd(26) + COLUMNS.map((column) => `  ${column}`).join(''),
    ...[...faults].map(([name, one]) => line(name, one)),
    line('all', total),
    ...[...kinds].sort(([a], [b]) => a.localeCompare(b)).map(([name, one]) => line(name, one)),
    `cause ${share(total.cause)}, subcause ${share(total.subcause)} (keywords alone: cause ${share(total.keywords)}), incidents ${share(total.incidents + invented)} of the truth, ${invented} invented`,
    ...list.map((what) => `  ${what}`),
  ].join('\n')
}
