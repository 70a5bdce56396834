/** The fuzz targets: every decoder that reads what strangers wrote. A new decoder is one entry here. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { RecordAssembler } from '../../collectors/assemble/assembler.ts'
import { unwrapRecord } from '../../collectors/assemble/unwrap.ts'
import { openFileSource } from '../../collectors/file/file-source.ts'
import { readRequest } from '../../collectors/otlp/read-request.ts'
import { MalformedTelemetry } from '../../collectors/otlp/telemetry.ts'
import { SyslogFrames } from '../../collectors/syslog/frames.ts'
import { eventsIn, MalformedEvents } from '../../collectors/webhook/events-in.ts'
import { toPrintable } from '../../dashboards/terminal/printable.ts'
import { Classifier } from '../../src/app/classifier.ts'
import { parseConfig } from '../../src/app/config/config.ts'
import { ConfigError } from '../../src/app/config/config-mistake.ts'
import { eventJson } from '../../src/app/event-json.ts'
import { explain } from '../../src/app/explain.ts'
import { loadKnowledge } from '../../src/app/knowledge.ts'
import { parsePack } from '../../src/signatures/parse-pack.ts'
import { templateOf } from '../../src/signatures/template.ts'
import { type FuzzTarget, holds } from './fuzz-target.ts'

const knowledge = await loadKnowledge({})
const classifier = new Classifier(knowledge, new Uint8Array(32).fill(5), 'UTC', { privacy: 'strict' })
const NOW_MS = Date.UTC(2026, 10, 28)
const utf8 = (input: Uint8Array) => Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString('utf8')
/** What moves a cursor, changes colours, opens links or turns text around. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIiwiZXhwIjoxfQ.c2lnbmF0dXJlc2lnbmF0dXJl'
const RECORDS = [
  `{"level":50,"time":1795000000000,"hostname":"o-1","err":{"type":"TokenExpiredError","message":"jwt expired"},"req":{"headers":{"authorization":"Bearer ${TOKEN}"}},"msg":"x","msg":"y"}`,
  'time=2026-11-16T09:12:01Z level=error msg="token is expired" client_id=web exp=1795000000 iat=1794999000',
  '<34>1 2026-11-16T09:12:01.003Z web-1 orders 17 ID47 [x@1 a="b"] jwt expired',
  '<34>Nov 16 09:12:01 web-1 orders[17]: invalid signature',
  '203.0.113.7 - alice [16/Nov/2026:09:12:01 +0000] "GET /o?code=abc HTTP/1.1" 401 127 "https://a/?x=1" "curl/8"',
  '2026-11-16T09:12:01.000000001Z stderr F {"msg":"jwt expired"}',
  '2026-11-16T09:12:01.000000001Z stderr P part\n2026-11-16T09:12:01.000000002Z stderr F rest',
  '{"log":"jwt expired\\n","stream":"stderr","time":"2026-11-16T09:12:01.000000001Z"}',
  'io.jsonwebtoken.ExpiredJwtException: JWT expired at 2026-11-16T09:00:00Z. Current time: 2026-11-16T09:12:00Z\n\tat a.B.c(B.java:1)\nCaused by: x',
  'Traceback (most recent call last):\n  File "a.py", line 1, in b\njwt.exceptions.ExpiredSignatureError: Signature has expired',
  '{\n  "level": "error",\n  "message": "jwt expired",\n  "a": [1, 2, {"b": 1e309}]\n}',
  '2026-11-16 09:12:01,123 WARN  [org.keycloak.events] (x-1) type="REFRESH_TOKEN_ERROR", clientId="web", error="invalid_token"',
]

const LOGS_JSON = JSON.stringify({
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'o' } }] },
      scopeLogs: [
        {
          logRecords: [
            {
              timeUnixNano: '1795000000000000000',
              severityNumber: 17,
              body: { kvlistValue: { values: [{ key: 'a', value: { arrayValue: { values: [{ intValue: '7' }] } } }] } },
              attributes: [{ key: 'exception.message', value: { stringValue: 'jwt expired' } }],
              traceId: 'aa'.repeat(16),
            },
          ],
        },
      ],
    },
  ],
})
const TRACES_JSON = JSON.stringify({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            {
              traceId: 'aa'.repeat(16),
              spanId: 'bb'.repeat(8),
              name: 'GET',
              kind: 2,
              startTimeUnixNano: '1795000000000000000',
              endTimeUnixNano: '1795000001000000000',
              status: { code: 2 },
              events: [
                {
                  name: 'exception',
                  attributes: [{ key: 'exception.message', value: { stringValue: 'jwt expired' } }],
                },
              ],
            },
          ],
        },
      ],
    },
  ],
})
/** ExportLogsServiceRequest { resource_logs { scope_logs { log_records { body "jwt expired" severity 17 } } } }. */
const LOGS_PROTOBUF = (() => {
  const field = (number: number, bytes: Uint8Array) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])
  const body = field(5, field(1, Buffer.from('jwt expired')))
  const attribute = field(
    6,
    Buffer.concat([field(1, Buffer.from('client_id')), field(2, field(1, Buffer.from('web')))]),
  )
  return field(
    1,
    field(2, field(2, Buffer.concat([Buffer.from([0x10, 17]), body, attribute, field(9, Buffer.alloc(16, 7))]))),
  )
})()

