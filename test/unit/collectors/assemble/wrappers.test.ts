/** Wrappers are taken off, say what they know, and nest. */
import { describe, expect, test } from 'vitest'
import { unwrapRecord } from '../../../../collectors/assemble/unwrap.ts'
import type { Envelope } from '../../../../src/core/log-record.ts'
import { assemble } from './stream.ts'

const AT = Date.UTC(2026, 10, 16, 9, 12, 1)
const NOW = Date.UTC(2026, 10, 20)
const INNER = '{"level":30,"time":1794820321123,"pid":1,"hostname":"h","msg":"a | b"}'

const CASES: [string, string, string, Envelope][] = [
  [
    'CRI',
    `2026-11-16T09:12:01.123456789Z stdout F ${INNER}`,
    INNER,
    { wrapper: 'cri', logged_writer_ms: AT + 123, logged_resolution_ms: 1 },
  ],
  [
    'CRI with an offset',
    '2026-11-16T10:12:01.5+01:00 stderr F x',
    'x',
    { wrapper: 'cri', logged_writer_ms: AT + 500, logged_resolution_ms: 100 },
  ],
  [
    'Docker json-file',
    JSON.stringify({ log: `${INNER}\n`, stream: 'stdout', time: '2026-11-16T09:12:01.1Z' }),
    INNER,
    { wrapper: 'docker', logged_writer_ms: AT + 100, logged_resolution_ms: 100 },
  ],
  [
    'Fluent Bit around logfmt',
    '{"log":"level=warn msg=\\"token expired\\"\\n","kubernetes":{"pod_name":"gw-1","container_name":"gw","host":"n1"},"@timestamp":"2026-11-16T09:12:01.123Z"}',
    'level=warn msg="token expired"',
    { wrapper: 'shipped', logged_writer_ms: AT + 123, logged_resolution_ms: 1, service: 'gw', host: 'n1' },
  ],
  [
    'a CloudWatch event around JSON',
    JSON.stringify({ timestamp: AT + 7, message: INNER, ingestionTime: AT + 900 }),
    INNER,
    { wrapper: 'shipped', logged_writer_ms: AT + 7, logged_resolution_ms: 1 },
  ],
  [
    'Google Cloud around JSON',
    JSON.stringify({
      insertId: 'x',
      textPayload: INNER,
      timestamp: '2026-11-16T09:12:01.5Z',
      resource: { labels: { container_name: 'gw', pod_name: 'gw-1' } },
    }),
    INNER,
    { wrapper: 'shipped', logged_writer_ms: AT + 500, logged_resolution_ms: 100, service: 'gw', host: 'gw-1' },
  ],
  [
    "AKS's control plane in an event hub",
    JSON.stringify({
      operationName: 'Microsoft.ContainerService/managedClusters/diagnosticLogs/Read',
      category: 'kube-audit',
      properties: { log: `${INNER}\n`, stream: 'stdout', pod: 'kube-apiserver-7d4c' },
      time: '2026-11-16T09:12:01.123Z',
    }),
    INNER,
    { wrapper: 'azure-monitor', logged_writer_ms: AT + 123, logged_resolution_ms: 1, host: 'kube-apiserver-7d4c' },
  ],
  [
    'Container Insights around an object',
    JSON.stringify({
      TimeGenerated: '2026-11-16T09:12:01.5Z',
      PodName: 'orders-1',
      ContainerName: 'orders',
      LogMessage: { level: 'warn', msg: 'token expired' },
      Type: 'ContainerLogV2',
    }),
    '{"level":"warn","msg":"token expired"}',
    {
      wrapper: 'azure-monitor',
      logged_writer_ms: AT + 500,
      logged_resolution_ms: 100,
      service: 'orders',
      host: 'orders-1',
    },
  ],
  [
    'the console of an App Service',
    '{"time": "2026-11-16T09:12:01Z", "category": "AppServiceConsoleLogs", "level": "Error", "resultDescription": "jwt expired", "Host": "lw0sdlwk"}',
    'jwt expired',
    { wrapper: 'azure-monitor', logged_writer_ms: AT, logged_resolution_ms: 1000, host: 'lw0sdlwk' },
  ],
  [
    'the journal as JSON',
    '{"__CURSOR":"s=1;i=2","__REALTIME_TIMESTAMP":"1794820321123456","PRIORITY":"3","_HOSTNAME":"web-1","SYSLOG_IDENTIFIER":"orders","_PID":"4711","MESSAGE":"token refused"}',
    'token refused',
    {
      wrapper: 'journal',
      logged_writer_ms: AT + 123,
      logged_resolution_ms: 1,
      severity: 17,
      host: 'web-1',
      service: 'orders',
    },
  ],
  [
    'the journal as JSON, of a unit, with bytes',
    '{"MESSAGE":[106,119,116],"__REALTIME_TIMESTAMP":"1794820321000000","_SYSTEMD_UNIT":"orders.service"}',
    'jwt',
    { wrapper: 'journal', logged_writer_ms: AT, logged_resolution_ms: 1, service: 'orders' },
  ],
  [
    'RFC 3164',
    '<134>Nov 16 09:12:01 web-1 orders[4711]: token refused',
    'token refused',
    {
      wrapper: 'syslog3164',
      logged_writer_ms: AT,
      logged_resolution_ms: 1000,
      severity: 9,
      host: 'web-1',
      service: 'orders',
    },
  ],
  [
    'RFC 3164 in a file',
    'Nov  6 09:12:01 web-1 sshd(pam_unix)[1]: x',
    'x',
    {
      wrapper: 'syslog3164',
      logged_writer_ms: Date.UTC(2026, 10, 6, 9, 12, 1),
      logged_resolution_ms: 1000,
      host: 'web-1',
      service: 'sshd(pam_unix)',
    },
  ],
  [
    'journalctl -o short-precise',
    'Nov 16 09:12:01.123456 web-1 orders[7]: x',
    'x',
    { wrapper: 'syslog3164', logged_writer_ms: AT + 123, logged_resolution_ms: 1, host: 'web-1', service: 'orders' },
  ],
  [
    'RFC 5424',
    '<165>1 2026-11-16T09:12:01.123Z web-1 orders 4711 ID47 [a@1 k="v]\\""][b@1] token refused',
    'token refused',
    {
      wrapper: 'syslog5424',
      logged_writer_ms: AT + 123,
      logged_resolution_ms: 1,
      severity: 10,
      host: 'web-1',
      service: 'orders',
    },
  ],
  [
    'RFC 5424 without data',
    '<11>1 2026-11-16T09:12:01Z - - - - - \ufefftoken refused',
    'token refused',
    { wrapper: 'syslog5424', logged_writer_ms: AT, logged_resolution_ms: 1000, severity: 17 },
  ],
  [
    'rsyslog’s present layout',
    '2026-11-16T10:12:01.123456+01:00 web-1 orders[1]: x',
    'x',
    { wrapper: 'syslog', logged_writer_ms: AT + 123, logged_resolution_ms: 1, host: 'web-1', service: 'orders' },
  ],
  ['sd-daemon', '<3>x', 'x', { wrapper: 'journal', severity: 17 }],
  ['docker compose', `orders-1  | ${INNER}`, INNER, { wrapper: 'compose', service: 'orders' }],
  [
    'kubectl --prefix',
    `[pod/orders-7d-x/app] ${INNER}`,
    INNER,
    { wrapper: 'kubectl', host: 'orders-7d-x', service: 'app' },
  ],
  ['PM2', `0|orders  | ${INNER}`, INNER, { wrapper: 'pm2', service: 'orders' }],
  [
    'compose around syslog',
    'web-1  | <11>Nov 16 09:12:01 h app: x',
    'x',
    {
      wrapper: 'compose+syslog3164',
      logged_writer_ms: AT,
      logged_resolution_ms: 1000,
      severity: 17,
      host: 'h',
      service: 'app',
    },
  ],
  [
    'syslog around CRI',
    'Nov 16 09:12:01 node-1 kubelet[1]: 2026-11-16T09:12:01.123Z stdout F x',
    'x',
    {
      wrapper: 'syslog3164+cri',
      logged_writer_ms: AT + 123,
      logged_resolution_ms: 1,
      host: 'node-1',
      service: 'kubelet',
    },
  ],
]

