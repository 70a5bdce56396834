/**
 * The filter as people type it, on the command line's terms: `cause:skew host:reports-1 !service:web timeout`.
 * `!` takes away; values of one field (also `host:a,b`) are alternatives, fields must all hold; `"…"` keeps blanks; a word without a field
 * is a cause, subcause or step by that name, else free text. Leaves applying it to the store and to the lists.
 * Invariant: total. What is not understood is answered with a hint and no filter is changed by it.
 */
import { CAUSE_ORDER, CAUSES, isCause } from '../../src/core/cause.ts'
import { FILTER_FIELDS, type Filter, type FilterField } from '../../src/core/filter.ts'
import type { Incident } from '../../src/core/incident.ts'
import { KINDS } from '../../src/core/kind.ts'

/** More conditions than a person types; the rest is refused, not cut. */
const WORD_LIMIT = 32

/** Other names under which people look for a field. */
const FIELD_ALIASES: Readonly<Record<string, FilterField>> = {
  client: 'client_id',
  step: 'kind',
  iss: 'issuer',
  svc: 'service',
  software: 'system',
}

const SUBCAUSES: readonly string[] = CAUSE_ORDER.flatMap((cause) => [...CAUSES[cause]])

/** Fields whose values form a closed list. */
const CLOSED_LISTS: Partial<Record<FilterField, readonly string[]>> = {
  cause: CAUSE_ORDER,
  subcause: SUBCAUSES,
  kind: KINDS,
}

export interface ParsedFilter {
  filter: Filter
  /** Free words, lower case; `!word` keeps its mark. */
  words: readonly string[]
  /** Why the text is no filter, with what would be one; null when it is. */
  hint: string | null
}

export function parseFilter(text: string): ParsedFilter {
  const include: Partial<Record<FilterField, string[]>> = {}
  const exclude: Partial<Record<FilterField, string[]>> = {}
  const words: string[] = []
  const refuse = (hint: string): ParsedFilter => ({ filter: { include: {}, exclude: {} }, words: [], hint })

  const parts = splitWords(text)
  if (parts.length > WORD_LIMIT) return refuse(`at most ${WORD_LIMIT} words`)
  for (const part of parts) {
    const inverted = part.startsWith('!')
    const word = inverted ? part.slice(1) : part
    if (word === '') return refuse('"!" wants a word behind it: !cause:expiry')
    const side = inverted ? exclude : include
    const colon = word.indexOf(':')
    if (colon <= 0) {
      const field = fieldOfValue(word)
      if (field === null) words.push((inverted ? '!' : '') + unquote(word).toLowerCase())
      else add(side, field, word)
      continue
    }
    const name = word.slice(0, colon)
    const field = fieldNamed(name)
    if (field === null)
      return refuse(`no field "${name}"${didYouMean(name, fieldNames())}; fields: ${fieldNames().join(' ')}`)
    const typed = word.slice(colon + 1)
    const quoted = typed.includes('"')
    for (const value of quoted ? [unquote(typed)] : typed.split(',')) {
      // `host:""` is the one way to ask for what the records did not state.
      if (value === '' && !quoted) return refuse(`${name}: wants a value, as in ${name}:${exampleOf(field)}`)
      const list = CLOSED_LISTS[field]
      if (list !== undefined && !list.includes(value)) {
        const all = list.length <= 10 ? `; one of: ${list.join(' ')}` : ''
        return refuse(`no ${field} "${value}"${didYouMean(value, list)}${all}`)
      }
      add(side, field, value)
    }
  }
  return { filter: { include, exclude }, words, hint: null }
}

function add(side: Partial<Record<FilterField, string[]>>, field: FilterField, value: string): void {
  side[field] = [...(side[field] ?? []), value]
}

