/** The sinks there are: one line each. */
import type { SinkType } from './sink-type.ts'
import { stdoutSink } from './stdout.ts'
import { webhookSink } from './webhook.ts'

// biome-ignore lint/suspicious/noExplicitAny: each sink has its own configuration; its schema guards it.
export const SINK_TYPES: readonly SinkType<any>[] = [stdoutSink, webhookSink]