test.each(CASES)('%s', (_, line, text, envelope) => {
  const [record, ...more] = assemble(`${line}\n`, undefined, { now: () => NOW })
  expect(more).toEqual([])
  expect(record?.text).toBe(text)
  expect(record?.envelope).toEqual(envelope)
  expect(record?.position).toEqual({ stream: 's', offset: 0, end: Buffer.byteLength(line) + 1 })
  expect(unwrapRecord(line, 'UTC', NOW)).toEqual({ text, envelope })
})

describe('layouts that only resemble a wrapper keep their text', () => {
  test.each([
    '2026-11-16T09:12:01.123Z  WARN 4711 --- [main] c.e.A : x',
    '2026-11-16T09:12:01Z ERROR auth: jwt expired',
    '2026-11-16T09:12:01.123Z info auth: jwt expired',
    '{"log":{"level":"info"},"message":"x"}',
    '{"log":"only a field"}',
    '<html>error</html>',
    '<999 x',
    'Mon Nov 16 09:12:01 2026 something',
    'a message with | in it',
    'token | user | result',
    '[pod] x',
  ])('%s', (line) => {
    expect(assemble(line)).toMatchObject([{ text: line }])
    expect(assemble(line)[0]?.envelope).toBeUndefined()
  })
})

test('year-less stamps take the latest year that is not in the future, across New Year too', () => {
  const at = (line: string, now: string) =>
    new Date(assemble(line, undefined, { now: () => Date.parse(now) })[0]!.envelope!.logged_writer_ms!).toISOString()
  expect(at('Dec 31 23:59:59 h a: x', '2027-01-01T00:00:05Z')).toBe('2026-12-31T23:59:59.000Z')
  expect(at('Jan  1 00:00:01 h a: x', '2026-12-31T23:59:58Z')).toBe('2027-01-01T00:00:01.000Z')
  expect(at('Jan  1 00:00:01 h a: x', '2027-01-01T00:00:05Z')).toBe('2027-01-01T00:00:01.000Z')
  expect(at('Nov 21 09:00:00 h a: x', '2026-11-20T00:00:00Z')).toBe('2026-11-21T09:00:00.000Z')
  expect(at('Dec 24 09:00:00 h a: x', '2026-11-20T00:00:00Z')).toBe('2025-12-24T09:00:00.000Z')
  expect(at('Feb 29 09:00:00 h a: x', '2029-01-20T00:00:00Z')).toBe('2028-02-29T09:00:00.000Z')
})

