/**
 * Do two incidents, or a record and an incident, speak of the same failed request? One question, one function, with the
 * reason in its name.
 *
 * One request leaves at most one record of each signature in each stream (unless they share its request id), so a second
 * one is a second request; that rule keeps counts right even where nothing but time joins two records.
 * Ids that are unique by themselves (UUIDs, trace ids) join across hosts whose clocks disagree by hours; counters such as
 * `req-1` start anew with each process and join only within one host and a few seconds. Where time decides, what is known
 * of the two hosts' clocks is taken off first.
 */
import type { ClockLookup } from '../../core/clock-lookup.ts'
import { apartness, type Known, STATUS_WINDOW_MS } from './distance.ts'
import { namesService } from './names-service.ts'
import { isBare } from './sighting.ts'
import type { Told } from './tell.ts'

export type JoinReason =
  | 'same_record'
  | 'request_id'
  | 'trace_id'
  | 'token'
  | 'same_place'
  | 'status_line'
  | 'same_side'
  | 'grant_and_time'
  | 'named_path'
  | 'status_and_time'
  | 'time'

/** Two records of one request share an id but their hosts' clocks may be off by a wrong zone and a day's shift; ms. */
export const UNIQUE_ID_WINDOW_MS = 26 * 3_600_000
/** One process says the same of one request again and again for so long at most: what repeats for longer is no request's id; ms. */
const REPEATED_ID_MS = 60_000
/** A counter-like request id is reused after a restart; ms. */
const COUNTER_ID_WINDOW_MS = 10_000
/** The same token may be refused again by the next request: only records this close are the same refusal; ms. */
const TOKEN_WINDOW_MS = 2_000
/** Two lines of one process about one refusal follow each other at once; ms. */
const SAME_PLACE_WINDOW_MS = 250
/** Where nothing but time ties a gateway's line to a service's: it is written right after the answer; ms. */
const TIME_ALONE_MS = 1_000
/** A client writes its line about a refused grant right after the issuer's; ms. */
const GRANT_WINDOW_MS = 1_500
/** Within one trace a client may try again; the second try of the same step is another request; ms. */
const TRACE_RETRY_MS = 2_000

/** What costs least to ask is asked first: most pairs have nothing to do with each other. */
export function sameRequest(a: Known, b: Known, clocks: ClockLookup): JoinReason | null {
  const { incident: one } = a
  const { incident: two } = b
  if (shareRecord(a, b)) return 'same_record'
  const sameHost = one.host === undefined || two.host === undefined || one.host === two.host
  const shared = sharedId(one, two)
  if (shared !== undefined) {
    const apart = apartness(a, b, clocks)
    if (isUniqueId(shared) && apart <= UNIQUE_ID_WINDOW_MS && !repeatsForLong(a, b)) return 'request_id'
    if (apart <= COUNTER_ID_WINDOW_MS && (sameHost || shareStream(a, b))) return 'request_id'
  }
  if (differ(one.token, two.token) || differ(one.token_id, two.token_id)) return null
  if (differ(one.trace_id, two.trace_id) || differ(one.subject, two.subject)) return null

  const bothReason = saysWhy(one) && saysWhy(two)
  const sameTrace = same(one.trace_id, two.trace_id)
  const sameToken = same(one.token, two.token) || same(one.token_id, two.token_id)
  if (!sameTrace && !sameToken) {
    if (bothReason && sameHost) return null
    if (differ(one.http_path, two.http_path) || differ(one.http_status, two.http_status)) return null
    if (!sameHost && differ(one.client_id, two.client_id)) return null
  }
  if (!sameTrace && shared === undefined && !bothReason && !mayBeOneStep(one, two)) return null
  const inStream = shareStream(a, b)
  if (inStream && (differ(one.request_id, two.request_id) || repeatSignature(a, b))) return null
  const apart = apartness(a, b, clocks)
  if (sameTrace && apart <= UNIQUE_ID_WINDOW_MS) {
    const retried = bothReason && one.host !== undefined && one.host === two.host && apart > TRACE_RETRY_MS
    return retried ? null : 'trace_id'
  }
  if (numberedAlike(one.request_id, two.request_id)) return null
  if (sameToken && apart <= TOKEN_WINDOW_MS && (sameHost || same(one.http_path, two.http_path))) return 'token'

  if (differ(one.http_path, two.http_path) || differ(one.http_method, two.http_method)) return null
  if (apart > STATUS_WINDOW_MS || differ(one.http_status, two.http_status)) return null
  if (!sameHost && differ(one.client_id, two.client_id)) return null
  // Two records that both state a reason are two refusals, however close: a burst of expired tokens is many requests.
  // Unless one is the caller's own word for what the other host did: another service, same client, path and reason.
  if (!sameHost && isGrant(one) && isGrant(two) && alike(one, two)) {
    if (apart > GRANT_WINDOW_MS) return null
    // A client that the issuer does not know is not named in its log.
    return same(one.client_id, two.client_id) ? 'status_line' : 'grant_and_time'
  }
  if (bothReason) return !sameHost && isCallersWord(one, two) ? 'status_line' : null
  if (inStream) return sameHost && apart <= SAME_PLACE_WINDOW_MS ? 'same_place' : null
  // Two gateways that share the load write alike lines about different requests.
  if (!saysWhy(one) && !saysWhy(two) && !sameHost) {
    const alikeLines = same(one.http_path, two.http_path) && !differ(one.client_address, two.client_address)
    return alikeLines ? 'status_line' : null
  }
  if (same(one.http_path, two.http_path)) return 'status_line'
  if (shareHost(a, b)) return 'same_side'
  // Apache's error log names the client and no path.
  return sameHost && same(one.client_address, two.client_address) ? 'same_side' : null
}

