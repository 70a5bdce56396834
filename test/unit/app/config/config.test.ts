import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

  it.each([
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
  ])('says where a mistake is and what was meant: %j', (text, expected) => {
    expect(mistake(text)).toBe(expected)
  })

  it('that is no YAML is told with its line', () => {
    expect(mistake('a: [\n')).toMatch(/^authtop\.yaml:\d+:\d+: no valid YAML/)
  })
})
