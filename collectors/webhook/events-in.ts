/**
 * The single events in what identity providers push, however many they put into one body:
 *   Auth0 log streams      an array, one object, or one object a line (https://auth0.com/docs/customize/log-streams/custom-log-streams)
 *   Okta event hooks       `data.events` (https://developer.okta.com/docs/concepts/event-hooks/)
 *   Entra, Azure Monitor   `records`, as Event Hubs gets them; Event Grid and CloudEvents around that: `data`
 *   Keycloak listeners     one event
 *   Kubernetes audit       `items` (https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#webhook-backend)
 * What the events mean is for the formats; nothing is left out or renamed here.
 */
import { jsonProblem } from '../push/json-problem.ts'

/** Values of one body; an audit batch has some tens of thousands. */
const JSON_LIMITS = { nodes: 400_000, depth: 40 }
/** Events of one body; Event Hubs batches stay under a few thousand. */
const EVENTS_LIMIT = 20_000
/** Wrappers around wrappers. */
const WRAPPERS_LIMIT = 4

export class MalformedEvents extends Error {}

/** Each event as the text of one record. @throws MalformedEvents when it is no JSON, or too much of it. */
export function eventsIn(body: Uint8Array): string[] {
  const problem = jsonProblem(body, JSON_LIMITS)
  if (problem !== null) throw new MalformedEvents(problem)
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8').trim()
  if (text === '') return []
  const events: string[] = []
  for (const value of valuesOf(text)) gather(value, events, 0)
  return events
}

function valuesOf(text: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    // One value a line.
  }
  try {
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as unknown)
  } catch {
    throw new MalformedEvents('the body is neither JSON nor one JSON value a line')
  }
}

function gather(value: unknown, into: string[], depth: number): void {
  if (into.length >= EVENTS_LIMIT) throw new MalformedEvents(`more than ${EVENTS_LIMIT} events`)
  if (Array.isArray(value)) {
    if (depth >= WRAPPERS_LIMIT) throw new MalformedEvents('lists within lists')
    for (const element of value) gather(element, into, depth + 1)
    return
  }
  if (typeof value !== 'object' || value === null) throw new MalformedEvents('an event is no object')
  const inside = depth < WRAPPERS_LIMIT ? insideOf(value as Readonly<Record<string, unknown>>) : undefined
  if (inside === undefined) into.push(JSON.stringify(value))
  else gather(inside, into, depth + 1)
}

function isBare(item: unknown): boolean {
  return typeof item === 'object' && item !== null && !('apiVersion' in item)
}

/** What a wrapper holds; undefined for an event. */
function insideOf(value: Readonly<Record<string, unknown>>): unknown {
  const { records, items, data, kind, apiVersion } = value
  if (Array.isArray(records)) return records
  // Items of a Kubernetes list leave out what the list says of all.
  if (Array.isArray(items) && kind === 'EventList')
    return items.map((item) => (isBare(item) ? { kind: 'Event', apiVersion, ...item } : item))
  if (typeof data !== 'object' || data === null) return undefined
  const { events } = data as { events?: unknown }
  if (Array.isArray(events)) return events
  // Event Grid's schema and CloudEvents 1.0: the event proper is their data. Auth0's `data` has no such neighbours.
  return value.specversion !== undefined || value.eventType !== undefined ? data : undefined
}
