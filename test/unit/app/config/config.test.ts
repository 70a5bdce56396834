import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ruleSettings } from '../../../../src/app/alerts/rule-settings.ts'
import { loadConfig } from '../../../../src/app/config/config.ts'

const directory = mkdtempSync(join(tmpdir(), 'authtop-config-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function load(text: string) {
  const file = join(directory, 'authtop.yaml')
  writeFileSync(file, text)
  return loadConfig(file)
}
function mistake(text: string): string {
  try {
    load(text)
  } catch (error) {
    return (error as Error).message.replaceAll(`${directory}/`, '')
  }
  return ''
}

describe('a configuration', () => {
  it('is read with lengths of time and defaults', () => {
    const config = load('alerts:\n  repeat: 90m\n  rules:\n    skew_spike: { over: 20m }\n    cause_spike: false\n')
    expect(config.alerts.repeat).toBe(5_400_000)
    expect(ruleSettings(config)).toMatchObject({ skew_spike: { over_ms: 1_200_000 }, cause_spike: false })
    expect(load('')).toMatchObject({ paths: [], alerts: { repeat: 14_400_000 } })
  })

  it('may hold every setting of receivers that docs/receivers.md shows', () => {
    const [, yaml] = /```yaml\n(receivers:[^`]*)```/.exec(readFileSync('docs/receivers.md', 'utf8'))!
    const { receivers } = load(yaml!)
    expect(Object.keys(receivers!)).toEqual(['otlp', 'webhook', 'syslog'])
    const defaults = load('receivers: { otlp: {}, webhook: {}, syslog: {} }\n').receivers
    const { token: _token, tls: _tls, forward: _forward, ...otlp } = receivers!.otlp!
    expect(defaults).toEqual({ otlp, webhook: { ...receivers!.webhook, token: undefined }, syslog: receivers!.syslog })
  })

  it.each([
    [
      'receivers:\n  otlp: { http_prot: 1 }\n',
      'authtop.yaml:2:11: receivers.otlp.http_prot: unknown setting "http_prot"; did you mean "http_port"?',
    ],
    [
      'receivers:\n  webhook: { listen: 0.0.0.0 }\n',
      'authtop.yaml:2:14: receivers.webhook.listen: beyond this machine a token is needed, or anybody could write into the store',
    ],
    ['alerts:\n  repaet: 4h\n', 'authtop.yaml:2:3: alerts.repaet: unknown setting "repaet"; did you mean "repeat"?'],
    [
      'alerts:\n  sinks:\n    - { name: a, type: webhook, url: "http://x", secert: b }\n',
      'authtop.yaml:3:50: alerts.sinks[0].secert: unknown setting "secert"; did you mean "secret"?',
    ],
    [
      'alerts:\n  repeat: soon\n',
      'authtop.yaml:2:3: alerts.repeat: "soon" is no length of time; write for example 30s, 15m or 4h',
    ],
    [
      'service:\n  listen: 0.0.0.0:9464\n',
      'authtop.yaml:2:3: service.listen: beyond this machine it is served only with both tls and token',
    ],
    [
      'alerts:\n  sinks:\n    - { name: a, type: stdout }\n    - { name: a, type: stdout }\n',
      'authtop.yaml:4:9: alerts.sinks[1].name: there is another sink "a"',
    ],
    [
      'alerts:\n  rules:\n    skew_spike: { falures: 3 }\n',
      'authtop.yaml:3:19: alerts.rules.skew_spike.falures: unknown setting "falures"; did you mean "failures"?',
    ],
    [
      'alerts:\n  rules:\n    skew_spike: off\n',
      'authtop.yaml:3:5: alerts.rules.skew_spike: must be false or a mapping',
    ],
    [
      'alerts:\n  sinks:\n    - { name: a, type: webhok, url: x }\n',
      'authtop.yaml:3:18: alerts.sinks[0].type: must be one of stdout, webhook, slack, teams, pagerduty, opsgenie, alertmanager, email, exec, desktop; did you mean "webhook"?',
    ],
  ])('says where a mistake is and what was meant: %j', (text, expected) => {
    expect(mistake(text)).toBe(expected)
  })

  it('that is no YAML is told with its line', () => {
    expect(mistake('a: [\n')).toMatch(/^authtop\.yaml:\d+:\d+: no valid YAML/)
  })

  const own = (rule: string) => `alerts:\n  own:\n    - ${rule.replaceAll('\n', '\n      ')}\n`
  const at = (place: string, text: string) => `authtop.yaml:${place}: alerts.own[0]${text}`

  it('takes rules of one’s own', () => {
    const config = load(
      own(
        'name: many\nmetric: tokens\nby: [host]\nwhere: { cause: [skew, "!expiry"] }\nover: 20m\ncondition: { above: 5 }\nannotations: { summary: "{{value}} on {{labels.host}}" }',
      ),
    )
    expect(ruleSettings(config).own).toMatchObject([
      { name: 'many', over: 1_200_000, where: { cause: ['skew', '!expiry'] }, severity: 'warning', for: 0 },
    ])
    expect(load(own('{ name: odd, metric: failures, condition: anomaly }')).alerts.own[0]!.condition).toEqual({
      anomaly: { factor: 4, threshold: 14 },
    })
  })

  it.each([
    [
      '{ name: skew_spike, metric: failures, condition: { above: 1 } }',
      at('3:9', '.name: there is another rule "skew_spike"'),
    ],
    [
      '{ name: a, metric: failuers, condition: { above: 1 } }',
      at(
        '3:18',
        '.metric: must be one of failures, tokens, clients, hosts, failure_share, clock_offset, records, recognised; did you mean "failures"?',
      ),
    ],
    [
      'name: a\nmetric: failures\nby: [host, clientid]\ncondition: anomaly',
      at(
        '5:18',
        '.by[1]: must be one of cause, subcause, confidence, host, service, client_id, issuer, source; did you mean "client_id"?',
      ),
    ],
    [
      'name: a\nmetric: failures\nwhere: { cause: expiri }\ncondition: anomaly',
      at('5:16', '.where.cause: there is no cause "expiri"; did you mean "expiry"?'),
    ],
    [
      '{ name: a, metric: failures, condition: { abov: 1 } }',
      at('3:49', '.condition.abov: unknown setting "abov"; did you mean "above"?'),
    ],
    [
      '{ name: a, metric: failures, condition: { above: 1, below: 2 } }',
      at('3:36', '.condition: needs one of above, below and anomaly'),
    ],
    [
      '{ name: a, metric: failures, condition: anomly }',
      at('3:36', '.condition: must be anomaly or a mapping; did you mean "anomaly"?'),
    ],
    [
      '{ name: a, metric: clock_offset, over: 5m, condition: { above: 1 } }',
      at('3:40', '.over: clock_offset is a reading and has no window; use "for"'),
    ],
    [
      '{ name: a, metric: failures, condition: { above: 1 }, annotations: { summary: "{{valuee}}" } }',
      at('3:76', '.annotations.summary: {{valuee}} is nothing that this rule knows; did you mean {{value}}?'),
    ],
    ['{ name: a, metric: failures }', at('3:7', '.condition: is missing')],
  ])('says what is wrong with a rule: %j', (rule, expected) => {
    expect(mistake(own(rule))).toBe(expected)
  })
})
