/**
 * Clocks that are off, drift, or only seem to be (time zones, units): from the clock table, with the skew failures they
 * explain. Judges no clock itself; that is `analyze/clock`'s. Invariant: nobody is called wrong whom the table does not accuse.
 */

import type { Subcause } from '../../core/cause.ts'
import type { Finding, Severity } from '../../core/finding.ts'
import type { ClockTable, HostClock, PartyClock } from '../../core/host-clock.ts'
import { toMinute as at } from '../../core/instant-words.ts'
import type { GroupCount } from '../../core/ports/store.ts'
import { remedyOf } from '../../core/remedy/remedy-of.ts'
import { lead } from '../../core/time-apart.ts'
import { type FindingFacts, type Gathered, gather, requestsAt, severityOf } from './facts.ts'
import { leewayFix } from './leeway-fix.ts'
import { apart, count, seconds, some } from './words.ts'

/** Smaller offsets break no token: validators and networks differ by as much; s. */
const WORTH_SAYING_S = 1
/** A forecast nearer than this is a warning; ms. */
const SOON_MS = 7 * 86_400_000

export function clockFindings(facts: FindingFacts): Finding[] {
  const { from_ms, to_ms } = facts.range
  // A clock's own readings are as far off as it is: the period is meant on the right one.
  const right = (h: HostClock, ms: number) => ms - (h.offset_s ?? 0) * 1000
  const seen = facts.clocks.hosts.filter(
    (h) => right(h, h.to_ms ?? -Infinity) >= from_ms && right(h, h.from_ms ?? Infinity) < to_ms,
  )
  const skew = new Map(gather(facts.failures, isSkew, ['host']).map((g) => [g.at.host!, g]))
  const issuers = facts.clocks.issuers.filter((i) => i.at_fault)
  const blamed = new Set(issuers.map((i) => `issuer ${i.name}`))
  const found: Finding[] = []
  for (const issuer of issuers) found.push(issuerOff(facts, issuer))
  for (const clock of seen) {
    const failures = skew.get(clock.host)
    skew.delete(clock.host)
    if (clock.zone_s !== null) found.push(timeZone(facts, clock, clock.zone_s))
    const off = offBy(clock)
    const issuersFault = clock.reference !== null && blamed.has(clock.reference)
    if (off !== null && (clock.at_fault || !issuersFault)) found.push(hostOff(facts, clock, off, failures))
    else if (clock.breach_ms !== null && clock.breach_ms > facts.now_ms && clock.breach_ms - facts.now_ms < SOON_MS)
      found.push(drifting(facts, clock))
    else if (failures !== undefined && !issuersFault) found.push(unexplained(facts, failures, clock))
  }
  // Hosts whose clock nothing is known of, and failures whose host is not known.
  for (const failures of skew.values()) found.push(unexplained(facts, failures))
  for (const issuer of facts.clocks.issuers) found.push(...timeUnit(facts, issuer))
  return found
}

export function isSkew({ cause }: GroupCount): boolean {
  return cause === 'skew'
}

/** How far beyond doubt, s; null where it may be in step. A bound that excludes zero counts, at its least. */
function offBy({ offset_s, low_s, high_s }: HostClock): number | null {
  if (low_s !== null && low_s > WORTH_SAYING_S) return offset_s ?? low_s
  if (high_s !== null && high_s < -WORTH_SAYING_S) return offset_s ?? high_s
  return null
}

function hostOff(facts: FindingFacts, clock: HostClock, off_s: number, failures: Gathered | undefined): Finding {
  const reference = nameOf(clock.reference)
  const since = sinceOf(clock, off_s, failures)
  const bound = clock.kind === 'value' ? '' : 'at least '
  const place = `${bound}${apart(off_s, reference)}`
  const first = failures?.subcauses[0]?.[0]
  const remedy = remedyOf('skew', (first as 'not_yet_valid' | undefined) ?? 'not_yet_valid')
  return {
    kind: 'clock_off',
    severity: failures === undefined ? 'warning' : atLeastWarning(severityAt(facts, failures)),
    cause: failures === undefined ? null : 'skew',
    subcause: first ?? null,
    host: clock.host,
    ...(failures?.others.service.length === 1 ? { service: failures.others.service[0]![0] } : {}),
    ...(clock.reference?.startsWith('issuer ') ? { issuer: reference } : {}),
    from_ms: since.from_ms,
    to_ms: Math.max(clock.to_ms ?? since.from_ms, failures?.to_ms ?? 0),
    incidents: failures?.count ?? 0,
    title: clock.at_fault
      ? `The clock of ${clock.host} is ${place} ${since.words}`
      : `${clock.host} is ${place} ${since.words}; whose clock is wrong is open`,
    why: [
      ...clock.why,
      ...(failures === undefined
        ? []
        : [`${count(failures.count, 'request')} failed on it because of that${clients(failures)}`]),
    ],
    fix: [
      clock.at_fault
        ? `Synchronise ${clock.host}: chronyc tracking shows its source and offset, chronyc makestep sets it; then find out why it ran off (UDP 123 blocked, a paused machine, two time services)`
        : `Compare ${clock.host} and ${reference} with a third clock (chronyc tracking on both) and synchronise the one that is off`,
      ...(failures === undefined ? [] : [leewayFix(failures)]),
    ],
    links: remedy.links,
  }
}

