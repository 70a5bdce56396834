import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventsIn, MalformedEvents } from '../../../../collectors/webhook/events-in.ts'

const AUTH0 = { log_id: '1', data: { date: '2026-11-16T09:12:01.123Z', type: 'fertft' } }
const read = (value: unknown) =>
  eventsIn(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))).map((e) => JSON.parse(e))

test('Auth0 sends an array, an object, or one object a line', () => {
  expect(read([AUTH0, AUTH0])).toEqual([AUTH0, AUTH0])
  expect(read(AUTH0)).toEqual([AUTH0])
  expect(read(`${JSON.stringify(AUTH0)}\n${JSON.stringify(AUTH0)}\n`)).toEqual([AUTH0, AUTH0])
})

test('Okta, Azure, Event Grid, CloudEvents and Kubernetes wrap their events', () => {
  const event = { eventType: 'user.session.start', outcome: { result: 'FAILURE' } }
  expect(read({ eventType: 'com.okta.event_hook', data: { events: [event, event] } })).toEqual([event, event])
  const signIn = { category: 'SignInLogs', resultType: '50173' }
  expect(read({ records: [signIn] })).toEqual([signIn])
  expect(read([{ records: [signIn] }, { records: [signIn] }])).toEqual([signIn, signIn])
  expect(read([{ eventType: 'Microsoft.Graph', data: signIn }])).toEqual([signIn])
  expect(read({ specversion: '1.0', data: signIn })).toEqual([signIn])
  const audit = { verb: 'get', auditID: '1' }
  const typed = { kind: 'Event', apiVersion: 'audit.k8s.io/v1', ...audit }
  expect(read({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [audit, typed] })).toEqual([typed, typed])
})

test('anything else is malformed, and never more than that', () => {
  for (const text of ['{', '7', '"text"', '[1]', '[[[[[[[{}]]]]]]]', 'no json\n{}'])
    expect(() => read(text)).toThrow(MalformedEvents)
  expect(read('')).toEqual([])
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        read(text)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedEvents)
      }
    }),
    { seed: 8 },
  )
})
