import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { authtop, ndjson, scratch } from './authtop.ts'

const home = scratch()

describe('classify', () => {
  test('names cause, evidence and origin of a failure', async () => {
    const record =
      '{"level":50,"time":1794820054123,"pid":7,"hostname":"orders-1","name":"orders","reqId":"r-17","err":{"type":"TokenExpiredError","message":"jwt expired","stack":"TokenExpiredError: jwt expired\\n    at verify.js:190:21","expiredAt":"2026-11-16T09:07:24.000Z"},"msg":"token rejected"}'
    const { stdout, code } = await authtop(home, ['classify', '--jsonl'], `${JSON.stringify({ id: 'a', record })}\n`)
    expect(code).toBe(0)
    expect(ndjson(stdout)).toMatchObject([
      {
        id: 'a',
        recognised: true,
        kind: 'validation',
        outcome: 'failure',
        cause: 'expiry',
        subcause: 'access_token',
        system: 'jsonwebtoken',
        time_ms: 1794820054123,
        host: 'orders-1',
        service: 'orders',
        request_id: 'r-17',
        evidence: { exp_ms: 1794820044000 },
      },
    ])
  })

  test('--jsonl --all answers exactly one line per input line, in order, whatever the input', async () => {
    const lines = [
      ...fc
        .sample(fc.string({ unit: 'binary', maxLength: 60 }), { numRuns: 300, seed: 7 })
        .map((t) => t.replace(/\n/g, ' ')),
      '',
      '{',
      'null',
      '[1,2]',
      '{"id":7,"record":null}',
      '{"id":"x","record":{"msg":"jwt expired"}}',
      JSON.stringify({ id: 'long', record: 'x'.repeat(2_000_000) }),
      JSON.stringify({
        id: 'lines',
        record:
          'Traceback (most recent call last):\n  File "a.py", line 1\njwt.exceptions.DecodeError: Not enough segments',
      }),
    ].map((line, i) => (i < 300 ? JSON.stringify({ id: `p${i}`, record: line }) : line))
    const { stdout, code } = await authtop(home, ['classify', '--jsonl', '--all'], `${lines.join('\n')}\n`)
    expect(code).toBe(0)
    const answers = ndjson(stdout)
    expect(answers).toHaveLength(lines.length)
    expect(answers.slice(0, 300).map((a) => a.id)).toEqual(Array.from({ length: 300 }, (_, i) => `p${i}`))
    expect(answers.at(-1)).toMatchObject({ id: 'lines', cause: 'malformed', subcause: 'structure', system: 'pyjwt' })
  })

  test('reads files and standard input as text, and joins multi-line records', async () => {
    const text =
      'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    raise\njwt.exceptions.ExpiredSignatureError: Signature has expired\n'
    const file = `${home}/trace.log`
    writeFileSync(file, text)
    const fromFile = await authtop(home, ['classify', file])
    const fromStdin = await authtop(home, ['classify'], text)
    expect(ndjson(fromFile.stdout)).toMatchObject([{ cause: 'expiry', system: 'pyjwt' }])
    expect(ndjson(fromStdin.stdout)).toEqual(ndjson(fromFile.stdout))
  })

  test('a file that is not there: exit 3', async () => {
    const { code, stderr } = await authtop(home, ['classify', `${home}/none.log`])
    expect(code).toBe(3)
    expect(stderr).toContain('none.log')
  })

  test('no secret of the input is in the output', async () => {
    const token = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"sub":"alice@example.org","exp":1794820044}').toString('base64url')}.c2lnbmF0dXJlLXRoYXQtaXMtc2VjcmV0`
    const record = `TokenExpiredError: jwt expired, header Authorization: Bearer ${token} client_secret=hunter2hunter2`
    const { stdout } = await authtop(home, ['classify', '--jsonl', '--all'], `${JSON.stringify({ id: '1', record })}\n`)
    for (const secret of [token, 'c2lnbmF0dXJl', 'hunter2', 'alice']) expect(stdout).not.toContain(secret)
    expect(ndjson(stdout)[0]).toMatchObject({ cause: 'expiry', token: expect.stringMatching(/^jwt:[0-9a-f]{16}$/) })
  })
})