async function telemetry(input: Uint8Array, encoding: 'json' | 'protobuf'): Promise<void> {
  for (const signal of ['logs', 'traces'] as const)
    try {
      const { parts, rejected } = await readRequest(input, encoding, signal)
      holds(Number.isSafeInteger(rejected), 'a count is a number')
      for (const { records } of parts) for (const record of records.slice(0, 20)) judge(record.text)
    } catch (error) {
      if (!(error instanceof MalformedTelemetry)) throw error
    }
}

function judge(text: string): void {
  const { event, record } = classifier.classify(unwrapRecord(text, 'UTC', NOW_MS))
  holds(templateOf(record.body).length <= 200, 'templates are bounded')
  if (event === null) return
  holds(event.message.length <= 500 && !CONTROL.test(event.message), 'messages are short and plain')
  for (const time of [event.time_ms, event.evidence.exp_ms, event.evidence.iat_ms])
    holds(time === undefined || Number.isFinite(time), 'times are numbers')
  JSON.stringify(eventJson(event, record.format, record.logged_writer_ms))
}

export const TARGETS: readonly FuzzTarget[] = [
  { name: 'record', seeds: () => RECORDS, run: (input) => judge(utf8(input)) },
  {
    name: 'lines',
    seeds: () => [RECORDS.join('\n'), ...RECORDS],
    run(input) {
      const assembler = new RecordAssembler('fuzz', knowledge.formats, { now: () => NOW_MS })
      let from = 0
      let covered = 0
      const take = (records: { position: { offset: number; end: number } }[]) => {
        for (const { position } of records) {
          holds(
            position.offset >= covered && position.end >= position.offset && position.end <= input.length,
            'records follow one another',
          )
          covered = position.end
        }
      }
      // In batches that end at line breaks, as sources give them; how they are cut must not matter.
      while (from < input.length) {
        const at = input.indexOf(10, from + 700)
        const end = at < 0 ? input.length : at + 1
        take(
          assembler.push({
            stream: 'fuzz',
            bytes: input.subarray(from, end),
            offset: from,
            end,
            cut_bytes: 0,
            more: end < input.length,
            ended: end === input.length,
          }),
        )
        from = end
      }
      take(assembler.flush())
    },
  },
  { name: 'otlp-json', seeds: () => [LOGS_JSON, TRACES_JSON], run: (input) => telemetry(input, 'json') },
  { name: 'otlp-protobuf', seeds: () => [LOGS_PROTOBUF], run: (input) => telemetry(input, 'protobuf') },
  {
    name: 'syslog',
    seeds: () => [
      '11 <34>1 - a b',
      '<34>1 2026-11-16T09:12:01Z h a 1 - - jwt expired\n<34>Nov 16 09:12:01 h a: x\n',
      '999999999999 <1>',
    ],
    run(input) {
      const frames = new SyslogFrames()
      const texts: string[] = []
      for (let at = 0; at < input.length; at += 997)
        texts.push(...frames.push(Buffer.from(input.subarray(at, at + 997))))
      texts.push(...frames.end())
      for (const text of texts.slice(0, 50)) judge(text)
    },
  },
  {
    name: 'webhook',
    seeds: () => [
      '{"type":"f","client_id":"x"}',
      '[{"data":{"a":1}},{"data":{"b":[2]}}]',
      '{"records":[{"a":"b"}]}',
      '{"a":1}\n{"b":2}\n',
      '{"events":[{"eventType":"user.session.start","outcome":{"result":"FAILURE"}}]}',
    ],
    run(input) {
      try {
        for (const text of eventsIn(input).slice(0, 50)) judge(text)
      } catch (error) {
        if (!(error instanceof MalformedEvents)) throw error
      }
    },
  },
  {
    name: 'archive',
    // A gigabyte may come of any archive; decoding that twice, to recognise and to read it, takes 8 s.
    budget_ms: 20_000,
    seeds: () => [
      gzipSync(RECORDS.join('\n')),
      zstdCompressSync(RECORDS.join('\n')),
      Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]),
      gzipSync(Buffer.alloc(4_000_000)),
      zstdCompressSync(Buffer.alloc(4_000_000)),
    ],
    async run(input) {
      const folder = mkdtempSync(join(tmpdir(), 'authtop-fuzz-'))
      try {
        const file = join(folder, 'a.log.gz')
        writeFileSync(file, input)
        const source = await openFileSource([file], { follow: false, known: [], notice: () => {}, now: () => NOW_MS })
        for await (const { bytes } of source.batches(new AbortController().signal))
          holds(bytes.length <= 16 * 1024 * 1024, 'batches are bounded')
        await source.close()
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  },
  {
    name: 'config',
    seeds: () => [
      "paths: ['/var/log/{host}/*.log']\nzone: Europe/Paris\nprivacy: strict\nservice: { listen: 127.0.0.1:9464, token: { env: T } }\nalerts:\n  repeat: 4h\n  own:\n    - { name: a, metric: failures, over: 5m, condition: { above: 3 } }\n  sinks: [{ name: h, type: webhook, url: 'http://x/' }]\n",
      'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n',
      '__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n',
    ],
    run(input) {
      try {
        parseConfig('fuzz.yaml', utf8(input))
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        holds(error.message.length > 0, 'a mistake is told')
      }
    },
  },
  {
    name: 'pack',
    seeds: () => [
      'system: x\ntitle: X\nsource: https://x\nsignatures:\n  - id: x/expired\n    symptom: expired\n    contains: [token expired]\n    pattern: "token expired at (?<exp__at>\\\\S+)"\n    kind: validation\n    outcome: failure\n    cause: expiry\n    subcause: access_token\n    specificity: 60\n    examples:\n      - text: token expired at 5\n',
      'a: &a [x, x]\nb: &b [*a, *a]\n',
      'signatures:\n  - { id: a, pattern: "(a+)+$", contains: [a] }\n__proto__: { polluted: 1 }\n',
    ],
    run(input) {
      const { problems } = parsePack('fuzz.yaml', utf8(input))
      holds(Array.isArray(problems), 'problems are told')
    },
  },
  {
    name: 'explain',
    seeds: () => [
      ...RECORDS,
      TOKEN,
      'AADSTS700082',
      'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error="invalid_token"\r\n\r\n{}',
    ],
    run(input) {
      for (const { verdict, redacted } of explain(utf8(input.subarray(0, 8_192)), knowledge, classifier, NOW_MS).slice(
        0,
        20,
      )) {
        holds(!CONTROL.test(toPrintable(redacted.text)), 'what is shown is plain')
        for (const reason of verdict?.why ?? []) holds(!CONTROL.test(reason), 'reasons are plain')
      }
    },
  },
]
