/**
 * Spans as the instrumentations of other languages shape them, under present and former names of the semantic conventions:
 * scopes, attributes and exceptions are those of their sources (opentelemetry-java-instrumentation,
 * opentelemetry-python-contrib, opentelemetry-dotnet, opentelemetry-go-contrib).
 */
import { describe, expect, test } from 'vitest'
import { readRequest } from '../../../collectors/otlp/read-request.ts'
import { Classifier } from '../../../src/app/classifier.ts'
import { loadKnowledge } from '../../../src/app/knowledge.ts'

const classifier = new Classifier(await loadKnowledge({}), Buffer.alloc(32), 'UTC')
const [SERVER, CLIENT, PRODUCER] = [2, 3, 4]

type Value = string | number
type Given = Record<string, Value>

const attributesOf = (given: Given) =>
  Object.entries(given).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
  }))

interface Shape {
  kind: number
  attributes?: Given
  exception?: [type: string, message: string]
  status?: { code: number; message?: string }
}

async function eventOf(scope: string, { kind, attributes = {}, exception, status = {} as never }: Shape) {
  const [type = '', message = ''] = exception ?? []
  const event = {
    name: 'exception',
    attributes: attributesOf({ 'exception.type': type, 'exception.message': message }),
  }
  const span = {
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    name: 'what was done',
    kind,
    startTimeUnixNano: '1794820319990000000',
    endTimeUnixNano: '1794820320000000000',
    attributes: attributesOf(attributes),
    events: exception === undefined ? [] : [event],
    status,
  }
  const resource = { attributes: attributesOf({ 'service.name': 'orders', 'host.name': 'api-1' }) }
  const body = { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: scope }, spans: [span] }] }] }
  const { parts } = await readRequest(Buffer.from(JSON.stringify(body)), 'json', 'traces', classifier.telemetry)
  const record = parts[0]!.records[0]!
  const { event: found } = classifier.classify(record)
  if (found !== null) expect(classifier.mayMatch(record.text, record.telling_from)).toBe(true)
  return found
}

