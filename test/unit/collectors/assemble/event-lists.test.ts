/** Events written as a list are records of their own, however the list is laid out. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unwrapRecord } from '../../../../collectors/assemble/unwrap.ts'
import { eventsOfList } from '../../../../collectors/assemble/wrapper/event-list.ts'
import { assemble, texts } from './stream.ts'

const EVENTS = [1, 2, 3].map((n) => ({
  eventTime: `2026-11-16T09:12:0${n}Z`,
  eventName: 'AssumeRoleWithWebIdentity',
  errorMessage: 'braces } in ] "quotes" \\ are text, {',
  requestParameters: { list: [{ a: n }, {}] },
}))
const JACKSON = `[ ${EVENTS.map((event) => JSON.stringify(event, null, 2)).join(', ')} ]`
const LINES = EVENTS.map((event) => JSON.stringify(event))

const LAYOUTS: Record<string, string> = {
  'one line': JSON.stringify(EVENTS),
  'indented by two': JSON.stringify(EVENTS, null, 2),
  'indented by tabs': JSON.stringify(EVENTS, null, '\t'),
  "Jackson's": JACKSON,
  'one element a line': `[\n${LINES.join(',\n')}\n]`,
  'commas first': `[\n${LINES.join('\n,')}\n]`,
  'bracket on the first element': `[${LINES.join(',\n')}]`,
  'elements that share lines': `[${LINES[0]},${LINES[1]},\n${LINES[2]}]`,
  'nothing between them': LINES.join(''),
  'CloudTrail in one line': JSON.stringify({ Records: EVENTS }),
  'CloudTrail, pretty-printed': JSON.stringify({ Records: EVENTS }, null, 4),
  'Event Hubs': JSON.stringify({ records: EVENTS }),
  'Microsoft Graph': JSON.stringify({ '@odata.context': 'https://graph/$metadata#auditLogs/signIns', value: EVENTS }),
  'Microsoft Graph, pretty-printed': JSON.stringify({ '@odata.context': 'x', value: EVENTS }, null, 2),
  "Auth0's search": JSON.stringify({ start: 0, limit: 50, length: 3, logs: EVENTS }),
  'lookup-events in one line': JSON.stringify({ Events: EVENTS.map((e) => trail(e)), NextToken: 'x' }),
  'lookup-events, pretty-printed': JSON.stringify({ Events: EVENTS.map((e) => trail(e)) }, null, 4),
}

function trail(event: object) {
  return { EventId: 'e', ReadOnly: 'true', CloudTrailEvent: JSON.stringify(event) }
}

function parsed(records: string[]): unknown[] {
  return records
    .filter((text) => text.startsWith('{') && text.endsWith('}'))
    .map((text) => JSON.parse(text) as Record<string, unknown>)
}

describe.each(Object.entries(LAYOUTS))('%s', (_, text) => {
  test.each([
    ['as it is', text],
    ['with a last newline', `${text}\n`],
    ['with carriage returns', `${text.replaceAll('\n', '\r\n')}\r\n`],
  ])('every event is one record, %s', (_, content) => {
    expect(parsed(texts(content))).toEqual(EVENTS)
  })

  test('records partition the bytes, and a stream taken up again at any of them gives the rest', () => {
    const bytes = Buffer.from(`${text}\n`)
    const records = assemble(bytes)
    let at = 0
    for (const { position } of records) {
      expect(position.offset).toBe(at)
      expect(position.end).toBeGreaterThan(at)
      at = position.end
    }
    expect(at).toBe(bytes.length)
    if (!text.includes('\n')) return
    for (const [n, { position }] of records.entries()) {
      // Those of one line have one place to be taken up at.
      const before = records[n - 1]?.position
      if (before !== undefined && before.end === before.offset + 1) continue
      const rest = parsed(assemble(bytes.subarray(position.offset)).map((record) => record.text))
      expect(rest).toEqual(parsed(records.slice(n).map((record) => record.text)))
    }
  })

  test('as one record given by itself, it is its first event', () => {
    expect(JSON.parse(unwrapRecord(text).text)).toEqual(EVENTS[0])
  })
})

test('batches of CloudWatch Logs say at each event which group it is of, and may stand one behind the other', () => {
  const batch = (stream: string) =>
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: '/ecs/orders',
      logStream: stream,
      subscriptionFilters: ['to-firehose'],
      logEvents: [0, 1].map((n) => ({
        id: '3'.repeat(56),
        timestamp: 1794820321000 + n,
        message: 'ERROR jwt expired',
      })),
    })
  const events = eventsOfList(batch('a') + batch('b'))
  expect(events).toHaveLength(4)
  expect(JSON.parse(events![0]!)).toMatchObject({ logGroup: '/ecs/orders', message: 'ERROR jwt expired' })
  expect(texts(batch('a') + batch('b'))).toHaveLength(4)
})

test('a list that was cut gives its whole events', () => {
  const text = JSON.stringify({ Records: EVENTS })
  expect(eventsOfList(text.slice(0, -40))).toEqual(LINES.slice(0, 2))
})

test.each([
  '{"level":"error","msg":"jwt expired","records":[{"a":1},{"b":2}]}',
  '{"level":"error","items":[{"a":1},{"b":2}],"msg":"jwt expired"}',
  '{"msg":"a}{\\"b","x":[{"a":1},{"b":2}]}',
  '{"value":[{"a":1},{"b":2}],"msg":"jwt expired"}',
  '[{"a":1}] jwt expired',
  '[{"a":1}, "jwt expired"]',
  '["jwt expired"]',
  '{"Records":[]}',
])('%s is one record', (text) => {
  expect(texts(text)).toEqual([text])
  expect(unwrapRecord(text).text).toBe(text)
})

test('a pretty-printed record that has a list stays whole', () => {
  const text = JSON.stringify({ level: 'error', Records: [{ a: 1 }, { b: 2 }], msg: 'jwt expired' }, null, 2)
  expect(texts(`${text}\n`)).toEqual([text])
})

test('no text makes it throw, and what it gives are pieces of the text', () => {
  const piece = fc.constantFrom('{', '}', '[', ']', ',', '"', '\\', '{"Records":[', '"a":1', ' ', '\n', 'x')
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
      (text) => {
        for (const event of eventsOfList(text) ?? []) expect(text).toContain(event)
      },
    ),
    { numRuns: 1000 },
  )
})
