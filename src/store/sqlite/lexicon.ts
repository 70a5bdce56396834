/**
 * All dictionaries of one connection, and the way from their numbers back to words.
 * Readers and the writer each have their own; only the writer interns.
 */
import type Database from 'better-sqlite3'
import type { Cause, Subcause } from '../../core/cause.ts'
import type { Kind, Outcome } from '../../core/kind.ts'
import type { Dimension } from '../../core/ports/store.ts'
import { cleanText, NAME_LIMIT } from '../clean-text.ts'
import { MetaTable } from './meta-table.ts'
import { FOREVER, TextDictionary } from './text-dictionary.ts'
import { TupleDictionary } from './tuple-dictionary.ts'

/** Dimensions in the order of the `series` columns; a facet's dimension number is the place here plus one. */
export const DIMENSIONS = ['host', 'service', 'client_id', 'issuer', 'system'] as const satisfies readonly Dimension[]

/** Where {@link DIMENSIONS} begin among the parts of a series; before them stands its verdict. */
export const FIRST_DIMENSION = 1

/** Voices remembered as words; signatures times formats are some hundreds. */
const VOICES_CACHED = 5000

export interface Verdict {
  kind: Kind
  outcome: Outcome
  /** Null for a success. */
  cause: Cause | null
  subcause: Subcause | null
}

export interface Voice {
  system: string
  signature: string
  specificity: number
  reported_cause: Cause
  reported_subcause: Subcause
  symptom: string
  /** Empty for an incident: it may be told in several. */
  format: string
}

export class Lexicon {
  readonly names: TextDictionary
  readonly phrases: TextDictionary
  readonly verdicts: TupleDictionary
  readonly series: TupleDictionary
  readonly voices: TupleDictionary
  /** Seed for every keyed hash in this store. */
  readonly seed: number
  readonly #verdictIds = new Map<string, number>()
  readonly #verdictsById = new Map<number, Verdict>()
  readonly #voiceIds = new Map<string, { id: number; day: number }>()
  readonly #voicesById = new Map<number, Voice>()

  constructor(db: Database.Database) {
    this.seed = new MetaTable(db).get('hash_seed')!
    this.names = new TextDictionary(db, 'name', this.seed)
    this.phrases = new TextDictionary(db, 'phrase', this.seed)
    this.verdicts = new TupleDictionary(db, 'verdict', ['kind', 'outcome', 'cause', 'subcause'])
    this.series = new TupleDictionary(db, 'series', ['verdict', ...DIMENSIONS])
    this.voices = new TupleDictionary(db, 'voice', [
      'system',
      'signature',
      'specificity',
      'reported_cause',
      'reported_subcause',
      'symptom',
      'format',
    ])
  }

  /** Verdicts are a closed list and stay for ever. */
  internVerdict(verdict: Verdict): number {
    const key = `${verdict.kind}/${verdict.outcome}/${verdict.cause}/${verdict.subcause}`
    let id = this.#verdictIds.get(key)
    if (id === undefined) {
      const words = [verdict.kind, verdict.outcome, verdict.cause ?? '', verdict.subcause ?? '']
      id = this.verdicts.intern(
        words.map((word) => this.names.intern(word, FOREVER)),
        FOREVER,
      )
      this.#verdictIds.set(key, id)
    }
    return id
  }

  verdict(id: number): Verdict {
    let verdict = this.#verdictsById.get(id)
    if (verdict === undefined) {
      const [kind, outcome, cause, subcause] = this.#words(this.verdicts.parts(id)!)
      verdict = {
        kind: kind as Kind,
        outcome: outcome as Outcome,
        cause: (cause || null) as Cause | null,
        subcause: (subcause || null) as Subcause | null,
      }
      this.#verdictsById.set(id, verdict)
    }
    return verdict
  }

  internVoice(voice: Voice, day: number): number {
    const key = `${voice.signature}\u001f${voice.system}\u001f${voice.specificity}\u001f${voice.reported_cause}\u001f${voice.reported_subcause}\u001f${voice.symptom}\u001f${voice.format}`
    const cached = this.#voiceIds.get(key)
    if (cached !== undefined && cached.day >= day) return cached.id
    const name = (text: string) => this.names.intern(cleanText(text, NAME_LIMIT), day)
    const id = this.voices.intern(
      [
        name(voice.system),
        name(voice.signature),
        Math.trunc(voice.specificity),
        name(voice.reported_cause),
        name(voice.reported_subcause),
        name(voice.symptom),
        name(voice.format),
      ],
      day,
    )
    remember(this.#voiceIds, key, { id, day })
    return id
  }

  voice(id: number): Voice {
    const cached = this.#voicesById.get(id)
    if (cached !== undefined) return cached
    const parts = this.voices.parts(id) ?? []
    const name = (place: number) => this.names.text(parts[place] ?? 0)
    const voice: Voice = {
      system: name(0),
      signature: name(1),
      specificity: parts[2] ?? 0,
      reported_cause: (name(3) || 'unknown') as Cause,
      reported_subcause: (name(4) || 'unspecified') as Subcause,
      symptom: name(5),
      format: name(6),
    }
    remember(this.#voicesById, id, voice)
    return voice
  }

  /** After a rollback or a sweep the numbers in the caches may not exist. */
  forget(): void {
    for (const dictionary of [this.names, this.phrases, this.verdicts, this.series, this.voices]) dictionary.forget()
    this.#verdictIds.clear()
    this.#verdictsById.clear()
    this.#voiceIds.clear()
    this.#voicesById.clear()
  }

  #words(ids: readonly number[]): string[] {
    return ids.map((id) => this.names.text(id))
  }
}

function remember<K, V>(cache: Map<K, V>, key: K, value: V): void {
  if (cache.size >= VOICES_CACHED) cache.clear()
  cache.set(key, value)
}
