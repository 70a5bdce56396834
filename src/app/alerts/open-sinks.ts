/** Opens the sinks of a configuration. */
import type { Sink } from '../../alerts/notice.ts'
import { SINK_TYPES } from '../../alerts/sinks/index.ts'
import type { Severity } from '../../core/finding.ts'
import type { Config, SinkConfig } from '../config/config.ts'

export interface OpenSink {
  sink: Sink
  severities: readonly Severity[] | undefined
}

/** By name, in the order of the configuration. Throws SecretError where a secret is missing. */
export function openSinks(config: Config, env: NodeJS.ProcessEnv, now: () => number): Map<string, OpenSink> {
  const sinks = new Map<string, OpenSink>()
  for (const given of config.alerts.sinks as unknown as SinkConfig[]) {
    const { name, type, severities, ...own } = given
    const kind = SINK_TYPES.find((s) => s.type === type)!
    sinks.set(name, { sink: kind.open(own, { env, now }), severities })
  }
  return sinks
}
