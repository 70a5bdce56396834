/**
 * The answer of `authtop explain` in words: the seven steps one text goes through, then what to do. Pure; the result is
 * safe to print.
 */
import type { AuthEvent } from '../../src/core/auth-event.ts'
import { ANYBODY, emitterName } from '../../src/core/emitter-name.ts'
import type { Incident } from '../../src/core/incident.ts'
import type { LogRecord } from '../../src/core/log-record.ts'
import type { Remedy } from '../../src/core/remedy/remedy.ts'
import type { TokenFacts } from '../../src/core/token-facts.ts'
import { evidenceLines } from '../evidence-words.ts'
import { formatDuration, formatInstant } from '../format-time.ts'
import { confidenceTitle, kindNoun, verdictTitle } from '../wording.ts'
import { toPrintable } from './printable.ts'

export interface ExplainedRecord {
  read: { lines: number; bytes: number; wrapper: string | null }
  redacted: { text: string; tokens: readonly TokenFacts[] }
  decoded: LogRecord
  recognised: AuthEvent | null
  alternatives: readonly string[]
  verdict: Omit<Incident, 'id' | 'observations'> | null
  remedy: Remedy | null
  sources: readonly string[]
  template: string | null
}

/** Attributes listed; a record of a verbose framework may have hundreds. */
const ATTRIBUTES_SHOWN = 16
const ALTERNATIVES_SHOWN = 3

export function explanationText(e: ExplainedRecord, zone: string): string {
  const out: string[] = []
  const step = (name: string, text: string) => out.push(`${name.padEnd(10)} ${text}`)
  const more = (text: string) => out.push(`${' '.repeat(10)} ${text}`)

  const { lines, bytes, wrapper } = e.read
  step(
    'read',
    `${lines} ${lines === 1 ? 'line' : 'lines'}, ${bytes} bytes${wrapper === null ? '' : `, wrapped by ${wrapper}`}`,
  )
  const [firstLine = '', ...rest] = e.redacted.text.split('\n')
  step('redact', firstLine)
  if (rest.length > 0) more(`… and ${rest.length} more ${rest.length === 1 ? 'line' : 'lines'}`)
  for (const token of e.redacted.tokens) more(tokenText(token, zone))

  const { decoded } = e
  const time = decoded.logged_writer_ms === undefined ? 'no time stated' : formatInstant(decoded.logged_writer_ms, zone)
  step('decode', `format ${decoded.format}, ${time}`)
  const attributes = { ...decoded.resource, ...decoded.attributes }
  for (const [name, value] of Object.entries(attributes).slice(0, ATTRIBUTES_SHOWN)) more(`${name} = ${value}`)

  const event = e.recognised
  if (event === null) {
    step('recognise', e.template === null ? 'no auth event' : 'looks like an auth failure, but no signature knows it')
    if (e.template !== null) more(`its shape: ${e.template}`)
    return finish(out)
  }
  step(
    'recognise',
    `${event.signature}: ${emitterName(event.system)} says "${event.symptom}" (${kindNoun(event.kind)}, ${event.outcome})`,
  )
  if (e.alternatives.length > 0) more(`also fits: ${e.alternatives.slice(0, ALTERNATIVES_SHOWN).join(', ')}`)
  if (event.outcome === 'success') {
    step('append', `counted as a successful ${kindNoun(event.kind)}; nothing to attribute`)
    return finish(out)
  }
  step('append', `one failed ${kindNoun(event.kind)}, an incident of its own unless another record speaks of it`)
  const { verdict, remedy } = e
  if (verdict !== null) {
    step('attribute', `${verdictTitle(verdict.cause, verdict.subcause)}, ${confidenceTitle(verdict.confidence)}`)
    for (const reason of verdict.why) more(`· ${reason}`)
    for (const { label, text } of evidenceLines(verdict.evidence, zone)) more(`${label}: ${text}`)
  }
  if (remedy !== null) {
    step('present', remedy.title)
    more(remedy.sentence)
    remedy.checks.forEach((check, i) => {
      more(`${i + 1}. ${check}`)
    })
    more(`Fix: ${remedy.fix}`)
    for (const { text, url } of remedy.links) more(`${text}: ${url}`)
    // Of words that anybody uses the sources are the standards, which the remedy has named.
    if (event.system !== ANYBODY) for (const url of e.sources) more(`What ${event.system} says about it: ${url}`)
  }
  return finish(out)
}

function tokenText(token: TokenFacts, zone: string): string {
  const parts = [token.fingerprint]
  for (const field of ['alg', 'kid', 'iss', 'aud', 'client_id'] as const)
    if (token[field] !== undefined) parts.push(`${field} ${token[field]}`)
  if (token.iat_ms !== undefined) parts.push(`issued ${formatInstant(token.iat_ms, zone)}`)
  if (token.exp_ms !== undefined) parts.push(`expires ${formatInstant(token.exp_ms, zone)}`)
  if (token.iat_ms !== undefined && token.exp_ms !== undefined)
    parts.push(`lifetime ${formatDuration(token.exp_ms - token.iat_ms)}`)
  return parts.join(', ')
}

function finish(lines: readonly string[]): string {
  return lines.map((line) => toPrintable(line).trimEnd()).join('\n')
}
