/** `authtop alerts send-test`: one made-up notice through a sink of the configuration, to see that it arrives. */
import type { Command } from 'commander'
import type { Notice } from '../../alerts/notice.ts'
import { openSinks } from '../../app/alerts/open-sinks.ts'
import { readConfig } from '../config-option.ts'
import { EXIT, UserError } from '../exit-code.ts'
import { note } from '../output.ts'

interface Options {
  config: string
}

/** A person waits; s. */
const SECONDS = 20

export function alertsSendTest(alerts: Command): void {
  const command = alerts
    .command('send-test')
    .summary('send one test notice through a sink')
    .description('Sends a made-up notice through the named sink of a configuration and says whether it was taken.')
    .argument('<sink>', 'name of the sink in the configuration')
    .requiredOption('-c, --config <file>', 'configuration file')
  command.addHelpText(
    'after',
    `
Examples:
  $ authtop alerts send-test ops -c authtop.yaml

Exit codes: 0 taken, 1 refused or no answer, 2 wrong usage or config.`,
  )
  command.action(async (name: string, { config: file }: Options) => {
    const config = readConfig(file)
    const now = Date.now()
    const sink = openSinks(config, process.env, Date.now).get(name)?.sink
    if (sink === undefined) {
      const known = config.alerts.sinks.map((s) => (s as unknown as { name: string }).name)
      throw new UserError(
        `there is no sink "${name}" in ${file}`,
        known.length === 0 ? undefined : `there are: ${known.join(', ')}`,
      )
    }
    const result = await sink.send(testNotice(now), AbortSignal.timeout(SECONDS * 1000))
    if (result.ok) note(`${name} took it`)
    else
      throw new UserError(
        `${name}: ${result.error}`,
        result.retry ? 'a collector would try again' : 'a collector would give up',
        EXIT.alarming,
      )
  })
}

function testNotice(now_ms: number): Notice {
  return {
    reason: 'test',
    at_ms: now_ms,
    dedupe: `test/${now_ms}`,
    alert: {
      id: `test-${now_ms}`,
      rule: 'test',
      severity: 'info',
      labels: { host: 'example' },
      state: 'firing',
      started_ms: now_ms,
      fired_ms: now_ms,
      resolved_ms: null,
      peak: 1,
      summary: 'this is a test of authtop; nothing is wrong',
      why: ['somebody ran "authtop alerts send-test"'],
      fix: ['Nothing to do'],
      command: 'authtop alerts list',
      acknowledged_ms: null,
    },
  }
}
