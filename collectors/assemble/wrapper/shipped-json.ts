/**
 * What log shippers put around a line that has a layout of its own (JSON, logfmt, a stamp in front): Fluent Bit and Fluentd
 * (`{"log":"…","kubernetes":{…},"@timestamp":…}`), CloudWatch Logs events (`{"timestamp":…,"message":"…","ingestionTime":…}`) and
 * Google Cloud's `textPayload`. A bare sentence inside is left to the formats, which read these objects as records of their own.
 * https://docs.fluentbit.io/manual/pipeline/filters/kubernetes ;
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_OutputLogEvent.html ;
 * https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
 */
import type { Envelope } from '../../../src/core/log-record.ts'
import { parseEpoch, parseIso } from '../../decode/stamp.ts'
import type { Peel } from '../peeled-line.ts'
import { entryOf, type JsonEntry, objectOf } from './json-entry.ts'

/** How these objects begin; other JSON is told apart by its first name. */
const BEGINNING =
  /^\{"(?:log|id|timestamp|message|eventId|logStream(?:Name)?|logGroup(?:Name)?|insertId|textPayload|date|@timestamp)":/
const SHIPPED = /"(?:ingestionTime|logStreamName|logStream|textPayload|kubernetes)":|^\{"id":"\d{40,60}",/
/**
 * The line inside has a layout of its own: an object, pairs with a level or a time, lograge's, a stamp or a level in front; or it goes on
 * with a stack trace that another line began.
 */
const STRUCTURED =
  /^\s*\{[\s\S]*\}\s*$|(?:^|\s)(?:level|lvl|severity|time|ts)=\S|^method=[A-Z]{3,7} path=\S|^\W{0,2}(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|\d\d:\d\d:\d\d[,.]\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |[IWEF]\d{4} \d\d:\d\d:)|^(?:https?|h2|wss?|grpcs) \d{4}-\d\d-\d\dT|^[^[\n]{3,200} \[\d\d\/[A-Z][a-z]{2}\/\d{4}:|^(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL)[\s:[]|^\s{1,8}at \S|^Caused by: |^\s{1,8}\.{3} \d/

/** Google Cloud's name of a trace. */
const TRACE = /\/traces\/([0-9a-f]{32})$/

/** A cheap look. */
export function isShipped(line: string): boolean {
  return BEGINNING.test(line) && SHIPPED.test(line)
}

export const peelShipped: Peel = (line, { zone }) => {
  if (!isShipped(line)) return null
  const entry = entryOf(line)
  if (entry === null) return null
  const inner = [entry.log, entry.textPayload, entry.message].find((text) => typeof text === 'string') as
    | string
    | undefined
  if (inner === undefined || !STRUCTURED.test(inner)) return null
  const envelope: Envelope = { wrapper: 'shipped', ...stampOf(entry, zone) }
  const trace = TRACE.exec(String(entry.trace ?? ''))?.[1]
  if (trace !== undefined) envelope.trace_id = trace
  const pod = objectOf(entry.kubernetes)
  const labels = objectOf(objectOf(entry.resource).labels)
  const service = pod.container_name ?? labels.container_name
  const host = pod.host ?? labels.pod_name
  if (typeof service === 'string') envelope.service = service
  if (typeof host === 'string') envelope.host = host
  const origin = [entry.logStreamName, entry.logStream, pod.pod_name, labels.pod_name].find(
    (x) => typeof x === 'string',
  )
  return { text: inner.replace(/\r?\n$/, ''), envelope, partial: false, origin: String(origin ?? '') }
}

function stampOf(
  entry: JsonEntry,
  zone: Parameters<typeof parseIso>[1],
): Pick<Envelope, 'logged_writer_ms' | 'logged_resolution_ms'> {
  const stated = entry['@timestamp'] ?? entry.timestamp ?? entry.time ?? entry.date
  const stamp = typeof stated === 'string' ? parseIso(stated, zone) : parseEpoch(stated)
  return stamp === null ? {} : { logged_writer_ms: stamp.ms, logged_resolution_ms: stamp.resolution }
}
