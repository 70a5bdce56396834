/**
 * Do a record and an incident speak of the same failed request? One question, one function, with the reason in its name.
 *
 * One request leaves at most one record of each signature in each stream (unless they share its request id), so a second
 * one is a second request; that rule keeps counts right even where nothing but time joins two records.
 * Ids that are unique by themselves (UUIDs, trace ids) join across hosts whose clocks disagree by hours; counters such as
 * `req-1` start anew with each process and join only within one host and a few seconds.
 */
import type { Incident, Observation } from '../../core/incident.ts'
import { isBare, type Sighting } from './sighting.ts'

export type JoinReason = 'request_id' | 'trace_id' | 'token' | 'same_place' | 'status_line'

/** Two records of one request share an id but their hosts' clocks may be off by a wrong zone and a day's shift; ms. */
export const UNIQUE_ID_WINDOW_MS = 26 * 3_600_000
/** A counter-like request id is reused after a restart; ms. */
export const COUNTER_ID_WINDOW_MS = 10_000
/** The same token may be refused again by the next request: only records this close are the same refusal; ms. */
export const TOKEN_WINDOW_MS = 2_000
/** Status line and reason are written at the start and the end of one request; access logs have whole seconds; ms. */
export const STATUS_WINDOW_MS = 2_000
/** Two lines of one process about one refusal follow each other at once; ms. */
export const SAME_PLACE_WINDOW_MS = 250

export interface Known {
  incident: Omit<Incident, 'id' | 'observations'>
  spoken: readonly Pick<Observation, 'stream' | 'signature' | 'offset'>[]
}

export function sameRequest(sighting: Sighting, known: Known): JoinReason | null {
  const { event } = sighting
  const { incident, spoken } = known
  const { stream, offset } = event.position
  if (spoken.some((s) => s.stream === stream && s.offset === offset)) return 'same_place'
  const apart = apartness(sighting, known)
  const sameHost = event.host === undefined || incident.host === undefined || event.host === incident.host
  const inStream = spoken.some((s) => s.stream === stream)
  const idsEqual = event.request_id !== undefined && event.request_id === incident.request_id

  if (idsEqual && isUniqueId(event.request_id!) && apart <= UNIQUE_ID_WINDOW_MS) return 'request_id'
  if (idsEqual && apart <= COUNTER_ID_WINDOW_MS && (inStream || sameHost)) return 'request_id'
  if (differ(event.token, incident.token) || differ(event.trace_id, incident.trace_id)) return null
  if (inStream && differ(event.request_id, incident.request_id)) return null
  if (spoken.some((s) => s.stream === stream && s.signature === event.signature)) return null
  if (differ(event.subject, incident.subject)) return null

  if (event.trace_id !== undefined && event.trace_id === incident.trace_id && apart <= UNIQUE_ID_WINDOW_MS)
    return 'trace_id'
  if (event.token !== undefined && event.token === incident.token && sameHost && apart <= TOKEN_WINDOW_MS)
    return 'token'

  if (differ(event.http_path, incident.http_path) || differ(event.http_method, incident.http_method)) return null
  // Two records that both state a reason are two refusals, however close: a burst of expired tokens is many requests.
  const bare = isBare(event.specificity) || isBare(incident.specificity)
  if (!bare) return null
  if (inStream) return sameHost && apart <= SAME_PLACE_WINDOW_MS ? 'same_place' : null
  if (apart > STATUS_WINDOW_MS) return null
  if (differ(event.http_status, incident.http_status)) return null
  return SHARED_PLACE.some((field) => event[field] !== undefined && event[field] === incident[field])
    ? 'status_line'
    : null
}

/** Least time that can lie between the two, their stamps being rounded down; ms. */
export function apartness({ event, time_ms }: Sighting, { incident }: Known): number {
  // An incident keeps no resolution; a stamp on the whole second is most likely one of a whole-second log.
  const theirs = isBare(incident.specificity) && incident.time_ms % 1000 === 0 ? 1000 : 1
  const ours = Math.max(event.time_resolution_ms ?? 1, 1)
  return Math.max(0, time_ms - (incident.time_ms + theirs - 1), incident.time_ms - (time_ms + ours - 1))
}

/** One of these must be stated by both a status line and a reason; Apache's error log names the client and no path. */
const SHARED_PLACE = ['http_path', 'host', 'client_address'] as const

/** Long enough, and mixed enough, not to be a counter. */
function isUniqueId(id: string): boolean {
  return id.length >= 16 || (id.length >= 12 && /[a-z]/i.test(id) && /\d/.test(id))
}

function differ<T>(a: T | undefined, b: T | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b
}
