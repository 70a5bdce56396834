/** A token whose issuer writes milliseconds: read rightly, reported as such, and never taken for skew. */
import { expect, test } from 'vitest'
import { ClockBook } from '../../../src/analyze/clock/clock-book.ts'
import { clockSamplesOf } from '../../../src/analyze/clock/clock-samples-of.ts'
import { ClockReading } from '../../../src/analyze/clock/clock-table.ts'
import { LiveClocks } from '../../../src/analyze/clock/live-clocks.ts'
import { findings } from '../../../src/analyze/findings/find.ts'
import { Classifier } from '../../../src/app/classifier.ts'
import { loadKnowledge } from '../../../src/app/knowledge.ts'

const ISSUER = 'https://id.example'
const NOW_MS = Date.UTC(2026, 10, 16, 9)
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function line(i: number, unit: 1 | 1000): string {
  const at_ms = NOW_MS + i * 7_013
  const iat = Math.floor(((at_ms - 20) / 1000) * (1000 / unit))
  const token = `${part({ alg: 'RS256', kid: 'a' })}.${part({ iss: ISSUER, iat, exp: iat + 300_000 / unit, jti: `t${i}` })}.${part({ i })}`
  return JSON.stringify({
    ...{ level: 30, time: at_ms, pid: 1, hostname: 'svc', name: 'svc' },
    req: { id: `r${i}`, method: 'GET', url: '/', headers: { authorization: `Bearer ${token}` } },
    msg: 'token accepted',
  })
}

/** The same without the token: its instants are fields, or stand in the message. */
function shown(i: number, unit: 1 | 1000, as: 'claims' | 'message' | 'names'): string {
  const at_ms = NOW_MS + i * 7_013
  const iat = Math.floor(((at_ms - 20) / 1000) * (1000 / unit))
  const exp = iat + 300_000 / unit
  const fields = {
    claims: { payload: { iss: ISSUER, iat, exp, jti: `t${i}` }, msg: 'token accepted' },
    message: { issuer: ISSUER, msg: `token accepted {"iat":${iat},"exp":${exp}}` },
    names: { issuer: ISSUER, issued_at: iat, expires_at: exp, msg: 'token accepted' },
  }
  return JSON.stringify({ level: 30, time: at_ms, pid: 1, hostname: 'svc', name: 'svc', ...fields[as] })
}

async function read(lines: string[]): Promise<ClockReading> {
  const classifier = new Classifier(await loadKnowledge({}), new Uint8Array(32), 'UTC')
  const clocks = new LiveClocks(new ClockBook())
  for (const text of lines) {
    const { event } = classifier.classify({ text })
    for (const sample of clockSamplesOf({ ...event!, host: 'svc' })) clocks.add(sample)
  }
  return new ClockReading(clocks.book, { now_ms: NOW_MS })
}

const many = (line: (i: number) => string): string[] => Array.from({ length: 200 }, (_, i) => line(i))

test.for(['claims', 'message'] as const)(
  'claims in milliseconds that a record shows as %s are told as well',
  async (as) => {
    const { table } = await read(many((i) => shown(i, 1, as)))
    expect(table.hosts).toMatchObject([{ kind: 'value', at_fault: false }])
    expect(Math.abs(table.hosts[0]!.offset_s!)).toBeLessThan(0.1)
    expect(table.issuers[0]!).toMatchObject({ unit_mistakes: 200, converted: false })
  },
)

test('fields of a name of their own may be in milliseconds', async () => {
  const { table } = await read(many((i) => shown(i, 1, 'names')))
  expect(table.hosts).toMatchObject([{ kind: 'value' }])
  expect(table.issuers[0]!.unit_mistakes).toBe(0)
})

test('where most records show seconds it is the writer of the others who multiplies, not the issuer', async () => {
  const { table } = await read(many((i) => shown(i, i % 4 === 0 ? 1 : 1000, 'claims')))
  expect(table.issuers[0]!).toMatchObject({ unit_mistakes: 50, converted: true })
  expect(table.issuers[0]!.why.join()).toContain('whoever writes those records multiplies them')
})

test('claims in milliseconds are no skew but a wrong unit, with the sentence that says so', async () => {
  const { table } = await read(many((i) => line(i, 1)))
  expect(table.hosts).toMatchObject([{ host: 'svc', kind: 'value', at_fault: false }])
  expect(Math.abs(table.hosts[0]!.offset_s!)).toBeLessThan(0.1)
  expect(table.issuers[0]!.unit_mistakes).toBe(200)
  const range = { from_ms: NOW_MS, to_ms: NOW_MS + 3_600_000 }
  const facts = {
    range,
    now_ms: range.to_ms,
    failures: [],
    successes: [],
    before: [],
    onsets: new Map(),
    clients: new Map(),
    unrecognised: [],
    samples: new Map(),
  }
  const found = findings({ ...facts, clocks: table })
  expect(found.map((f) => f.kind)).toEqual(['time_unit'])
  expect(found[0]!.why.join()).toContain('milliseconds where seconds belong')
})

test('claims in seconds are none', async () => {
  const { table } = await read(many((i) => line(i, 1000)))
  expect(table.issuers[0]!.unit_mistakes).toBe(0)
  expect(Math.abs(table.hosts[0]!.offset_s!)).toBeLessThan(0.3)
})
