/**
 * Rows of the exporter's tables as the OTLP they were made of, so that they go the way of all telemetry. Columns are those of
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/clickhouseexporter: attributes were flattened to texts
 * there, so numbers that conventions want as numbers are made numbers again.
 */

/** As JSONEachRow gives it; 64-bit integers are texts. */
export type TableRow = Readonly<Record<string, unknown>>

interface Resource {
  key: string
  attributes: object[]
  scope: { name: string; version: string }
  records: object[]
}

/** Numbers by the semantic conventions for HTTP, RPC and networks, old names too. */
const NUMBERS: ReadonlySet<string> = new Set([
  'http.response.status_code',
  'http.status_code',
  'rpc.grpc.status_code',
  'server.port',
  'net.host.port',
  'net.peer.port',
  'client.port',
  'code.lineno',
  'code.line.number',
])

/** An export request of log records. */
export function logsRequest(rows: readonly TableRow[]): string {
  const resourceLogs = grouped(rows, (row) => ({
    timeUnixNano: textOf(row.ns),
    observedTimeUnixNano: textOf(row.ns),
    severityText: textOf(row.SeverityText),
    severityNumber: Number(row.SeverityNumber ?? 0),
    body: { stringValue: textOf(row.Body) },
    attributes: attributesOf(row.LogAttributes),
    traceId: textOf(row.TraceId),
    spanId: textOf(row.SpanId),
    eventName: textOf(row.EventName),
  })).map(({ attributes, scope, records }) => ({
    resource: { attributes },
    scopeLogs: [{ scope, logRecords: records }],
  }))
  return JSON.stringify({ resourceLogs })
}

/** An export request of spans. */
export function tracesRequest(rows: readonly TableRow[]): string {
  const resourceSpans = grouped(rows, (row) => ({
    traceId: textOf(row.TraceId),
    spanId: textOf(row.SpanId),
    parentSpanId: textOf(row.ParentSpanId),
    name: textOf(row.SpanName),
    kind: placeOf(KINDS, row.SpanKind),
    startTimeUnixNano: textOf(row.ns),
    endTimeUnixNano: String(BigInt(textOf(row.ns) || '0') + BigInt(textOf(row.Duration) || '0')),
    attributes: attributesOf(row.SpanAttributes),
    events: eventsOf(row),
    status: { code: placeOf(STATUSES, row.StatusCode), message: textOf(row.StatusMessage) },
  })).map(({ attributes, scope, records }) => ({
    resource: { attributes },
    scopeSpans: [{ scope, spans: records }],
  }))
  return JSON.stringify({ resourceSpans })
}

/** Neighbours of one resource and scope share them. */
function grouped(rows: readonly TableRow[], toRecord: (row: TableRow) => object): Resource[] {
  const resources: Resource[] = []
  for (const row of rows) {
    const scope = { name: textOf(row.ScopeName), version: textOf(row.ScopeVersion) }
    const key = JSON.stringify([row.ServiceName, row.ResourceAttributes, scope])
    let last = resources.at(-1)
    if (last?.key !== key) {
      last = { key, attributes: resourceOf(row), scope, records: [] }
      resources.push(last)
    }
    last.records.push(toRecord(row))
  }
  return resources
}

function resourceOf(row: TableRow): object[] {
  const attributes = attributesOf(row.ResourceAttributes)
  const service = textOf(row.ServiceName)
  const named = attributes.some((one) => (one as { key: string }).key === 'service.name')
  return named || service === ''
    ? attributes
    : [...attributes, { key: 'service.name', value: { stringValue: service } }]
}

function attributesOf(map: unknown): object[] {
  if (typeof map !== 'object' || map === null) return []
  return Object.entries(map).map(([key, value]) => {
    const text = textOf(value)
    return { key, value: NUMBERS.has(key) && /^\d{1,15}$/.test(text) ? { intValue: text } : { stringValue: text } }
  })
}

function eventsOf(row: TableRow): object[] {
  const names = row['Events.Name']
  const attributes = row['Events.Attributes']
  if (!Array.isArray(names)) return []
  return names.map((name, i) => ({
    name: textOf(name),
    attributes: attributesOf(Array.isArray(attributes) ? attributes[i] : {}),
  }))
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const STATUSES = ['unset', 'ok', 'error']

/** `SPAN_KIND_SERVER` of old exporters and `Server` of new ones. */
function placeOf(names: readonly string[], word: unknown): number {
  const plain = textOf(word).toLowerCase()
  return Math.max(
    0,
    names.findIndex((name) => plain === name || plain.endsWith(`_${name}`)),
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value)
}
