/** The same search as test/e2e/secrets, on the redactor alone: fast enough for many draws, and it names the place that leaks. */
import { expect, test } from 'vitest'
import { Redactor } from '../../../src/redact/redactor.ts'
import { placeDumps } from '../../e2e/secrets/dumps.ts'
import { findTraces } from '../../e2e/secrets/find-traces.ts'
import { placeAll } from '../../e2e/secrets/places.ts'
import { drawSecrets } from '../../e2e/secrets/secret-kinds.ts'

const redactor = new Redactor(new Uint8Array(32).fill(7))

test('nothing of any secret is left, whatever its kind, its notation and what is around it', () => {
  // Wrappers that go round every single line are taken off before redaction; a key over many lines is seen without them.
  const wrapped = /^(?:Kubernetes CRI|Docker|docker compose)$/
  const placed = placeAll(drawSecrets(20_261_128, 5)).filter(
    ({ wrapper, text }) => !(wrapped.test(wrapper) && text.includes('\n')),
  )
  expect(placed.length).toBeGreaterThan(7_000)
  const texts = placed.map(({ text }) => redactor.redact(text).text)
  const found = findTraces(texts, placed)
  expect(
    found.map(({ placed: p, trace }) => `${p.secret.kind} | ${p.way} | ${p.wrapper}: ${trace} of ${p.text}`),
  ).toEqual([])
  for (const text of texts) expect(redactor.redact(text).text).toBe(text)
})

test('nothing is left in what runtimes, shells, tools and configuration files print', () => {
  const placed = placeDumps(drawSecrets(20_261_130, 1))
  expect(placed.length).toBeGreaterThan(7_000)
  const texts = placed.map(({ text }) => redactor.redact(text).text)
  const found = placed.flatMap((each, i) => findTraces([texts[i]!], [each]))
  expect(found.map(({ placed: p, trace }) => `${p.secret.kind} | ${p.way}: ${trace} of ${p.text}`)).toEqual([])
  for (const text of texts) expect(redactor.redact(text).text).toBe(text)
})

test.each([
  [
    'a one-time value that a message compares',
    'nonce mismatch, expected Pysr5tI5esYwIIuIOWdbolh, got: Qysr5tI5esYwIIuIOWdbolh',
  ],
  ['a value that Spring rejected', "on field 'password': rejected value [Pysr5tI5es]; codes [Size.loginForm.password]"],
  ['a link that resets a password', 'GET /auth/reset-password/Pysr5tI5esYwIIuIOWdbolh1 HTTP/1.1'],
  ['an address of a bot', 'https://api.telegram.org/bot123456789:AAHdqTPysr5tI5esYwIIu0K5PALDsawx12/getMe'],
  ['an address of a webhook', 'https://hooks.slack.com/services/T0Pysr5tI5/B0Pysr5tI5/Pysr5tI5esYwIIuIOWdbolh1'],
  ['a password with a slash in an address', 'amqp://svc:KPysr5tI5esIy/QSF@mq.test:5672/v'],
  [
    'a token behind another one that its name repeats',
    'apikey:0123456789abcdef:ghp_Pysr5tI5esYwIIuIOWdbolhPysr5tI5es%3D<(sub->apikey:0123456789abcdef',
  ],
])('nothing is left of %s', (_, text) => {
  expect(redactor.redact(text).text).not.toMatch(/Pysr5tI5|Qysr5tI5|QSF/)
})

test('an address with a port and a path is none with a password', () => {
  const text = 'GET http://registry.test:4873/@scope/pkg http://a.test/@x'
  expect(redactor.redact(text).text).toBe(text)
})

test('a token is found in the JSON of a log that escapes what it need not', () => {
  const token = `eyJhbGciOiJIUzI1NiJ9\\u002eeyJzdWIiOiJhIn0\\u002E${'c2ln'.repeat(10)}`
  expect(redactor.redact(`{"zebra":"${token}"}`).text).toMatch(/^\{"zebra":"jwt:[0-9a-f]{16}"\}$/)
  expect(redactor.redact(`{"zebra":"\\u0065yJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.${'c2ln'.repeat(10)}"}`).text).toMatch(
    /^\{"zebra":"jwt:/,
  )
})

test('a line of a key is one also where the line in front of it is in another record', () => {
  const line = `${'Ab3/'.repeat(15)}xY+7`
  expect(redactor.redact(line).text).toMatch(/^apikey:[0-9a-f]{16}$/)
  expect(redactor.redact(`loaded\n${line}\n${line}\ndone`).text).not.toContain('Ab3/')
})
