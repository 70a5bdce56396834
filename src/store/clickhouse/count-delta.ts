/**
 * What one batch changes in the counts, added up so that each row is written once. Failures are counted under their present verdict:
 * a revision takes away where the incident was and adds where it is.
 */
import type { Incident } from '../../core/incident.ts'
import { floorTo, MINUTE_MS, QUARTER_MS } from '../time-grain.ts'
import type { RowsByTable } from './batch-rows.ts'
import type { StoredIncident } from './incident-row.ts'
import { DIMENSIONS } from './incident-row.ts'
import type { Verdict } from './place-book.ts'

interface Sum {
  row: Record<string, string | number>
  by: number
}

export class CountDelta {
  readonly #minutes = new Map<string, Sum>()
  readonly #tallies = new Map<string, Sum>()
  readonly #unrecognised = new Map<number, number>()

  count(verdict: Verdict, values: readonly string[], time_ms: number, by: number): void {
    const start_ms = floorTo(time_ms, MINUTE_MS)
    const { outcome, kind, cause, subcause } = verdict
    const key = [start_ms, outcome, kind, cause, subcause, ...values].join('\u001f')
    const known = this.#minutes.get(key)
    if (known !== undefined) {
      known.by += by
      return
    }
    const row: Sum['row'] = { start_ms, outcome, kind, cause, subcause }
    DIMENSIONS.forEach((dimension, i) => {
      row[dimension] = values[i]!
    })
    this.#minutes.set(key, { row, by })
  }

  /** An incident came (1) to where it says or went (-1) from there. */
  incident({ incident, counted }: StoredIncident, by: 1 | -1): void {
    this.count(verdictOf(incident), counted, incident.time_ms, by)
    const { system, signature, symptom, confidence } = incident
    const start_ms = floorTo(incident.time_ms, QUARTER_MS)
    const key = [start_ms, system, signature, symptom, confidence].join('\u001f')
    const known = this.#tallies.get(key)
    if (known === undefined) this.#tallies.set(key, { row: { start_ms, system, signature, symptom, confidence }, by })
    else known.by += by
  }

  unrecognised(time_ms: number): void {
    const start_ms = floorTo(time_ms, QUARTER_MS)
    this.#unrecognised.set(start_ms, (this.#unrecognised.get(start_ms) ?? 0) + 1)
  }

  write(rows: RowsByTable, collector: number): void {
    for (const { row, by } of this.#minutes.values())
      if (by !== 0) rows.add('count_minute', { ...row, collector, count: by })
    for (const { row, by } of this.#tallies.values()) if (by !== 0) rows.add('tally', { ...row, count: by })
    for (const [start_ms, count] of this.#unrecognised) rows.add('unrecognised_quarter', { start_ms, count })
  }
}

export function verdictOf({ kind, cause, subcause }: Incident): Verdict {
  return { kind, outcome: 'failure', cause, subcause }
}