test('year-less stamps are read in the given zone', () => {
  const [record] = assemble('Nov 16 10:12:01 h a: x', undefined, { now: () => NOW, zone: 'Europe/Berlin' })
  expect(record?.envelope?.logged_writer_ms).toBe(AT)
})

test('parts that CRI and Docker split are joined, of one origin only', () => {
  const t = '2026-11-16T09:12:01.123Z'
  expect(
    assemble(`${t} stdout P {"msg":\n${t} stdout P "long\n${t} stdout F er"}\n${t} stdout F next\n`),
  ).toMatchObject([{ text: '{"msg":"longer"}', position: { offset: 0 } }, { text: 'next' }])
  expect(assemble(`${t} stdout P half\n${t} stderr F other\n`).map((r) => r.text)).toEqual(['half', 'other'])
  const docker = (log: string) => JSON.stringify({ log, stream: 'stdout', time: t })
  expect(assemble(`${docker('{"msg":"lon')}\n${docker('ger"}\n')}\n`).map((r) => r.text)).toEqual(['{"msg":"longer"}'])
})

test('traces are joined inside their wrapper and not across origins', () => {
  const wrap = (name: string, text: string) =>
    text
      .split('\n')
      .map((l) => `${name}  | ${l}`)
      .join('\n')
  const trace = 'TypeError: x\n    at a (b.js:1:1)\n    at c (d.js:2:2)'
  expect(assemble(`${wrap('a-1', trace)}\n${wrap('b-1', trace)}\n`)).toMatchObject([
    { text: trace, envelope: { service: 'a' } },
    { text: trace, envelope: { service: 'b' } },
  ])
  const t = '2026-11-16T09:12:01.123Z stdout F '
  expect(
    unwrapRecord(
      trace
        .split('\n')
        .map((l) => t + l)
        .join('\n'),
    ).text,
  ).toBe(trace)
})

test('lines with a layout of their own are taken out of what shippers put around them, traces with them', () => {
  const shipped = (log: string) => JSON.stringify({ log, stream: 'stderr', kubernetes: { pod_name: 'orders-1' } })
  const trace = '2026-11-16 09:12:01,123 ERROR [main] c.a.Auth - refused\njava.lang.IllegalStateException: x'
  expect(assemble(`${trace.split('\n').map(shipped).join('\n')}\n`)[0]?.text).toBe(trace.split('\n')[0])
  expect(assemble(`${shipped(trace.split('\n')[0]!)}\n${shipped('\tat a.B.c(B.java:7)')}\n`)).toMatchObject([
    { text: `${trace.split('\n')[0]}\n\tat a.B.c(B.java:7)` },
  ])
  const cloud = {
    textPayload: 'E1116 09:12:01.123456       1 auth.go:73] refused',
    trace: 'projects/p/traces/0af7651916cd43dd8448eb211c80319c',
  }
  expect(assemble(`${JSON.stringify(cloud)}\n`)).toMatchObject([
    { text: cloud.textPayload, envelope: { trace_id: '0af7651916cd43dd8448eb211c80319c' } },
  ])
})