/** The words of a filter text as typed; quotes keep blanks and need not be closed. */
export function splitWords(text: string): string[] {
  const words: string[] = []
  let word = ''
  let quoted = false
  for (const char of text) {
    if (char === '"') quoted = !quoted
    if (char === ' ' && !quoted) {
      if (word !== '') words.push(word)
      word = ''
    } else {
      word += char
    }
  }
  if (word !== '') words.push(word)
  return words
}

function unquote(text: string): string {
  return text.replaceAll('"', '')
}

function fieldNamed(name: string): FilterField | null {
  if ((FILTER_FIELDS as readonly string[]).includes(name)) return name as FilterField
  return Object.hasOwn(FIELD_ALIASES, name) ? (FIELD_ALIASES[name] ?? null) : null
}

function fieldNames(): string[] {
  return FILTER_FIELDS.map((field) => (field === 'client_id' ? 'client' : field))
}

function fieldOfValue(word: string): FilterField | null {
  if (isCause(word)) return 'cause'
  if ((KINDS as readonly string[]).includes(word)) return 'kind'
  return SUBCAUSES.includes(word) ? 'subcause' : null
}

function exampleOf(field: FilterField): string {
  return (
    CLOSED_LISTS[field]?.[1] ??
    (field === 'client_id' ? 'batch-3' : field === 'issuer' ? 'https://id.example' : 'name-1')
  )
}

/** How many letters may be wrong before a guess misleads. */
const GUESS_DISTANCE = 2

function didYouMean(typed: string, candidates: readonly string[]): string {
  let best = GUESS_DISTANCE + 1
  let guess = ''
  for (const candidate of candidates) {
    const distance = candidate.startsWith(typed) ? 0 : editDistance(typed, candidate)
    if (distance < best) {
      best = distance
      guess = candidate
    }
  }
  return guess === '' ? '' : `, did you mean "${guess}"`
}

/** Levenshtein's, given up (large) when the lengths alone are too far apart. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > GUESS_DISTANCE) return Number.POSITIVE_INFINITY
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + change))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** One condition as it is typed, quoted where it must be. */
export function filterWord(field: FilterField, value: string): string {
  const name = field === 'client_id' ? 'client' : field
  const clean = value.replaceAll('"', '')
  return clean === '' || /[\s,]/.test(clean) ? `${name}:"${clean}"` : `${name}:${clean}`
}

/** What Esc and Ctrl-w leave of a filter text. */
export function withoutLastWord(text: string): string {
  return splitWords(text).slice(0, -1).join(' ')
}

/** Completions of the last word typed: field names, values of closed lists, and the values seen on the screen. */
export function completions(text: string, seen: Partial<Record<FilterField, readonly string[]>>): string[] {
  const last = text.slice(text.lastIndexOf(' ') + 1)
  const mark = last.startsWith('!') ? '!' : ''
  const word = last.slice(mark.length)
  const head = text.slice(0, text.length - last.length) + mark
  const colon = word.indexOf(':')
  if (colon < 0)
    return fieldNames()
      .filter((name) => name.startsWith(word))
      .map((name) => `${head}${name}:`)
  const field = fieldNamed(word.slice(0, colon))
  if (field === null) return []
  const typed = unquote(word.slice(colon + 1))
  const values = CLOSED_LISTS[field] ?? seen[field] ?? []
  return values
    .filter((value) => value !== '' && value.startsWith(typed))
    .map((value) => head + filterWord(field, value))
}

/** Whether an incident's text holds all free words (and none of those marked `!`). */
export function holdsWords(incident: Incident, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const { host, service, client_id, issuer, audience, token, subject, request_id, trace_id, http_path } = incident
  const text = [
    incident.message,
    incident.symptom,
    incident.system,
    incident.signature,
    incident.cause,
    incident.subcause,
    ...incident.why,
    ...[host, service, client_id, issuer, audience, token, subject, request_id, trace_id, http_path],
  ]
    .filter((part) => part !== undefined)
    .join('\n')
    .toLowerCase()
  return words.every((word) => (word.startsWith('!') ? !text.includes(word.slice(1)) : text.includes(word)))
}