function issuerOff(facts: FindingFacts, issuer: PartyClock): Finding {
  const failures = gather(facts.failures, (g) => isSkew(g) && (g.issuer === issuer.name || g.issuer === ''), [])[0]
  const first = failures?.subcauses[0]?.[0] ?? null
  const step = issuer.steps.at(-1)
  const from_ms = step?.at_ms ?? failures?.from_ms ?? facts.range.from_ms
  return {
    kind: 'clock_off',
    severity: failures === undefined ? 'warning' : atLeastWarning(severityOf(facts, failures)),
    cause: failures === undefined ? null : 'skew',
    subcause: first,
    issuer: issuer.name,
    from_ms,
    to_ms: failures?.to_ms ?? facts.now_ms,
    incidents: failures?.count ?? 0,
    title: `The clock of issuer ${issuer.name} is wrong${step === undefined ? '' : ` since ${at(step.at_ms)}`}; the hosts agree with each other`,
    why: [
      ...issuer.why,
      ...(failures === undefined
        ? []
        : [`${count(failures.count, 'request')} failed because of that on ${some(failures.others.host)}`]),
    ],
    fix: [
      'Synchronise the issuer: chronyc tracking, then chronyc makestep; on a cluster compare its nodes first',
      'Tokens minted while it was ahead stay refused until time has caught up: have them issued again',
    ],
    links: remedyOf('skew', 'issued_in_future').links,
  }
}

function severityAt(facts: FindingFacts, failures: Gathered): Severity {
  const { host } = failures.at
  return severityOf(facts, failures, host === undefined || host === '' ? Infinity : requestsAt(facts, 'host', host))
}

/** A wrong clock is worth a warning whatever it has done so far. */
function atLeastWarning(severity: Severity): Severity {
  return severity === 'info' ? 'warning' : severity
}

function drifting(facts: FindingFacts, clock: HostClock): Finding {
  const rate =
    clock.drift_ppm === null
      ? ''
      : ` (${clock.drift_ppm > 0 ? '+' : ''}${clock.drift_ppm} ppm, ${seconds(clock.drift_ppm * 0.0864)} a day)`
  return {
    kind: 'clock_drifting',
    severity: 'warning',
    cause: null,
    subcause: null,
    host: clock.host,
    from_ms: clock.from_ms ?? facts.range.from_ms,
    to_ms: clock.to_ms ?? facts.now_ms,
    incidents: 0,
    title: `The clock of ${clock.host} drifts${rate} and will cross its leeway of ${seconds(clock.leeway_s ?? 0)} at ${at(clock.breach_ms!)}`,
    why: clock.why,
    fix: [
      `Synchronise ${clock.host} before then: chronyc tracking shows whether its time service follows a source at all`,
    ],
    links: remedyOf('skew', 'not_yet_valid').links,
  }
}

/** Where so many others agree with the issuer, a host that refuses for a clock is probably the one that is off; count. */
const AGREEING = 2

/** Which way a clock is off by what it refuses. */
const SIDES: Partial<Record<Subcause, 'ahead' | 'behind'>> = {
  fresh_token_expired: 'ahead',
  not_yet_valid: 'behind',
  issued_in_future: 'behind',
}

/** Whose clock it probably is, which way, and who agrees against it; null: nothing speaks for one of the two. */
function suspicion(facts: FindingFacts, failures: Gathered, clock: HostClock | undefined) {
  const { host } = failures.at
  if (host === undefined || host === '' || clock?.kind === 'value') return null
  const [side, ...sides] = new Set(failures.subcauses.map(([subcause]) => SIDES[subcause]))
  const others = facts.clocks.hosts.filter((other) => other.host !== host && other.kind === 'value')
  const [reference, ...references] = new Set(
    clock?.reference == null ? others.map((other) => other.reference) : [clock.reference],
  )
  if (side === undefined || sides.length > 0 || reference == null || references.length > 0) return null
  const known = others.filter((other) => other.reference === reference)
  const agreeing = known.filter((other) => offBy(other) === null).length
  return agreeing < AGREEING || agreeing * 2 <= known.length ? null : { host, side, agreeing, reference }
}

