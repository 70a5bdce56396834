/**
 * Turns what a signature captured into event fields. A capture's name says what it is and in which unit it was printed:
 *   exp nbf iat validator   an instant: `exp__s` epoch seconds, `exp__ms`, `exp__at` printed date, naive = log's zone,
 *                           `exp__utc` printed date, naive = UTC, `exp__s_ago` seconds before the record's time,
 *                           `exp__s_ahead` seconds after it
 *   delta leeway            a duration: `delta__s`, `delta__ms`, `delta__min`, or with its own unit inside: `delta__dur`
 *   kid alg expected got issuer audience client_id request_id trace_id host service subject token   text
 * An unknown name is a mistake the pack check reports.
 */
import type { Evidence } from '../core/evidence.ts'
import { parseDuration } from './duration.ts'
import { epochToMs, isMilliseconds, parseInstant, UTC, type ZoneOffset } from './instant.ts'

export interface Captured {
  evidence: Evidence
  issuer?: string
  audience?: string
  client_id?: string
  request_id?: string
  trace_id?: string
  host?: string
  service?: string
  /** In clear as captured; the recogniser fingerprints it. */
  subject?: string
  /** Only what redaction left in its place. */
  token?: string
  /** The token's claims stand in milliseconds instead of seconds. */
  in_milliseconds?: true
}

const INSTANTS = { exp: 'exp_ms', nbf: 'nbf_ms', iat: 'iat_ms', validator: 'validator_ms' } as const
const DURATIONS = { delta: 'delta_ms', leeway: 'leeway_ms' } as const
const EVIDENCE_TEXTS = ['kid', 'alg', 'expected', 'got'] as const
const EVENT_TEXTS = [
  'issuer',
  'audience',
  'client_id',
  'request_id',
  'trace_id',
  'host',
  'service',
  'subject',
  'token',
] as const
const INSTANT_UNITS = ['s', 'ms', 'at', 'utc', 's_ago', 's_ahead', 'ms_ago'] as const
const DURATION_UNITS: Readonly<Record<string, number>> = { s: 1000, ms: 1, min: 60_000, us: 1e-3, ns: 1e-6, dur: 1000 }

/** A captured text longer than this is cut; characters. Issuer URLs and audiences fit well. */
const TEXT_LIMIT = 256

export function isCaptureName(name: string): boolean {
  const [field, unit] = split(name)
  if (field in INSTANTS) return (INSTANT_UNITS as readonly string[]).includes(unit ?? '')
  if (field in DURATIONS) return unit !== undefined && unit in DURATION_UNITS
  return (
    unit === undefined &&
    ((EVIDENCE_TEXTS as readonly string[]).includes(field) || (EVENT_TEXTS as readonly string[]).includes(field))
  )
}

export function applyCapture(
  into: Captured,
  name: string,
  value: string,
  record_ms: number | undefined,
  zone: ZoneOffset,
): void {
  const [field, unit] = split(name)
  if (field in INSTANTS) {
    const ms = instantOf(value, unit ?? 'at', record_ms, zone)
    if (ms !== null) into.evidence[INSTANTS[field as keyof typeof INSTANTS]] = ms
    if (unit === 's' && field !== 'validator' && isMilliseconds(value)) into.in_milliseconds = true
  } else if (field in DURATIONS) {
    const ms = parseDuration(value, DURATION_UNITS[unit ?? 's'] ?? 1000)
    if (ms !== null) into.evidence[DURATIONS[field as keyof typeof DURATIONS]] = Math.round(ms)
  } else if ((EVIDENCE_TEXTS as readonly string[]).includes(field)) {
    const text = clean(value)
    if (text !== '') into.evidence[field as (typeof EVIDENCE_TEXTS)[number]] = text
  } else {
    const text = clean(value)
    if (text !== '') into[field as (typeof EVENT_TEXTS)[number]] = text
  }
}

function split(name: string): [string, string | undefined] {
  const at = name.indexOf('__')
  return at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 2)]
}

function instantOf(value: string, unit: string, record_ms: number | undefined, zone: ZoneOffset): number | null {
  switch (unit) {
    case 's':
    case 'ms':
      return epochToMs(Number(value))
    case 'utc':
      return parseInstant(value, UTC)
    case 's_ago':
      return record_ms === undefined ? null : record_ms - Number(value) * 1000
    case 'ms_ago':
      return record_ms === undefined ? null : record_ms - Number(value)
    case 's_ahead':
      return record_ms === undefined ? null : record_ms + Number(value) * 1000
    default:
      return parseInstant(value, zone)
  }
}

function clean(value: string): string {
  return value
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .replace(/^["'`[({]+|["'`\])}]+$/g, '')
    .trim()
    .slice(0, TEXT_LIMIT)
}
