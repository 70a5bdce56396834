/**
 * Counts what each followed source brings, step by step of the collector's own time, from what the ingest commits. History is
 * not counted, nor a step in which the collector began, slept or was held up: a step is told only if it was watched whole.
 */
import { existsSync } from 'node:fs'
import { containerOf } from '../../../collectors/file/container-path.ts'
import type { SourceNotice } from '../../core/ports/source.ts'
import type { UnrecognisedRecord } from '../../core/ports/store.ts'
import type { StreamState } from '../../core/source-status.ts'
import { type TimeService, WATCH_STEP_MS, type WatchStep } from '../../core/watch-step.ts'

/** What a commit says of the sources. */
export interface Seen {
  streams: readonly StreamState[]
  /** Streams that are over: rotated away, deleted, closed. */
  ended: readonly string[]
  unrecognised: readonly UnrecognisedRecord[]
}

interface Stream {
  name: string
  records: number
  recognised: number
}

/** Sources and messages told of one step; count. */
const SOURCES_MAX = 2_000
const TEMPLATES_MAX = 100
/** Streams remembered; count. */
const STREAMS_MAX = 10_000
/** Who was not asked for this long slept; ms. */
const HELD_UP_MS = 60_000

export class SourceWatch {
  readonly #streams = new Map<string, Stream>()
  #counts = new Map<string, { records: number; recognised: number }>()
  #templates = new Map<string, { system: string; template: string; count: number }>()
  readonly #services = new Map<string, TimeService>()
  /** Paths that were opened, whether or not they have brought anything since. */
  readonly #paths = new Set<string>()
  readonly #exists: (path: string) => boolean
  /** First step that is watched whole; null: not live yet. */
  #from: number | null = null
  #asked_ms = 0

  constructor(exists: (path: string) => boolean = existsSync) {
    this.#exists = exists
  }

  notice({ kind, name }: Pick<SourceNotice, 'kind' | 'name'>): void {
    if (kind !== 'opened' && kind !== 'resumed') return
    if (this.#paths.size < STREAMS_MAX && containerOf(name) === null) this.#paths.add(name)
  }

  /** History is read: what comes now is counted. */
  begin(now_ms: number): void {
    this.#from = Math.ceil(now_ms / WATCH_STEP_MS)
    this.#asked_ms = now_ms
    this.#clear()
  }

  take({ streams, ended, unrecognised }: Seen): void {
    for (const { stream, name, counters } of streams) {
      const before = this.#streams.get(stream)
      if (before === undefined && this.#streams.size >= STREAMS_MAX) continue
      const party = partyOf(name)
      this.#streams.set(stream, { name: party, records: counters.records, recognised: counters.recognised })
      // A stream that is new while we watch began at nothing.
      const records = counters.records - (before?.records ?? 0)
      const recognised = counters.recognised - (before?.recognised ?? 0)
      const sum = this.#counts.get(party) ?? { records: 0, recognised: 0 }
      sum.records += Math.max(0, records)
      sum.recognised += Math.max(0, recognised)
      this.#counts.set(party, sum)
    }
    for (const stream of ended) this.#streams.delete(stream)
    for (const { system, template } of unrecognised) {
      const key = `${system}\u001f${template}`
      const known = this.#templates.get(key)
      if (known !== undefined) known.count++
      else if (this.#templates.size < TEMPLATES_MAX) this.#templates.set(key, { system, template, count: 1 })
    }
  }

  /** The latest word of a time service about a host. */
  hear(service: TimeService): void {
    this.#services.set(`${service.by} ${service.host}`, service)
  }

  /** Steps that are over since the last call; at most one, since who asks late has not watched. */
  over(now_ms: number): WatchStep[] {
    if (this.#from === null) return []
    const step = Math.floor(now_ms / WATCH_STEP_MS)
    const heldUp = now_ms - this.#asked_ms > HELD_UP_MS || now_ms < this.#asked_ms
    this.#asked_ms = now_ms
    if (heldUp) this.#from = step + 1
    if (step <= this.#from) {
      // What came before the first whole step is none's.
      if (step < this.#from) this.#clear()
      return []
    }
    const watched: WatchStep = {
      start_ms: (step - 1) * WATCH_STEP_MS,
      sources: this.#followed(),
      templates: [...this.#templates.values()],
      time_services: [...this.#services.values()],
    }
    this.#from = step
    this.#clear()
    return [watched]
  }

  #followed(): WatchStep['sources'] {
    // A rotated file goes and a new one comes under its path; until it brings something only the path is known.
    for (const path of this.#paths) if (!this.#exists(path)) this.#paths.delete(path)
    const names = new Set([...this.#counts.keys(), ...[...this.#streams.values()].map((s) => s.name), ...this.#paths])
    return [...names].slice(0, SOURCES_MAX).map((name) => ({ name, ...(this.#counts.get(name) ?? NOTHING) }))
  }

  #clear(): void {
    this.#counts = new Map()
    this.#templates = new Map()
    this.#services.clear()
  }
}

const NOTHING = { records: 0, recognised: 0 }

/** Pods come and go; what they do is their container's business. */
function partyOf(name: string): string {
  const container = containerOf(name)
  return container === null ? name : `${container.namespace}/${container.container}`
}
