/**
 * Decides under which values an event or incident is counted, within the limits that hold in every engine (limits.ts). What an
 * hour holds is read from the server when the hour is first met; several collectors may go over a limit together by what they
 * add at the same time, so a limit is one per collector at worst.
 */
import type { Kind, Outcome } from '../../core/kind.ts'
import { cleanText, NAME_LIMIT } from '../clean-text.ts'
import { type LimitName, OTHER, SERIES_PER_HOUR, VALUES_PER_HOUR } from '../limits.ts'
import { floorTo, HOUR_MS } from '../time-grain.ts'
import { DIMENSIONS } from './incident-row.ts'
import type { ClickhouseServer } from './server.ts'
import { sql } from './sql.ts'

/** Hours kept in memory: history of many files is read side by side, each at its own hour. */
const HOURS_HELD = 200

export interface Verdict {
  kind: Kind
  outcome: Outcome
  /** Empty for a success. */
  cause: string
  subcause: string
}

interface Hour {
  values: Set<string>[]
  series: Set<string>
}

type HourRow = [number, string, string, string, string, string, string, string, string, string]

export class PlaceBook {
  /** Least lately loaded first. */
  readonly #hours = new Map<number, Hour>()

  /** Reads what is known of the hours of these instants; null: the server is away, and they begin empty. */
  async load(times_ms: Iterable<number>, server: ClickhouseServer | null): Promise<void> {
    const wanted = new Set<number>()
    for (const time_ms of times_ms) {
      const hour = floorTo(time_ms, HOUR_MS)
      if (!this.#hours.has(hour)) wanted.add(hour)
    }
    if (wanted.size === 0) return
    if (this.#hours.size + wanted.size > HOURS_HELD) this.#hours.clear()
    const rows =
      server === null
        ? []
        : await server.rows<HourRow>(
            sql`SELECT start_ms, outcome, kind, cause, subcause, host, service, client_id, issuer, system
                  FROM count_hour WHERE start_ms IN ${[...wanted]} GROUP BY ALL`,
          )
    for (const hour of wanted) this.#hours.set(hour, { values: DIMENSIONS.map(() => new Set()), series: new Set() })
    for (const [start_ms, outcome, kind, cause, subcause, ...values] of rows) {
      const hour = this.#hours.get(start_ms)!
      for (const [place, value] of values.entries()) hour.values[place]!.add(value)
      hour.series.add(seriesKey({ outcome, kind, cause, subcause } as Verdict, values))
    }
  }

  /** Values of {@link DIMENSIONS} to count under. The hour has been loaded. */
  place(
    verdict: Verdict,
    given: readonly string[],
    time_ms: number,
    limited: (name: LimitName, by: number) => void,
  ): readonly string[] {
    const hour = this.#hours.get(floorTo(time_ms, HOUR_MS))
    if (hour === undefined) throw new RangeError('the hour was not loaded')
    const values = given.map((value, place) => {
      const clean = cleanText(value, NAME_LIMIT)
      if (clean === '' || admits(hour.values[place]!, clean)) return clean
      limited(`other_${DIMENSIONS[place]!}`, 1)
      return OTHER
    })
    const key = seriesKey(verdict, values)
    if (hour.series.has(key)) return values
    if (hour.series.size < SERIES_PER_HOUR) {
      hour.series.add(key)
      return values
    }
    limited('other_series', 1)
    return values.map((value) => (value === '' ? '' : OTHER))
  }
}

function admits(values: Set<string>, value: string): boolean {
  if (values.has(value)) return true
  if (value !== OTHER && values.size >= VALUES_PER_HOUR) return false
  values.add(value)
  return true
}

function seriesKey({ outcome, kind, cause, subcause }: Verdict, values: readonly string[]): string {
  return [outcome, kind, cause, subcause, ...values].join('\u001f')
}
