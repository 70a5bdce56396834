import { createRequire } from 'node:module'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, expect, test } from 'vitest'
import { AuthInstrumentation } from '../../../../src/telemetry/instrumentation/auth-instrumentation.ts'
import { traceTokenValidation } from '../../../../src/telemetry/instrumentation/index.ts'

const exporter = new InMemorySpanExporter()
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
const instrumentation = new AuthInstrumentation()
const jsonwebtoken = createRequire(import.meta.url)('jsonwebtoken') as typeof import('jsonwebtoken')
afterAll(() => {
  instrumentation.disable()
  trace.disable()
  context.disable()
})

const told = () => {
  const names = exporter.getFinishedSpans().map(({ name }) => name)
  exporter.reset()
  return names
}

test('what was loaded tells while the instrumentation is enabled, and only then', () => {
  const token = jsonwebtoken.sign({}, 'key')
  expect(told()).toEqual(['auth.token.issue'])
  instrumentation.disable()
  jsonwebtoken.verify(token, 'key')
  expect(told()).toEqual([])
  instrumentation.enable()
  jsonwebtoken.verify(token, 'key')
  expect(told()).toEqual(['auth.token.validate'])
})

test('a check within a check of the same token is one; of another token it is another', () => {
  const [token, other] = [jsonwebtoken.sign({ n: 1 }, 'key'), jsonwebtoken.sign({ n: 2 }, 'key')]
  told()
  traceTokenValidation({ token: `Bearer ${token}` }, () => jsonwebtoken.verify(token, 'key'))
  expect(told()).toEqual(['auth.token.validate'])
  traceTokenValidation({ token }, () => jsonwebtoken.verify(other, 'key'))
  expect(told()).toEqual(['auth.token.validate', 'auth.token.validate'])
})
