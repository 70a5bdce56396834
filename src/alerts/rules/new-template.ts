/**
 * Messages that look like auth failures, match no signature and were never seen before: a new version or a new kind of trouble.
 * One alert per system, however many messages. Silent for its first day: at first everything is new.
 */
import { toSecond } from '../../core/instant-words.ts'
import type { Fact } from '../fact.ts'
import type { Raise, Rule } from '../rule.ts'

export interface NewTemplateSettings {
  /** Records of new messages within an hour, per system. */
  min_events: number
}

export const NEW_TEMPLATE_DEFAULTS: NewTemplateSettings = { min_events: 10 }

interface Series {
  system: string
  /** New messages and how often each came, oldest first. */
  fresh: [template: string, count: number][]
  first_ms: number
  last_ms: number
  firing: boolean
}

interface Saved {
  since_ms: number | null
  known: [string, number][]
  series: Series[]
}

/** Messages remembered, and systems told apart. */
const KNOWN_LIMIT = 10_000
const SERIES_LIMIT = 500
/** Named in an alert; more are counted. */
const NAMED = 3
/** Kept per system. */
const FRESH_LIMIT = 50
/** First this long everything is new; ms. */
const LEARN_MS = 24 * 3_600_000
/** What came once and not again within this was nothing; and it is over when nothing new came for so long; ms. */
const QUIET_MS = 3_600_000
const NAME_LENGTH = 100

export class NewTemplateRule implements Rule {
  readonly name = 'new_template'
  readonly #settings: NewTemplateSettings
  readonly #known = new Map<string, number>()
  readonly #series = new Map<string, Series>()
  #since_ms: number | null = null

  constructor(settings: NewTemplateSettings = NEW_TEMPLATE_DEFAULTS) {
    this.#settings = settings
  }

  take(fact: Fact, raise: Raise): void {
    if (fact.fact !== 'watch') return
    const { at_ms } = fact
    this.#since_ms ??= at_ms
    const learning = at_ms - this.#since_ms < LEARN_MS
    const touched = new Set<Series>()
    for (const { system, template, count } of fact.templates) {
      const key = `${system}\u001f${template}`
      const series = this.#series.get(system)
      const fresh = series?.fresh.find(([t]) => t === template)
      const isNew = !this.#known.has(key)
      this.#remember(key, at_ms)
      if (series !== undefined && fresh !== undefined) {
        fresh[1] += count
        series.last_ms = at_ms
        touched.add(series)
      } else if (isNew && !learning) {
        const own = series ?? this.#add(system, at_ms)
        if (own === null || own.fresh.length >= FRESH_LIMIT) continue
        own.fresh.push([template, count])
        own.last_ms = at_ms
        touched.add(own)
      }
    }
    for (const series of touched) {
      const total = series.fresh.reduce((sum, [, n]) => sum + n, 0)
      if (total < this.#settings.min_events) continue
      const news = series.firing
      series.firing = true
      this.#raise(series, true, news, raise)
    }
  }

  tick(now_ms: number, raise: Raise): void {
    for (const [system, series] of this.#series) {
      const from_ms = series.firing ? series.last_ms : series.first_ms
      if (now_ms - from_ms < QUIET_MS) continue
      if (series.firing) this.#raise(series, false, false, raise)
      this.#series.delete(system)
    }
  }

  save(): Saved {
    return { since_ms: this.#since_ms, known: [...this.#known], series: [...this.#series.values()] }
  }

  restore(saved: unknown): void {
    const { since_ms, known, series } = saved as Saved
    this.#since_ms = since_ms
    for (const [key, at_ms] of known) this.#known.set(key, at_ms)
    for (const s of series) this.#series.set(s.system, s)
  }

  #remember(key: string, at_ms: number): void {
    this.#known.delete(key)
    this.#known.set(key, at_ms)
    if (this.#known.size > KNOWN_LIMIT) this.#known.delete(this.#known.keys().next().value!)
  }

  #add(system: string, at_ms: number): Series | null {
    if (this.#series.size >= SERIES_LIMIT) return null
    const made: Series = { system, fresh: [], first_ms: at_ms, last_ms: at_ms, firing: false }
    this.#series.set(system, made)
    return made
  }

  #raise({ system, fresh, first_ms }: Series, holds: boolean, news: boolean, raise: Raise): void {
    const total = fresh.reduce((sum, [, n]) => sum + n, 0)
    const named = fresh.slice(0, NAMED).map(([t]) => `"${t.slice(0, NAME_LENGTH)}"`)
    const more = fresh.length > NAMED ? ` and ${fresh.length - NAMED} more` : ''
    raise({
      rule: this.name,
      severity: 'info',
      labels: { system },
      holds,
      since_ms: first_ms,
      value: total,
      summary: `${system} writes ${fresh.length === 1 ? 'a message' : `${fresh.length} messages`} never seen before that look like auth failures, ${total} times since ${toSecond(first_ms)} (expected none): ${named.join(', ')}${more}`,
      why: ['no signature matches, so their cause is not known and they are counted nowhere else'],
      fix: [
        'Look at examples with the command below; a signature is a few lines of YAML (docs/packs.md)',
        `If ${system} was upgraded, see whether authtop has a newer pack`,
      ],
      command: 'authtop check --unknown',
      for_ms: 0,
      keep_ms: 0,
      news,
    })
  }
}
