/**
 * The clock table in words, for `authtop skew`: one line per host as wide as it needs, or some short lines per host where
 * the terminal is narrow; then the reasons for every clock that needs a person's eye.
 * Pure. Invariant: what is not known is said to be so and never shown as 0.
 */
import type { ClockTable, HostClock, PartyClock } from '../../src/core/host-clock.ts'
import { lead, signedSeconds, timeApart } from '../../src/core/time-apart.ts'
import { formatMinute } from '../format-time.ts'
import { toPrintable } from '../terminal/printable.ts'
import { textTable } from '../terminal/text-table.ts'

export interface ClocksLayout {
  /** IANA zone for instants. */
  zone: string
  /** Columns of the terminal; null: not one, lines may be long. */
  width: number | null
}

/** Narrower terminals get a list instead of a table; columns. */
const TABLE_WIDTH = 100
/** Reasons shown per clock. */
const REASONS = 3

export function clocksText(table: ClockTable, { zone, width }: ClocksLayout): string {
  if (table.hosts.length === 0)
    return 'No clock is known: no record shows a token with its instants, a request that two hosts logged, or a receipt.\n'
  const hosts = [...table.hosts].sort((a, b) => urgency(b) - urgency(a) || a.host.localeCompare(b.host))
  const wrong = new Set(table.issuers.filter((i) => i.at_fault).map((i) => `issuer ${i.name}`))
  const narrow = width !== null && width < TABLE_WIDTH
  const parts = [
    `Clocks against ${table.reference ?? 'each other'}, at ${formatMinute(table.generated_ms, zone)}\n\n`,
    narrow ? hosts.map((h) => card(h, wrong)).join('') : tableOf(hosts, table.reference, wrong),
  ]
  const notes = [
    ...hosts.filter((h) => urgency(h) > 0).map((h) => reasonsOf(h.host, h, zone, width)),
    ...table.issuers.filter(isNotable).map((i) => reasonsOf(`issuer ${i.name}`, i, zone, width)),
    ...(table.collector?.at_fault === true ? [reasonsOf('this collector', table.collector, zone, width)] : []),
  ]
  if (notes.length > 0) parts.push('\n', notes.join(''))
  return parts.join('').split('\n').map(toPrintable).join('\n')
}

/** 3 at fault, 2 off for another reason or about to be, 1 not known, 0 fine. */
function urgency(clock: HostClock): number {
  if (clock.at_fault) return 3
  if (clock.zone_s !== null || clock.steps.length > 0 || clock.breach_ms !== null || isOff(clock)) return 2
  return clock.kind === 'value' ? 0 : 1
}

/** A whole second away, whoever is wrong. */
function isOff({ low_s, high_s }: HostClock): boolean {
  return (low_s !== null && low_s > 1) || (high_s !== null && high_s < -1)
}

function isNotable(issuer: PartyClock): boolean {
  return issuer.at_fault || issuer.steps.length > 0 || issuer.why.length > 0
}

function tableOf(hosts: readonly HostClock[], reference: string | null, wrong: ReadonlySet<string>): string {
  return textTable(
    ['HOST', 'CLOCK', 'BETWEEN', 'DRIFT', 'LEEWAY', 'SAMPLES', 'VERDICT'],
    hosts.map((h) => [
      h.host,
      `${standing(h)}${h.reference === reference || h.reference === null ? '' : ` (against ${h.reference})`}`,
      between(h),
      drift(h),
      h.leeway_s === null ? '–' : `${h.leeway_s} s`,
      h.samples.toLocaleString('en-US'),
      verdict(h, wrong),
    ]),
  )
}

function card(h: HostClock, wrong: ReadonlySet<string>): string {
  const facts = [between(h), drift(h), h.leeway_s === null ? '–' : `leeway ${h.leeway_s} s`].filter((f) => f !== '–')
  return `${h.host}\n  ${standing(h)}${facts.length === 0 ? '' : `\n  ${facts.join(', ')}`}\n  ${verdict(h, wrong)}\n`
}

function standing(h: HostClock): string {
  const { offset_s, low_s, high_s } = h
  if (offset_s !== null && low_s !== null && high_s !== null)
    return low_s <= 0 && high_s >= 0 ? 'in step' : lead(offset_s * 1000)
  if (high_s === 0 && low_s === null) return 'behind, by how much is not known'
  if (high_s !== null && low_s === null)
    return high_s < 0 ? `at least ${apart(high_s)} behind` : `at most ${apart(high_s)} ahead`
  if (low_s !== null && high_s === null)
    return low_s > 0 ? `at least ${apart(low_s)} ahead` : `at most ${apart(low_s)} behind`
  return 'cannot tell'
}

function between({ low_s, high_s }: HostClock): string {
  if (low_s === null && high_s === null) return '–'
  return `${low_s === null ? 'unknown' : signedSeconds(low_s)} … ${high_s === null ? 'unknown' : signedSeconds(high_s)}`
}

function drift({ drift_ppm }: HostClock): string {
  return drift_ppm === null ? '–' : `${drift_ppm > 0 ? '+' : ''}${drift_ppm} ppm`
}

function verdict(h: HostClock, wrong: ReadonlySet<string>): string {
  const said: string[] = []
  if (h.at_fault) said.push('wrong')
  if (h.zone_s !== null) said.push(`zone mistake of ${apart(h.zone_s)} in its stamps`)
  if (h.steps.length > 0) said.push(h.steps.length === 1 ? 'was set once' : `was set ${h.steps.length} times`)
  if (h.breach_ms !== null) said.push(beyondLeeway(h) ? 'beyond its leeway' : 'will leave its leeway')
  if (said.length > 0) return said.join(', ')
  if (h.kind === 'bound') return 'only a bound'
  if (h.kind === 'cannot_tell') return 'too little seen'
  if (!isOff(h)) return 'fine'
  return h.reference !== null && wrong.has(h.reference) ? 'right; its reference is wrong' : 'off; whose fault is open'
}

function beyondLeeway({ low_s, high_s, leeway_s }: HostClock): boolean {
  return leeway_s !== null && ((low_s !== null && low_s > leeway_s) || (high_s !== null && high_s < -leeway_s))
}

function reasonsOf(
  name: string,
  clock: Pick<HostClock, 'why' | 'steps'> & { breach_ms?: number | null },
  zone: string,
  width: number | null,
): string {
  const lines = clock.why.slice(0, REASONS)
  const last = clock.steps.at(-1)
  if (last !== undefined)
    lines.push(`set ${last.by_s > 0 ? 'forward' : 'back'} by ${apart(last.by_s)} at ${formatMinute(last.at_ms, zone)}`)
  if (clock.breach_ms !== undefined && clock.breach_ms !== null)
    lines.push(`crosses its leeway at ${formatMinute(clock.breach_ms, zone)}`)
  return `${name}\n${lines.map((line) => wrapped(`- ${line}`, width)).join('')}`
}

/** Two columns in, broken between words where the terminal ends. */
function wrapped(text: string, width: number | null): string {
  if (width === null) return `  ${text}\n`
  const lines: string[] = []
  let line = ' '
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > width && line.trim() !== '') {
      lines.push(line)
      line = '   '
    }
    line += ` ${word}`
  }
  return `${[...lines, line].join('\n')}\n`
}

function apart(s: number): string {
  return timeApart(s * 1000)
}