/** Skew failures on a host whose clock is in step, or not known. */
function unexplained(facts: FindingFacts, failures: Gathered, clock?: HostClock): Finding {
  const suspect = suspicion(facts, failures, clock)
  const host = failures.at.host === '' ? undefined : failures.at.host
  const first = failures.subcauses[0]![0]
  const where = host === undefined ? some(failures.others.service) || 'unnamed hosts' : host
  return {
    kind: 'clock_off',
    severity: severityAt(facts, failures),
    cause: 'skew',
    subcause: first,
    ...(host === undefined ? {} : { host }),
    from_ms: failures.from_ms,
    to_ms: failures.to_ms,
    incidents: failures.count,
    title:
      suspect === null
        ? `${count(failures.count, 'request')} failed on ${where} because two clocks disagree; which one, the logs do not show`
        : `The clock of ${suspect.host} is probably ${suspect.side} since ${at(failures.from_ms)} or earlier; by how much is not known`,
    why: [
      ...(suspect === null
        ? []
        : [
            `${count(suspect.agreeing, 'other host')} agree with ${nameOf(suspect.reference)}, and ${count(failures.count, 'request')} failed here because two clocks disagree`,
          ]),
      'no clock is known here well enough to say who is off: records show too few tokens with their instants',
      `first at ${at(failures.from_ms)}, last before ${at(failures.to_ms)}${clients(failures)}`,
    ],
    fix: [
      suspect === null
        ? remedyOf('skew', first as 'not_yet_valid').checks[0]
        : `Compare ${suspect.host} with a clock that is right: chronyc tracking, timedatectl timesync-status; chronyc makestep sets it`,
      'Log iat and exp of accepted tokens too: authtop then measures both clocks',
      leewayFix(failures),
    ],
    links: remedyOf('skew', first as 'not_yet_valid').links,
  }
}

function timeZone(facts: FindingFacts, clock: HostClock, zone_s: number): Finding {
  return {
    kind: 'time_zone',
    severity: 'info',
    cause: null,
    subcause: null,
    host: clock.host,
    from_ms: clock.from_ms ?? facts.range.from_ms,
    to_ms: clock.to_ms ?? facts.now_ms,
    incidents: 0,
    title: `The log stamps of ${clock.host} are ${lead(zone_s * 1000)}: a time zone, not its clock`,
    why: clock.why,
    fix: [
      'Have the software log in UTC or with its offset (RFC 3339)',
      'Or tell authtop the zone of stamps that carry none: authtop collect --tz Europe/Paris …',
    ],
    links: [
      { text: 'RFC 3339 §5.6, date and time with offset', url: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6' },
    ],
  }
}

function timeUnit(facts: FindingFacts, issuer: ClockTable['issuers'][number]): Finding[] {
  const mistakes = issuer.unit_mistakes ?? 0
  if (mistakes === 0) return []
  const converted = issuer.converted === true
  return [
    {
      kind: 'time_unit',
      severity: converted ? 'info' : 'warning',
      cause: null,
      subcause: null,
      issuer: issuer.name,
      from_ms: facts.range.from_ms,
      to_ms: facts.now_ms,
      incidents: 0,
      title: converted
        ? `${count(mistakes, 'record')} about tokens of ${issuer.name} ${mistakes === 1 ? 'shows' : 'show'} their instants in milliseconds`
        : `${count(mistakes, 'token')} of ${issuer.name} came with instants in the wrong unit`,
      why: issuer.why,
      fix: [
        converted
          ? 'Log the claims as the token has them (seconds), or under names that say the unit: iat_ms, exp_ms'
          : 'Write iat, nbf and exp in seconds since 1970: in JavaScript Math.floor(Date.now() / 1000)',
      ],
      links: [{ text: 'RFC 7519 §2, NumericDate', url: 'https://www.rfc-editor.org/rfc/rfc7519#section-2' }],
    },
  ]
}

/**
 * The step that brought it there; else when it crossed the leeway; else the first failure; else the first evidence.
 * A step the other way is somebody putting it right: what is left of the error is older.
 */
function sinceOf(clock: HostClock, off_s: number, failures: Gathered | undefined): { from_ms: number; words: string } {
  const step = clock.steps.findLast(({ by_s }) => by_s > 0 === off_s > 0)
  if (step !== undefined) {
    // On the reference's clock: the host's own was right on one side of the step at most, and is read in its middle.
    const from_ms = Math.round(step.at_ms + 1_000 * (step.by_s / 2 - (clock.offset_s ?? step.by_s)))
    return { from_ms, words: `since it was set ${step.by_s > 0 ? 'forward' : 'back'} at ${at(from_ms)}` }
  }
  if (clock.drift_ppm !== null && clock.breach_ms !== null && clock.breach_ms < (clock.to_ms ?? Infinity))
    return { from_ms: clock.breach_ms, words: `and drifts; beyond its leeway since ${at(clock.breach_ms)}` }
  const from_ms = Math.min(failures?.from_ms ?? Infinity, clock.from_ms ?? Infinity)
  return { from_ms, words: `since ${at(from_ms)} or earlier` }
}

function clients({ others }: Gathered): string {
  return others.client_id.length === 0 ? '' : `; clients: ${some(others.client_id)}`
}

function nameOf(reference: string | null): string {
  return reference === null ? 'the others' : reference.replace(/^(issuer|host) /, '')
}
