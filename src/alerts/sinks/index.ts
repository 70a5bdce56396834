/** The sinks there are: one line each. */
import { alertmanagerSink } from './alertmanager.ts'
import { desktopSink } from './desktop.ts'
import { emailSink } from './email.ts'
import { execSink } from './exec.ts'
import { opsgenieSink } from './opsgenie.ts'
import { pagerdutySink } from './pagerduty.ts'
import type { SinkType } from './sink-type.ts'
import { slackSink } from './slack.ts'
import { stdoutSink } from './stdout.ts'
import { teamsSink } from './teams.ts'
import { webhookSink } from './webhook.ts'

// biome-ignore lint/suspicious/noExplicitAny: each sink has its own configuration; its schema guards it.
export const SINK_TYPES: readonly SinkType<any>[] = [
  stdoutSink,
  webhookSink,
  slackSink,
  teamsSink,
  pagerdutySink,
  opsgenieSink,
  alertmanagerSink,
  emailSink,
  execSink,
  desktopSink,
]
