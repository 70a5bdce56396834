/**
 * Events that were written as a list: what a provider's API or export gives (`[{…},{…}]`), and the batches that services put
 * into files and streams. Every event is a record of its own, its text exactly as it stands in the list.
 *   CloudTrail's files       {"Records":[…]}   https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 *   `lookup-events`          {"Events":[{"CloudTrailEvent":"…"}]}   https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 *   Azure Event Hubs         {"records":[…]}   https://learn.microsoft.com/azure/azure-monitor/essentials/stream-monitoring-data-event-hubs
 *   Microsoft Graph          {"@odata.context":"…","value":[…]}   https://learn.microsoft.com/graph/api/signin-list
 *   Auth0's Management API   {"start":0,"limit":50,"length":50,"logs":[…]}   https://auth0.com/docs/api/management/v2/logs/get-logs
 *   CloudWatch subscriptions {"messageType":"DATA_MESSAGE",…,"logEvents":[…]}   https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 *   Firehose                 objects with nothing between them
 * Pretty-printed lists are the assembler's affair: it cuts them element by element.
 */

/** What may stand before the list: a few plain facts about it. */
const FACTS = String.raw`(?:\s{0,40}"[@.\w-]{1,40}"\s{0,9}:\s{0,9}(?:"[^"\\]{0,2000}"|\d{1,15}|\[(?:"[^"\\]{0,500}",?){0,9}\])\s{0,9},){0,8}`
const NAMES = String.raw`\s{0,40}"(?:[Rr]ecords|Events|value|logs|logEvents)"\s{0,9}:\s{0,9}`
const BEGINNING = new RegExp(String.raw`^(?:\[|\{${FACTS}${NAMES}\[)\s{0,40}(?=\{)`)
/** Names that many records have at their beginning too: only behind what such a list says of itself. */
const TOLD = /^\{\s{0,40}"(?:[Rr]ecords|Events|@odata\.\w{1,20}|start|limit|length|total|NextToken|messageType|owner)"/
const PRETTY_HEAD = new RegExp(String.raw`^\{${FACTS}$`)
const PRETTY_LIST = new RegExp(String.raw`^${NAMES}\[\s{0,9}(\{?)\s{0,9}$`)

/** One of the entries of `lookup-events`, as a pretty-printed list is cut into. */
const TRAIL_ENTRY = /^\{\s{0,40}"EventId"\s{0,9}:/
/** As much of a text's end as tells what follows a list; characters. */
const TELLING_END = 32
const NEXT_BATCH = /^\s{0,9}\]\s{0,9}\}\s{0,9}\{/
const REST_OF_LIST = /^[\s,\]}]{0,64}$/

/** Events of one list; a CloudTrail file has some ten thousand at most. What is over is left out. */
const EVENTS_LIMIT = 100_000
/** Characters that tell a list. */
const TELLING = 4_096

/** A cheap look at how a text begins: may it hold several events? */
export function beginsAsList(text: string): boolean {
  const c = text.charCodeAt(0)
  if (c !== 91 && c !== 123) return false
  const beginning = text.length > TELLING ? text.slice(0, TELLING) : text
  return (c === 91 || TOLD.test(beginning)) && BEGINNING.test(beginning)
}

/** Each event of a list as the text of one record; null for any other text. Of a list that was cut, the whole ones. */
export function eventsOfList(text: string): string[] | null {
  if (TRAIL_ENTRY.test(text)) {
    const event = trailEventOf(text)
    return event === text ? null : [event]
  }
  if (!beginsAsList(text)) return mayBeJoined(text) ? joinedObjects(text) : null
  const head = BEGINNING.exec(text)![0]
  const { objects, end } = objectsFrom(text, head.length)
  // Firehose puts one batch behind the other as well.
  if (head.startsWith('{') && NEXT_BATCH.test(text.slice(end, end + TELLING_END)))
    return joinedObjects(text)?.flatMap((batch) => eventsOfList(batch) ?? [batch]) ?? null
  if (objects.length === 0 || (head.startsWith('[') && !/^(?:\s{0,40}\]\s{0,40})?$/.test(text.slice(end)))) return null
  if (head.includes('"Events"')) return objects.map(trailEventOf)
  if (!head.includes('"logEvents"')) return objects
  // The group is what the log is of; CloudWatch's own exports write it at each event.
  const group = /"logGroup"\s{0,9}:\s{0,9}"[^"\\]{0,600}"/.exec(head)?.[0]
  return group === undefined ? objects : objects.map((object) => `{${group},${object.slice(1)}`)
}

/** A line of a pretty-printed object behind which its list begins: how many of its last characters are the first event's. */
export function opensList(before: string, line: string): number | null {
  const opening = PRETTY_LIST.exec(line)
  if (opening === null || before.length > TELLING) return null
  const head = `${before.trimEnd()}`
  if (!PRETTY_HEAD.test(head) || !TOLD.test(`${head}${line}`)) return null
  return opening[1] === '{' ? line.length - line.lastIndexOf('{') : 0
}

/** Several objects in one text, or one and what is left of the list around it. Asked of every line of JSON. */
function mayBeJoined(text: string): boolean {
  return text.charCodeAt(0) === 123 && (endsAsElement(text) || text.includes('}{"'))
}

/** Ends with a comma, a bracket, or a bracket and a brace. */
function endsAsElement(text: string): boolean {
  let at = beforeBlanks(text, text.length - 1)
  const last = text.charCodeAt(at)
  if (last !== 125) return last === 44 || last === 93
  at = beforeBlanks(text, at - 1)
  return text.charCodeAt(at) === 93
}

function beforeBlanks(text: string, at: number): number {
  while (at > 0 && text.charCodeAt(at) <= 32) at--
  return at
}

/** The objects of such a text; null when it is one object and nothing else. */
function joinedObjects(text: string): string[] | null {
  const { objects, end } = objectsFrom(text, 0)
  const rest = text.slice(end)
  return objects.length > 0 && objects[0]!.length < text.length && REST_OF_LIST.test(rest) ? objects : null
}

/** `lookup-events` writes the event as a text within what it says about it. */
function trailEventOf(object: string): string {
  try {
    const { CloudTrailEvent: event } = JSON.parse(object.replace(/[\s,\]]{1,64}$/, '')) as { CloudTrailEvent?: unknown }
    return typeof event === 'string' ? event : object
  } catch {
    return object
  }
}

/** The whole objects that follow one another from `at` on, and where they end. */
function objectsFrom(text: string, at: number): { objects: string[]; end: number } {
  const objects: string[] = []
  let start = at
  while (text.charCodeAt(start) === 123 && objects.length < EVENTS_LIMIT) {
    const end = endOfObject(text, start)
    if (end < 0) return { objects, end: text.length }
    objects.push(text.slice(start, end))
    at = end
    start = end
    while (isBetween(text.charCodeAt(start))) start++
  }
  return { objects, end: at }
}

function isBetween(c: number): boolean {
  return c === 44 || c === 32 || c === 10 || c === 13 || c === 9
}

/** Just behind the brace that closes the one at `start`; −1 when none does. */
function endOfObject(text: string, start: number): number {
  let open = 0
  for (let i = start; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 34) {
      i = endOfString(text, i)
      if (i < 0) return -1
    } else if (c === 123) open++
    else if (c === 125 && --open === 0) return i + 1
  }
  return -1
}

/** The quote that closes the one at `start`; −1 when none does. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === 92) slashes++
    if (slashes % 2 === 0) return at
  }
  return -1
}
