import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type Behaviour, RECEIVERS, type Receiver } from '../contract/sink/receivers.ts'
import { authtop, scratch } from './authtop.ts'

const home = scratch()
const EXAMPLES = join(import.meta.dirname, '../../docs/examples')
const example = readFileSync(join(EXAMPLES, 'rules-test.yaml'), 'utf8')

/** The example's tests, changed; beside the example's configuration. */
function changed(name: string, change: (text: string) => string): string {
  const folder = join(home, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'authtop.yaml'), readFileSync(join(EXAMPLES, 'authtop.yaml')))
  const file = join(folder, 'rules-test.yaml')
  const text = change(example)
  expect(text).not.toBe(example)
  writeFileSync(file, text)
  return file
}

describe('alerts send-test', () => {
  const receivers: Receiver[] = []
  afterEach(async () => {
    for (const receiver of receivers.splice(0)) await receiver.close()
  })

  /** Runs the command for a sink of each of these types, all of one configuration. */
  async function tried(types: readonly string[], behaviour: Behaviour) {
    const file = join(home, `sinks-${behaviour}.json`)
    const opened = await Promise.all(types.map((type) => RECEIVERS[type]!(behaviour)))
    receivers.push(...opened)
    const timeout = behaviour === 'slow' ? '1s' : '20s'
    const sinks = opened.map(({ config }, i) => ({ name: `to-${types[i]}`, type: types[i], timeout, ...config }))
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ alerts: { sinks } }))
    const runs = await Promise.all(sinks.map(({ name }) => authtop(home, ['alerts', 'send-test', name, '-c', file])))
    return runs.map((run, i) => ({ ...run, type: types[i]!, arrived: opened[i]!.arrived() }))
  }

  test('tells of every sink that it was taken, and it was', { timeout: 120_000 }, async () => {
    for (const { type, code, stderr, arrived } of await tried(Object.keys(RECEIVERS), 'takes')) {
      expect([type, code, stderr]).toEqual([type, 0, `authtop: to-${type} took it\n`])
      expect(arrived.join('\n')).toContain('nothing is wrong')
    }
  })

  test.each([
    ['asks', 'a collector would try again'],
    ['refuses', 'a collector would give up'],
    ['slow', 'a collector would try again'],
    ['closed', 'a collector would try again'],
  ] as const)(
    'tells what a collector would make of a receiver that %s, and ends with 1',
    {
      timeout: 120_000,
    },
    async (behaviour, hint) => {
      for (const { type, code, stderr } of await tried(['webhook', 'email', 'exec'], behaviour)) {
        expect([type, code, stderr]).toEqual([type, 1, expect.stringContaining(hint)])
        expect(stderr).not.toMatch(/hmac-key|pd-key|og-key/)
      }
    },
  )

  test('a sink that is not there: exit 2, and those that are', async () => {
    const file = join(home, 'one.yaml')
    writeFileSync(file, 'alerts: { sinks: [{ name: ops, type: stdout }] }\n')
    const { code, stderr } = await authtop(home, ['alerts', 'send-test', 'oops', '-c', file])
    expect([code, stderr]).toEqual([2, expect.stringMatching(/no sink "oops"[\s\S]*there are: ops/)])
  })
})

describe('alerts test', () => {
  test('passes the tests of the documentation', async () => {
    const { code, stdout, stderr } = await authtop(home, ['alerts', 'test', join(EXAMPLES, 'rules-test.yaml')])
    expect(stderr).toBe('')
    expect(stdout).toContain('4 passed, 0 failed')
    expect(code).toBe(0)
  })

  test('shows what was expected and what fired instead, with its place, and ends with 1', async () => {
    const file = changed('other', (text) => text.replace('team: identity', 'team: payments').replace('40m', '30m'))
    const { code, stdout } = await authtop(home, ['alerts', 'test', file])
    expect(code).toBe(1)
    expect(stdout.replaceAll(file, 'F')).toBe(
      [
        'FAILED  F: a client that does not refresh is told after two minutes above twenty tokens',
        '        F:14:9: alerts of payments_expiry at 20 min (- expected, + fired)',
        '          - payments_expiry{client_id="web", team="payments"} critical "web: 30 tokens had expired within 15 min (expected at most 20)"',
        '          + payments_expiry{client_id="web", team="identity"} critical "web: 30 tokens had expired within 15 min (expected at most 20)"',
        'ok      F: a client that tries one expired token again and again is none',
        'ok      F: a service that refuses more than a fifth is told by name, the others are not',
        'FAILED  F: three failures that right clocks would have let pass are a skew spike',
        '        F:43:11: alerts at 30 min (- expected, + fired)',
        '          + skew_spike{host="api-1"} critical "api-1 is behind the issuer by 5 s or more: 3 requests failed that would have passed with right clocks (expected none)"',
        '2 passed, 2 failed',
        '',
      ].join('\n'),
    )
  })

  test('a mistake in the file is told with its place and what was meant', async () => {
    const file = changed('mistakes', (text) =>
      text.replace('rule: payments_expiry', 'rule: payment_expiry').replace("'0x9 3x19", "'0x9 3y19"),
    )
    const first = await authtop(home, ['alerts', 'test', file])
    expect(first.code).toBe(2)
    expect(first.stderr).toContain(`:10:85: tests[0].failures[0].values: "3y19" is no value`)
    const second = await authtop(home, [
      'alerts',
      'test',
      changed('unknown', (text) => text.replace('rule: payments_expiry', 'rule: payment_expiry')),
    ])
    expect(second.stderr).toContain(
      ':13:20: tests[0].expect[0].rule: there is no rule "payment_expiry" in use; did you mean "payments_expiry"?',
    )
  })

  test('a file that is not there: exit 3', async () => {
    expect((await authtop(home, ['alerts', 'test', join(home, 'none.yaml')])).code).toBe(3)
  })
})
