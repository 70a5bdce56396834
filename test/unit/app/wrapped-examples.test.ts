import { describe, expect, test } from 'vitest'
import { unwrapRecord } from '../../../collectors/assemble/unwrap.ts'
import { loadFormats } from '../../../collectors/formats/load.ts'
import { Classifier } from '../../../src/app/classifier.ts'
import type { AuthEvent } from '../../../src/core/auth-event.ts'
import { loadPacks, PACKS_FOLDER } from '../../../src/signatures/load.ts'

const signatures = await loadPacks([PACKS_FOLDER])
const classifier = new Classifier({ formats: loadFormats(), signatures }, new Uint8Array(32), 'UTC')

/** Of every signature one example, and of those every seventeenth: all take 250 000 verdicts. */
const examples = signatures.packs
  .flatMap((pack) => pack.proofs.map((proof) => proof.examples[0]?.text ?? ''))
  .filter((text, i) => i % 17 === 0 && text !== '')

const AT = '2026-11-16T09:12:01.123Z'
const eachLine = (text: string, wrap: (line: string) => string) => text.split('\n').map(wrap).join('\n')

/** What carries a record of any layout. */
const CARRIERS: Readonly<Record<string, (text: string) => string>> = {
  cri: (text) => eachLine(text, (line) => `2026-11-16T09:12:01.123456789Z stderr F ${line}`),
  docker: (text) => eachLine(text, (line) => JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: AT })),
  'syslog, old': (text) => eachLine(text, (line) => `<131>Nov 16 09:12:01 orders-1 orders[811]: ${line}`),
  'syslog, new': (text) => eachLine(text, (line) => `<131>1 ${AT} orders-1 orders 811 - - ${line}`),
  journald: (text) =>
    JSON.stringify({
      __REALTIME_TIMESTAMP: '1794820321123000',
      SYSLOG_IDENTIFIER: 'orders',
      PRIORITY: '3',
      MESSAGE: text,
    }),
  'docker compose': (text) => eachLine(text, (line) => `orders-1  | ${line}`),
  'kubectl logs': (text) => eachLine(text, (line) => `[pod/orders-1/orders] ${line}`),
  'Fluent Bit': (text) =>
    JSON.stringify({ date: 1794820321.123, log: text, stream: 'stderr', kubernetes: { pod_name: 'orders-1' } }),
  CloudWatch: (text) =>
    JSON.stringify({
      id: '37123456789012345678901234567890123456789012345678901234',
      timestamp: 1794820321123,
      message: text,
    }),
  'Google Cloud': (text) =>
    JSON.stringify({
      insertId: '1',
      logName: 'projects/p/logs/stderr',
      severity: 'ERROR',
      timestamp: AT,
      textPayload: text,
    }),
}

/** How a library writes a message that it is handed. */
const LOGGERS: Readonly<Record<string, (message: string) => string>> = {
  pino: (msg) => JSON.stringify({ level: 50, time: 1794820321123, pid: 1, hostname: 'orders-1', msg }),
  winston: (message) => JSON.stringify({ level: 'error', message, timestamp: AT }),
  zap: (msg) => JSON.stringify({ level: 'error', ts: 1794820321.123, msg }),
  slog: (msg) => JSON.stringify({ time: AT, level: 'ERROR', msg }),
  logfmt: (msg) => `time=${AT} level=error msg=${JSON.stringify(msg)}`,
  'Python logging': (msg) => `2026-11-16 09:12:01,123 ERROR app.auth: ${msg}`,
  logback: (msg) => `2026-11-16 09:12:01,123 ERROR [main] c.a.Auth - ${msg}`,
  'Spring Boot': (msg) => `${AT} ERROR 1 --- [orders] [exec-1] c.a.Auth    : ${msg}`,
  klog: (msg) => `E1116 09:12:01.123456       1 auth.go:73] ${msg}`,
  Serilog: (msg) => JSON.stringify({ '@t': AT, '@m': msg, '@l': 'Error' }),
}

function eventOf(text: string): AuthEvent | null {
  return classifier.classify(unwrapRecord(text)).event
}

function verdict(text: string): string {
  const event = eventOf(text)
  return event === null ? 'none' : [event.kind, event.outcome, event.cause, event.subcause].join(' ')
}

const bare = new Map(examples.map((text) => [text, verdict(text)]))

function changed(texts: readonly string[], wrap: (text: string) => string): string[] {
  return texts.filter((text) => verdict(wrap(text)) !== bare.get(text)).map((text) => text.slice(0, 200))
}

describe('a record says the same', () => {
  test.each(Object.keys(CARRIERS))('when %s carries it', (name) => {
    expect(changed(examples, CARRIERS[name]!)).toEqual([])
  })

  const sentences = examples.filter(
    (text) => /^[^{[<\n]{1,600}$/.test(text) && classifier.classify({ text }).record.format === 'text',
  )

  test.each(Object.keys(LOGGERS))('when %s writes it as its message', (name) => {
    expect(sentences.length).toBeGreaterThan(80)
    expect(changed(sentences, LOGGERS[name]!)).toEqual([])
  })
})

describe('the instants that examples state', () => {
  /** Fifty years around the examples: a wrong unit is off by a factor of a thousand, a wrong zone by hours at most. */
  const [EARLIEST, LATEST] = [Date.UTC(2001, 0, 1), Date.UTC(2051, 0, 1)]

  const stating = signatures.packs
    .flatMap((pack) => pack.proofs.flatMap((proof) => proof.examples.map((example) => example.text)))
    .map((text) => ({ text: text.slice(0, 200), event: eventOf(text) }))
    .flatMap(({ text, event }) => (event === null ? [] : [{ ...event.evidence, event, text }]))

  test('are instants of this age in milliseconds, and no token expires before it was issued', () => {
    const implausible = stating.filter(({ event, exp_ms, nbf_ms, iat_ms, validator_ms }) => {
      const stated = [exp_ms, nbf_ms, iat_ms, validator_ms].filter((ms) => ms !== undefined)
      // That a token expires before it was issued is a complaint of its own.
      const backwards =
        exp_ms !== undefined && iat_ms !== undefined && exp_ms < iat_ms && event.subcause !== 'claim_invalid'
      return backwards || stated.some((ms) => !(ms >= EARLIEST && ms <= LATEST))
    })
    expect(implausible.map(({ text }) => text)).toEqual([])
  })

  test('agree with what their signature says: past for expired tokens, ahead for those not yet valid', () => {
    const contradictory = stating.filter(({ event, exp_ms, nbf_ms, validator_ms }) => {
      if (validator_ms === undefined) return false
      const late = event.cause === 'expiry' && exp_ms !== undefined && exp_ms > validator_ms + 1000
      const early = event.subcause === 'not_yet_valid' && nbf_ms !== undefined && nbf_ms < validator_ms - 1000
      return late || early
    })
    expect(contradictory.map(({ text }) => text)).toEqual([])
  })
})