/** A token request's refusal is no answer to a call of an API, and 403 answers neither it nor an outage (RFC 6749 §5.2). */
function mayBeOneStep(one: Told, two: Told): boolean {
  const [line, reason] = saysWhy(one) ? [two, one] : [one, two]
  if (!saysWhy(reason) || line.http_path === undefined) return true
  const outage = reason.reported_cause === 'outage'
  if (line.http_status === 403 && (outage || isGrant(reason))) return false
  if (!isGrant(reason) || isGrant(line) || TOKEN_PATH.test(line.http_path)) return true
  // A resource server that asks its issuer about a token names no client; a caller does, of its own requests.
  return outage && reason.client_id === undefined
}

/** Where token endpoints are found; see the pack `http-status`. */
const TOKEN_PATH = /token|oauth|oidc|connect|revo[ck]|introspect|device/i

/** One of the same record: read twice, or joined already. */
function shareRecord(a: Known, b: Known): boolean {
  for (const s of a.spoken) for (const t of b.spoken) if (s.offset === t.offset && s.stream === t.stream) return true
  return false
}

function shareStream(a: Known, b: Known): boolean {
  for (const s of a.spoken) for (const t of b.spoken) if (s.stream === t.stream) return true
  return false
}

function shareHost(a: Known, b: Known): boolean {
  for (const s of a.spoken) if (s.host !== undefined) for (const t of b.spoken) if (s.host === t.host) return true
  return false
}

/** One request leaves at most one record of each signature in a stream. */
function repeatSignature(a: Known, b: Known): boolean {
  for (const s of a.spoken)
    for (const t of b.spoken) if (s.signature === t.signature && s.stream === t.stream) return true
  return false
}

function repeatsForLong(a: Known, b: Known): boolean {
  let least = Infinity
  for (const s of a.spoken)
    for (const t of b.spoken)
      if (s.signature === t.signature && s.stream === t.stream) least = Math.min(least, Math.abs(s.time_ms - t.time_ms))
  return Number.isFinite(least) && least > REPEATED_ID_MS
}

function sharedId(one: Told, two: Told): string | undefined {
  if (one.other_request_ids === undefined && two.other_request_ids === undefined)
    return one.request_id === two.request_id ? one.request_id : undefined
  const ids = requestIds(one)
  return ids.length === 0 ? undefined : requestIds(two).find((id) => ids.includes(id))
}

/**
 * Asked when everything else is joined: a gateway's line and a service's reason with nothing in common but time. The
 * weakest of reasons, so it is asked for only when all there is to know has been read.
 */
