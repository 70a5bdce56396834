/**
 * What a running collector saw of its surroundings in one step of its own time: how much each followed source brought, which
 * messages nobody knows, what time services said. Only steps that were watched from beginning to end exist, so that a collector
 * that was off is never taken for sources that were silent.
 */

/** Length of a step, ms; steps begin at multiples of it, collector's clock. */
export const WATCH_STEP_MS = 5 * 60_000

export interface WatchedSource {
  /** Its path, or namespace and container where pods come and go. */
  name: string
  /** Live records of the step, and how many of them were auth events. */
  records: number
  recognised: number
}

/** A message that looks like an auth failure and matches no signature. */
export interface UnknownTemplate {
  system: string
  template: string
  count: number
}

/** What a host's own time service says of its clock. */
export interface TimeService {
  host: string
  /** Clock minus the time service's truth, s; positive = ahead. */
  offset_s: number
  /** Largest error the service vouches for, s; null: it does not say. */
  error_s: number | null
  /** False: it has lost its sources. */
  synchronised: boolean
  /** Who says so: `chrony`, `node_exporter`. */
  by: string
}

export interface WatchStep {
  start_ms: number
  /** Every source that is followed, silent ones too. */
  sources: readonly WatchedSource[]
  templates: readonly UnknownTemplate[]
  time_services: readonly TimeService[]
}