const SHAPES: [scope: string, shape: Shape, expected: Record<string, unknown>][] = [
  [
    'io.opentelemetry.tomcat-10.0',
    {
      kind: SERVER,
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 401,
        'http.route': '/orders/{id}',
        'url.path': '/orders/17',
        'client.address': '10.0.0.1',
        'thread.id': 31,
        'thread.name': 'http-nio-8080-exec-1',
      },
    },
    { http_method: 'GET', http_path: '/orders/17', http_status: 401, client_address: '10.0.0.1' },
  ],
  [
    'io.opentelemetry.spring-security-config-6.0',
    {
      kind: SERVER,
      status: { code: 2 },
      exception: [
        'org.springframework.security.oauth2.server.resource.InvalidBearerTokenException',
        'An error occurred while attempting to decode the Jwt: Jwt expired at 2026-11-16T09:11:00Z',
      ],
    },
    { cause: 'expiry', subcause: 'access_token', evidence: { exp_ms: 1_794_820_260_000 } },
  ],
  [
    'Microsoft.AspNetCore',
    {
      kind: SERVER,
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 401,
        'http.route': 'api/orders',
        'url.path': '/api/orders',
      },
      exception: [
        'Microsoft.IdentityModel.Tokens.SecurityTokenExpiredException',
        "IDX10223: Lifetime validation failed. The token is expired. ValidTo (UTC): '11/16/2026 9:11:00 AM', Current time (UTC): '11/16/2026 9:12:00 AM'.",
      ],
    },
    { cause: 'expiry', http_path: '/api/orders', http_status: 401 },
  ],
  [
    'opentelemetry.instrumentation.django',
    {
      kind: SERVER,
      attributes: {
        'http.method': 'GET',
        'http.scheme': 'http',
        'http.host': 'orders:8000',
        'http.url': 'http://orders:8000/orders/17',
        'net.peer.ip': '10.0.0.2',
        'http.route': 'orders/<int:pk>',
        'http.target': '/orders/17',
        'http.status_code': 401,
      },
    },
    { http_method: 'GET', http_path: '/orders/17', http_status: 401 },
  ],
  [
    'opentelemetry.instrumentation.flask',
    {
      kind: SERVER,
      attributes: { 'http.method': 'GET', 'http.target': '/orders', 'http.status_code': 401, 'net.peer.name': 'x' },
      exception: ['jwt.exceptions.ExpiredSignatureError', 'Signature has expired'],
      status: { code: 2, message: 'ExpiredSignatureError: Signature has expired' },
    },
    { cause: 'expiry', subcause: 'access_token', system: 'pyjwt', http_path: '/orders' },
  ],
  [
    '@opentelemetry/instrumentation-koa',
    { kind: SERVER, attributes: { 'http.method': 'GET', 'http.target': '/a?x=1', 'http.status_code': 401 } },
    { http_path: '/a', http_status: 401 },
  ],
  [
    'opentelemetry.instrumentation.requests',
    {
      kind: CLIENT,
      attributes: { 'http.method': 'POST', 'http.url': 'https://id.example/oauth2/token', 'http.status_code': 400 },
      status: { code: 2 },
    },
    { kind: 'issuance', outcome: 'failure', http_path: '/oauth2/token', http_status: 400 },
  ],
  [
    'io.opentelemetry.netty-4.1',
    {
      kind: SERVER,
      attributes: { 'http.request.method': 'POST', 'url.path': '/oauth2/token', 'http.response.status_code': 200 },
    },
    { kind: 'issuance', outcome: 'success' },
  ],
  [
    'io.opentelemetry.grpc-1.6',
    { kind: SERVER, attributes: { 'rpc.system': 'grpc', 'rpc.service': 'shop.Orders', 'rpc.grpc.status_code': 16 } },
    { kind: 'validation', system: 'grpc' },
  ],
  [
    'go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc',
    {
      kind: CLIENT,
      attributes: {
        'rpc.system.name': 'grpc',
        'rpc.method': 'shop.Orders/Get',
        'rpc.response.status_code': 'UNAUTHENTICATED',
        'error.type': 'UNAUTHENTICATED',
      },
    },
    { kind: 'validation', system: 'grpc' },
  ],
  [
    'opentelemetry.instrumentation.grpc',
    { kind: SERVER, attributes: { 'rpc.system': 'grpc', 'rpc.method': 'Delete', 'rpc.grpc.status_code': 7 } },
    { kind: 'authorization', system: 'grpc' },
  ],
  [
    'io.opentelemetry.jdbc',
    {
      kind: CLIENT,
      attributes: { 'db.system': 'postgresql', 'db.statement': 'select ?' },
      status: { code: 2 },
      exception: ['org.postgresql.util.PSQLException', 'FATAL: password authentication failed for user "orders"'],
    },
    { kind: 'login', subcause: 'client_credentials' },
  ],
  [
    'go.nhat.io/otelsql',
    { kind: CLIENT, attributes: { 'db.system.name': 'postgresql', 'db.response.status_code': '28P01' } },
    { kind: 'login', subcause: 'client_credentials' },
  ],
  [
    'io.opentelemetry.kafka-clients-2.6',
    {
      kind: PRODUCER,
      attributes: { 'messaging.system': 'kafka' },
      status: { code: 2 },
      exception: [
        'org.apache.kafka.common.errors.SaslAuthenticationException',
        'Authentication failed during authentication due to invalid credentials with SASL mechanism OAUTHBEARER',
      ],
    },
    { kind: 'login', subcause: 'client_credentials', system: 'kafka' },
  ],
]

describe('a span of', () => {
  test.each(SHAPES)('%s says what failed', async (scope, shape, expected) => {
    expect(await eventOf(scope, shape)).toMatchObject(expected)
  })

  test.each([
    ['a good request', { 'http.request.method': 'GET', 'url.path': '/orders', 'http.response.status_code': 200 }],
    ['a missing page', { 'http.request.method': 'GET', 'url.path': '/orders', 'http.response.status_code': 404 }],
    ['a good call', { 'rpc.system': 'grpc', 'rpc.method': 'Get', 'rpc.grpc.status_code': 0 }],
    ['a query', { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT 1' }],
  ])('%s says nothing', async (_, attributes) => {
    expect(await eventOf('any', { kind: CLIENT, attributes })).toBeNull()
  })
})