export function perhapsSameRequest(a: Known, b: Known, clocks: ClockLookup): JoinReason | null {
  const [bare, told] = saysWhy(a.incident) ? [b, a] : [a, b]
  const { incident: line } = bare
  const { incident: reason } = told
  if (!isBare(line.specificity) || !saysWhy(reason) || line.host === undefined || reason.host === undefined) return null
  if (!mayBeAnsweredBy(line, reason) || !mayBeOneStep(line, reason)) return null
  const hosts = new Set(told.spoken.map(({ host }) => host))
  if (bare.spoken.some(({ host }) => hosts.has(host))) return null
  // One gateway's line is enough, unless it is the caller itself that speaks of the same failure.
  if (hosts.size > 1 && !same(line.client_id, reason.client_id)) return null
  if (bare.spoken.some((s) => told.spoken.some((t) => s.stream === t.stream))) return null
  if (apartness(a, b, clocks) > TIME_ALONE_MS) return null
  const usual = usuallyAnswers(line.http_status!, reason)
  const named = line.http_path !== undefined && isNamed(line.http_path, reason)
  // Who could not reach its issuer answers 401 or 503, and a gateway's 503 is seldom told: a 401 is rather another's.
  if (reason.reported_cause === 'outage') return named && usual ? 'named_path' : 'time'
  if (!usual) return 'time'
  return named ? 'named_path' : 'status_and_time'
}

/** Does the path name who said it, by its service or by its host? */
export function isNamed(path: string, { service, host }: Pick<Told, 'service' | 'host'>): boolean {
  return (service !== undefined && namesService(path, service)) || (host !== undefined && namesService(path, host))
}

/** Leaving time aside: could this bare line be the answer that was given for that reason? */
export function mayBeAnsweredBy(line: Told, reason: Told): boolean {
  if (line.http_status === undefined || IDENTITIES.some((field) => differ(line[field], reason[field]))) return false
  return !numberedAlike(line.request_id, reason.request_id) && mayAnswer(line.http_status, reason)
}

/** Both state one of these: two requests, unless they are equal. */
const IDENTITIES = [
  'client_id',
  'token',
  'token_id',
  'trace_id',
  'subject',
  'http_status',
  'http_path',
  'http_method',
] as const

/** A record that only says that it failed, at whatever length, says no reason. */
export function saysWhy({ specificity, reported_cause }: Told): boolean {
  return !isBare(specificity) && reported_cause !== 'unknown'
}

const isGrant = ({ kind }: Told): boolean => kind === 'issuance' || kind === 'refresh'

const alike = (one: Told, two: Told): boolean =>
  one.reported_cause === two.reported_cause || one.reported_cause === 'unknown' || two.reported_cause === 'unknown'

/** Could a service answer with this status for that reason? Some frameworks have their own ideas of 401 and 403. */
function mayAnswer(status: number, { reported_cause, kind }: Told): boolean {
  if (status >= 500) return reported_cause === 'outage'
  return kind === 'validation' || kind === 'introspection' ? status === 401 || status === 403 : status < 500
}

/** Is that the status by which this refusal is told? */
export function answeredWith401({ kind, reported_cause, reported_subcause }: Told): boolean {
  if (kind !== 'validation' && kind !== 'introspection') return false
  return reported_cause !== 'outage' && reported_subcause !== 'insufficient_scope'
}

/** RFC 6750 §3.1: 403 is for a good token that does not suffice, 401 for all others. */
function usuallyAnswers(status: number, { reported_subcause }: Told): boolean {
  return (status === 403) === (reported_subcause === 'insufficient_scope')
}

function isCallersWord(one: Told, two: Told): boolean {
  return (
    differ(one.service, two.service) &&
    same(one.client_id, two.client_id) &&
    same(one.http_path, two.http_path) &&
    one.reported_cause === two.reported_cause
  )
}

function requestIds({ request_id, other_request_ids }: Told): readonly string[] {
  if (request_id === undefined) return other_request_ids ?? []
  return other_request_ids === undefined ? [request_id] : [request_id, ...other_request_ids]
}

/** Long enough, and mixed enough, not to be a counter. */
function isUniqueId(id: string): boolean {
  return id.length >= 16 || (id.length >= 12 && /[a-z]/i.test(id) && /\d/.test(id))
}

/** Two different ids of one make were given by one counter: they are two requests, whoever wrote the records. */
function numberedAlike(one: string | undefined, two: string | undefined): boolean {
  if (one === undefined || two === undefined || one === two) return false
  return isUniqueId(one) && isUniqueId(two) && shapeOf(one) === shapeOf(two)
}

function shapeOf(id: string): string {
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(id)) return 'uuid'
  return /^[0-9a-f]+$/i.test(id) ? `hex${id.length}` : `other${id.length}`
}

function differ<T>(a: T | undefined, b: T | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b
}

function same<T>(a: T | undefined, b: T | undefined): boolean {
  return a !== undefined && a === b
}
